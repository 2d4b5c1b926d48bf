// Package parsers loads infrastructure definitions into models: it finds the
// files, tells by their content what they are, groups what is deployed together
// into units, and hands each to the parser of its format.
package parsers

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/cloudformation"
	"github.com/apigwlint/apigwlint/parsers/handler"
	"github.com/apigwlint/apigwlint/parsers/internal/files"
	"github.com/apigwlint/apigwlint/parsers/openapi"
	"github.com/apigwlint/apigwlint/parsers/terraform"
	"github.com/apigwlint/apigwlint/source"
)

// Input says what to load.
type Input struct {
	// Paths are files and directories. Of a directory, everything below it that
	// is recognised is loaded. A file that is named brings the unit that it is
	// part of; one that defines no API is noted as skipped.
	Paths []string
	// Stdin is the content for the path "-"; StdinName is what it is called.
	Stdin     []byte
	StdinName string
}

// Options say how definitions are evaluated.
type Options struct {
	// Parameters are values for CloudFormation parameters (--param).
	Parameters map[string]string
	// Variables are values for Terraform variables, as on its command line (--var).
	Variables map[string]string
	// VarFiles are Terraform variable files (--var-file). They may lie anywhere.
	VarFiles []*source.File
	// NoHandlers leaves the source of Lambda functions unread.
	NoHandlers bool
	// Exclude are doublestar patterns of paths to pass over in directories.
	Exclude []string
}

// A Result is what was loaded.
type Result struct {
	Units []*model.Unit
	// Problems are files that could not be read as what they are, apart from
	// those of units.
	Problems []source.Problem
	// Skipped are files that were passed over because they define no API.
	Skipped []Skipped
	// Unreadable are paths that could not be read at all.
	Unreadable []error
	// Bugs are panics of parsers.
	Bugs []Bug
}

// A Skipped is a file that was passed over, and why.
type Skipped struct {
	Name   string
	Reason string
	Named  bool // by the user, who expects to hear of it
}

// Load loads everything that in names.
func Load(in Input, opts Options) Result {
	l := loader{opts: opts, kinds: map[string]kind{}, named: map[string]bool{}, near: map[string]bool{}}
	l.open(in)
	if l.reader == nil {
		return l.res
	}
	for _, p := range in.Paths {
		l.add(in, p)
	}
	l.around()
	l.load()
	if !opts.NoHandlers {
		l.handlers()
	}
	slices.SortStableFunc(l.res.Units, func(a, b *model.Unit) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(l.res.Skipped, func(a, b Skipped) int { return strings.Compare(a.Name, b.Name) })
	return l.res
}

// A loader collects what the paths come to before the parsers run.
type loader struct {
	opts   Options
	reader *files.Reader
	res    Result

	kinds map[string]kind // of each file and Terraform directory that was found
	named map[string]bool // those that the user named
	near  map[string]bool // those that only stand near a named one
	parts []Skipped       // named files that are nothing by themselves, but may be a part of a unit
}

// open makes everything below the given directories readable, and below the
// working directory: the files of a unit need not lie beside the one named.
func (l *loader) open(in Input) {
	dirs := []string{"."}
	for _, p := range in.Paths {
		if p == "-" {
			continue
		}
		p = clean(p)
		if !climbs(p) {
			continue
		}
		if isDir(p) {
			dirs = append(dirs, p)
		} else {
			dirs = append(dirs, path.Dir(p))
		}
	}
	reader, err := files.NewReader(dirs...)
	if err != nil {
		// One of the directories is not there: open those that are, and let
		// add report the other.
		reader, err = files.NewReader(slices.DeleteFunc(dirs, func(d string) bool { return !isDir(d) })...)
	}
	if err != nil {
		l.res.Unreadable = append(l.res.Unreadable, err)
		return
	}
	l.reader = reader
}

// add finds out what a path is.
func (l *loader) add(in Input, p string) {
	if p == "-" {
		name := in.StdinName
		if name == "" {
			name = "<stdin>"
		}
		name = clean(name)
		l.reader.Add(name, in.Stdin)
		l.addNamed(name)
		return
	}
	p = clean(p)
	info, err := l.reader.Stat(p)
	switch {
	case err != nil:
		l.unreadable(p, err)
	case info.IsDir():
		l.walk(p)
	default:
		l.addNamed(p)
	}
}

func (l *loader) unreadable(name string, err error) {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		err = pathError.Err // without the name within the root
	}
	l.res.Unreadable = append(l.res.Unreadable, fmt.Errorf("%s: %w", name, err))
}

// addNamed takes a file that the user named.
func (l *loader) addNamed(name string) {
	k, reason := l.classify(name)
	if k == nothing && l.isBroken(name) {
		k = document
	}
	switch k {
	case unreadable:
		return
	case nothing:
		if reason == "" {
			reason = "no template, Terraform configuration or OpenAPI document with an extension of API Gateway"
		}
		l.parts = append(l.parts, Skipped{name, reason, true})
	case terraformFile:
		l.named[name] = true
		name = path.Dir(name)
		l.set(name, k)
	default:
		l.set(name, k)
	}
	l.named[name] = true
}

// passedOver are directories that hold copies, caches and other people's code.
var passedOver = map[string]bool{".git": true, ".terraform": true, ".aws-sam": true, "node_modules": true, ".venv": true, ".tox": true, "__pycache__": true}

func passesOver(dir string) bool { return passedOver[dir] || strings.HasPrefix(dir, "asset.") }

// walk adds everything below a directory that is recognised. Nobody wants to
// hear of the rest.
func (l *loader) walk(dir string) {
	entries, err := l.reader.ReadDir(dir)
	if err != nil {
		l.unreadable(dir, err)
		return
	}
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		if l.excluded(name) {
			continue
		}
		switch {
		case e.IsDir():
			if !passesOver(e.Name()) {
				l.walk(name)
			}
		case e.Type().IsRegular() && candidate(e.Name()):
			l.found(name)
		}
	}
}

func (l *loader) excluded(name string) bool {
	return slices.ContainsFunc(l.opts.Exclude, func(pattern string) bool {
		ok, err := doublestar.Match(pattern, name)
		return err == nil && ok
	})
}

func (l *loader) found(name string) {
	switch k, reason := l.classify(name); k {
	case unreadable:
	case nothing:
		if reason != "" {
			l.res.Skipped = append(l.res.Skipped, Skipped{Name: name, Reason: reason})
		}
	case terraformFile:
		l.set(path.Dir(name), k)
	default:
		l.set(name, k)
	}
}

// set takes a file or module directory for its own sake.
func (l *loader) set(name string, k kind) {
	l.kinds[name] = k
	delete(l.near, name)
}

// of lists the names of a kind in order.
func (l *loader) of(k kind) []string {
	var names []string
	for name, got := range l.kinds {
		if got == k {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// load hands the files to their parsers. Documents that a template or a module
// takes in are part of that unit, not one of their own.
func (l *loader) load() {
	var templates, configurations, plans []*model.Unit
	var bugs [4][]Bug
	var wg sync.WaitGroup
	wg.Go(func() {
		templates, bugs[0] = guarded(l.of(template), func(names []string) []*model.Unit {
			return cloudformation.Load(l.reader, names, cloudformation.Options{Parameters: l.opts.Parameters})
		})
	})
	wg.Go(func() {
		configurations, bugs[1] = guarded(l.of(terraformFile), func(dirs []string) []*model.Unit {
			return terraform.Load(l.reader, dirs, terraform.Options{Variables: l.opts.Variables, VarFiles: l.opts.VarFiles})
		})
	})
	wg.Go(func() {
		plans, bugs[2] = guarded(l.of(plan), func(names []string) []*model.Unit { return terraform.LoadPlan(l.reader, names) })
	})
	wg.Wait()
	units := slices.Concat(templates, configurations, plans)
	taken := map[string]bool{}
	for _, u := range units {
		for _, f := range u.Files {
			taken[f.Name] = true
		}
	}
	documents := slices.DeleteFunc(l.of(document), func(name string) bool { return taken[name] })
	alone, found := guarded(documents, func(names []string) []*model.Unit { return openapi.Load(l.reader, names) })
	units, bugs[3] = append(units, alone...), found
	l.res.Bugs = slices.Concat(bugs[:]...)
	l.res.Units = append(l.res.Units, slices.DeleteFunc(units, l.unwanted)...)
	l.skipParts()
}

// handlers reads the source of the functions.
func (l *loader) handlers() {
	bug := recovered("the source of functions", func() {
		for _, u := range handler.Attach(l.reader, l.res.Units) {
			l.res.Skipped = append(l.res.Skipped, Skipped{Name: u.Name, Reason: u.Reason})
		}
	})
	if bug != nil {
		l.res.Bugs = append(l.res.Bugs, *bug)
	}
}

// skipParts notes the named files that turned out to be part of no unit.
func (l *loader) skipParts() {
	taken := map[string]bool{}
	for _, u := range l.res.Units {
		for _, f := range u.Files {
			taken[f.Name] = true
		}
	}
	for _, s := range l.parts {
		if !taken[s.Name] {
			l.res.Skipped = append(l.res.Skipped, s)
		}
	}
}

// unwanted reports whether a unit was looked at only because it stands near a
// named file, and turned out not to hold it.
func (l *loader) unwanted(u *model.Unit) bool {
	if !l.near[u.Name] {
		return false
	}
	return !slices.ContainsFunc(u.Files, func(f *source.File) bool { return l.named[f.Name] })
}

// clean returns a path as reports have it: with forward slashes, and relative
// when it lies in the working directory.
func clean(p string) string {
	if _, err := os.Lstat(p); err != nil {
		p = strings.ReplaceAll(p, "\\", "/") // as on Windows
	}
	p = path.Clean(filepath.ToSlash(p))
	if !climbs(p) {
		return p
	}
	wd, err := os.Getwd()
	if err != nil {
		return p
	}
	rel, err := filepath.Rel(wd, absolute(wd, p))
	if rel = filepath.ToSlash(rel); err != nil || climbs(rel) {
		return p
	}
	return rel
}

// climbs reports whether a clean path leads out of the working directory.
func climbs(p string) bool {
	return filepath.IsAbs(filepath.FromSlash(p)) || p == ".." || strings.HasPrefix(p, "../")
}

func absolute(wd, p string) string {
	if p = filepath.FromSlash(p); filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(wd, p)
}
