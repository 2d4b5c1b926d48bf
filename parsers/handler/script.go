package handler

import (
	"errors"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/handler/internal/flow"
	"github.com/apigwlint/apigwlint/parsers/handler/internal/ir"
	"github.com/apigwlint/apigwlint/parsers/handler/internal/python"
	"github.com/apigwlint/apigwlint/parsers/handler/internal/script"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// A parsedFile is a source that is parsed once.
type parsedFile struct {
	once   sync.Once
	module *flow.Module
	file   *source.File
	there  bool
}

// module returns the source in a file; nil when it is not there or not read.
func (r *sources) module(name string, isPython bool) *parsedFile {
	r.mu.Lock()
	p := r.parsed[name]
	if p == nil {
		p = &parsedFile{}
		r.parsed[name] = p
	}
	r.mu.Unlock()
	p.once.Do(func() {
		info, err := r.reader.Stat(name)
		if err != nil || !info.Mode().IsRegular() {
			return
		}
		p.there = true
		if info.Size() > maxSource {
			r.note(name, readable(make([]byte, maxSource+1)))
			return
		}
		f, err := r.reader.Read(name)
		if err != nil {
			r.note(name, err.Error())
			return
		}
		p.file = f
		if reason := readable(f.Data); reason != "" {
			r.note(name, reason)
			return
		}
		body, err := parse(string(f.Data), name, isPython)
		if err != nil {
			r.note(name, describe(f, err))
			return
		}
		p.module = &flow.Module{Name: name, Python: isPython, Body: body, Span: func(p ir.Pos) source.Span { return f.Span(p.Start, p.End) }}
	})
	return p
}

func parse(src, name string, isPython bool) ([]ir.Stmt, error) {
	if isPython {
		return python.Parse(src)
	}
	switch path.Ext(name) {
	case ".ts", ".mts", ".cts":
		return script.Parse(src, true)
	}
	return script.Parse(src, false)
}

// describe says where a source cannot be read.
func describe(f *source.File, err error) string {
	var e *ir.SyntaxError
	if errors.As(err, &e) {
		return "it cannot be read: " + f.Span(e.At, e.At).String() + ": " + e.Message
	}
	return "it cannot be read: " + err.Error()
}

// A tree is the code of a function.
type codeTree struct {
	r      *sources
	root   string // the directory of the code
	only   string // the only file of the code, if it is one
	python bool
	built  bool // a build makes the code, which may have other files
	task   *task
}

// script looks at a function in Python or for Node.js.
func (r *sources) script(t *task, isPython bool) *model.Handler {
	setting, ok := t.fn.Handler.Get()
	if !ok {
		return nil
	}
	cut := strings.LastIndexByte(setting, '.')
	if !isPython {
		// What follows the first dot of the last element is the name.
		slash := strings.LastIndexByte(setting, '/')
		if cut = strings.IndexByte(setting[slash+1:], '.'); cut >= 0 {
			cut += slash + 1
		}
	}
	if cut <= 0 {
		return nil
	}
	file, symbol := setting[:cut], setting[cut+1:]
	if symbol == "" || strings.HasPrefix(file, "/") || wrapper(setting, t.fn.Code) {
		return nil
	}
	if t.fn.Code.Inline.Present() == tri.Yes {
		return r.inline(t, file, symbol, isPython)
	}
	tree, ok := r.tree(t, isPython)
	if !ok {
		return nil
	}
	name, missing := tree.entry(file)
	if name == "" {
		if missing == "" || !certain(t.fn.Code) {
			return nil
		}
		return &model.Handler{Found: tri.No, Lacks: missing, Language: language(isPython, ""), Span: t.fn.Handler.Span()}
	}
	p := r.module(name, isPython)
	if p.module == nil {
		return nil
	}
	t.files = append(t.files, p.file)
	h := flow.Analyze(tree, p.module, symbol)
	h.Language = language(isPython, name)
	if h.Found == tri.No {
		h.Lacks = name + lacks(isPython) + symbol
		if !certain(t.fn.Code) {
			h.Found = tri.Maybe
		}
	}
	return h
}

func lacks(isPython bool) string {
	if isPython {
		return " defines no "
	}
	return " exports no "
}

func language(isPython bool, name string) string {
	switch {
	case isPython:
		return "python"
	case strings.HasSuffix(name, "ts"):
		return "typescript"
	}
	return "javascript"
}

// wrapper reports whether the handler setting, or the environment, names
// something that stands between Lambda and the handler.
func wrapper(setting string, c *model.Code) bool {
	for _, prefix := range []string{"datadog_lambda.", "newrelic_lambda_wrapper.", "newrelic-lambda-wrapper.", "opt/", "node_modules/", "lumigo", "awsgi.", "mangum.", "sentry_sdk."} {
		if strings.HasPrefix(setting, prefix) {
			return true
		}
	}
	for _, name := range []string{"AWS_LAMBDA_EXEC_WRAPPER"} {
		if c.Environment.Has(name) == tri.Yes {
			return true
		}
	}
	return false
}

// certain reports whether nothing else than the code that is seen can have what
// the handler setting names.
func certain(c *model.Code) bool {
	layers, ok := c.Layers.Or(0).Get()
	return ok && layers == 0
}

// inline looks at code that stands in the definition.
func (r *sources) inline(t *task, file, symbol string, isPython bool) *model.Handler {
	text, ok := t.fn.Code.Inline.Get()
	if !ok {
		return nil
	}
	name := "index.js"
	if isPython {
		name = "index.py"
	}
	if reason := readable([]byte(text)); reason != "" {
		r.note(t.fn.ID, reason)
		return nil
	}
	called, ok := t.fn.Code.File.Or("index").Get()
	if !ok {
		return nil
	}
	if file != called {
		if !certain(t.fn.Code) || called != "index" {
			return nil
		}
		return &model.Handler{
			Found: tri.No, Lacks: "inline code is a file called index, not " + file, Language: language(isPython, name), Span: t.fn.Handler.Span(),
		}
	}
	body, err := parse(text, name, isPython)
	if err != nil {
		r.note(t.fn.ID, "its inline code cannot be read: "+err.Error())
		return nil
	}
	at := t.fn.Code.Inline
	m := &flow.Module{Name: name, Python: isPython, Body: body, Span: func(p ir.Pos) source.Span { return located(at, p) }}
	h := flow.Analyze(noModules{}, m, symbol)
	h.Language = language(isPython, name)
	if h.Found == tri.No {
		h.Lacks = "the inline code" + lacks(isPython) + symbol
		if !certain(t.fn.Code) {
			h.Found = tri.Maybe
		}
	}
	return h
}

// located returns where a range of inline code is written.
func located(t value.Text, p ir.Pos) source.Span {
	from, to := t.Locate(p.Start, p.Start), t.Locate(p.End, p.End)
	if from.File != nil && from.File == to.File && from.Start <= to.Start && p.End > p.Start {
		return from.File.Span(from.Start, to.Start)
	}
	return t.Locate(p.Start, p.End)
}

type noModules struct{}

func (noModules) Import(*flow.Module, string) *flow.Module { return nil }
func (noModules) Member(*flow.Module, string) *flow.Module { return nil }

// tree finds the code of a function.
func (r *sources) tree(t *task, isPython bool) (*codeTree, bool) {
	local, ok := t.fn.Code.Local.Get()
	if !ok {
		return nil, false
	}
	info, err := r.reader.Stat(local)
	if err != nil {
		return nil, false
	}
	tree := &codeTree{r: r, root: local, python: isPython, task: t}
	if !info.IsDir() {
		if !slices.Contains(extensions(isPython, true), path.Ext(local)) {
			return nil, false
		}
		tree.root, tree.only = path.Dir(local), local
	}
	build, known := t.fn.Code.Build.Or("").Get()
	switch {
	case !known:
		return nil, false
	case strings.EqualFold(build, "esbuild"):
		tree.built = true
	case strings.EqualFold(build, "makefile"):
		tree.built = true
	}
	return tree, true
}

func extensions(isPython, sources bool) []string {
	switch {
	case isPython:
		return []string{".py"}
	case sources:
		return []string{".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"}
	}
	return []string{".js", ".mjs", ".cjs"}
}

// entry returns the file that the handler setting names, or what is missing
// when it certainly is not there.
func (c *codeTree) entry(file string) (name, missing string) {
	if c.only != "" {
		base := path.Base(c.only)
		if strings.TrimSuffix(base, path.Ext(base)) == strings.ReplaceAll(file, ".", "/") {
			return c.only, ""
		}
		return "", "the code is " + base + " alone, and has no " + file
	}
	if c.python {
		file = strings.ReplaceAll(file, ".", "/")
	} else if entry, ok := c.task.fn.Code.Entry.Get(); ok {
		// A build makes the file out of an entry point.
		base := path.Base(entry)
		if strings.TrimSuffix(base, path.Ext(base)) == path.Base(file) {
			if name := c.file(path.Join(c.root, strings.TrimSuffix(entry, path.Ext(entry)))); name != "" {
				return name, ""
			}
		}
	}
	if name := c.file(path.Join(c.root, file)); name != "" {
		return name, ""
	}
	if c.built || !c.hasSources(path.Dir(path.Join(c.root, file))) || c.mayBeMade(file) {
		return "", ""
	}
	return "", path.Join(c.root, file) + extensions(c.python, false)[0] + " does not exist"
}

// file returns the source that a path without extension stands for.
func (c *codeTree) file(base string) string {
	if c.only != "" {
		return ""
	}
	for _, ext := range extensions(c.python, true) {
		if c.is(base + ext) {
			return base + ext
		}
	}
	if c.python && c.is(base+"/__init__.py") {
		return base + "/__init__.py"
	}
	return ""
}

func (c *codeTree) is(name string) bool {
	info, err := c.r.reader.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// hasSources reports whether a directory holds sources, so that it is the code
// and not where a build will put it.
func (c *codeTree) hasSources(dir string) bool {
	entries, err := c.r.reader.ReadDir(dir)
	if err != nil {
		return false
	}
	for _, e := range entries {
		if !e.IsDir() && slices.Contains(extensions(c.python, false), path.Ext(e.Name())) {
			return true
		}
	}
	return false
}

// mayBeMade reports whether a build or the installation of packages may bring
// the file.
func (c *codeTree) mayBeMade(file string) bool {
	if c.python {
		first, _, _ := strings.Cut(file, "/")
		first = strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(first))
		for _, list := range []string{"requirements.txt", "pyproject.toml", "Pipfile", "setup.py"} {
			if f, err := c.r.reader.Read(path.Join(c.root, list)); err == nil {
				text := strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(string(f.Data)))
				if strings.Contains(text, first) {
					return true
				}
			}
		}
		return false
	}
	for dir, n := c.root, 0; n < 4; dir, n = path.Dir(dir), n+1 {
		for _, made := range []string{"tsconfig.json", "webpack.config.js", "rollup.config.js", "esbuild.config.js", "vite.config.js", "Makefile"} {
			if c.is(path.Join(dir, made)) {
				return true
			}
		}
		if f, err := c.r.reader.Read(path.Join(dir, "package.json")); err == nil && strings.Contains(string(f.Data), `"build`) {
			return true
		}
		if dir == "." || dir == "/" {
			break
		}
	}
	return false
}

// Import finds a module beside another one.
func (c *codeTree) Import(from *flow.Module, name string) *flow.Module {
	if c.only != "" {
		return nil
	}
	if c.python {
		return c.importPython(from, name)
	}
	if !strings.HasPrefix(name, ".") {
		return nil
	}
	base := path.Join(path.Dir(from.Name), name)
	for _, candidate := range c.candidates(base) {
		if c.is(candidate) {
			return c.open(candidate)
		}
	}
	return nil
}

// candidates lists the files that an import may mean, in the order in which
// they are tried.
func (c *codeTree) candidates(base string) []string {
	out := []string{}
	ext := path.Ext(base)
	if slices.Contains(extensions(false, true), ext) {
		out = append(out, base)
		// TypeScript names the file that will be made of it.
		out = append(out, strings.TrimSuffix(base, ext)+strings.Replace(ext, "js", "ts", 1))
	}
	for _, e := range extensions(false, true) {
		out = append(out, base+e)
	}
	for _, e := range extensions(false, true) {
		out = append(out, base+"/index"+e)
	}
	return out
}

func (c *codeTree) importPython(from *flow.Module, name string) *flow.Module {
	dir := c.root
	if strings.HasPrefix(name, ".") {
		dir = path.Dir(from.Name)
		for name = name[1:]; strings.HasPrefix(name, "."); name = name[1:] {
			dir = path.Dir(dir)
		}
	}
	return c.open(c.file(path.Join(dir, strings.ReplaceAll(name, ".", "/"))))
}

// Member finds a module within a package.
func (c *codeTree) Member(of *flow.Module, name string) *flow.Module {
	if !strings.HasSuffix(of.Name, "/__init__.py") || c.only != "" {
		return nil
	}
	return c.open(c.file(path.Join(path.Dir(of.Name), name)))
}

// open returns the module in a file below the root.
func (c *codeTree) open(name string) *flow.Module {
	if name == "" || name == c.root || c.root != "." && !strings.HasPrefix(name, strings.TrimSuffix(c.root, "/")+"/") {
		return nil
	}
	p := c.r.module(name, c.python)
	if p.module != nil && !slices.Contains(c.task.files, p.file) {
		c.task.files = append(c.task.files, p.file)
	}
	return p.module
}
