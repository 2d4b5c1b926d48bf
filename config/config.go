// Package config reads .apigwlint.yaml.
package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/agext/levenshtein"
	"github.com/bmatcuk/doublestar/v4"
	"go.yaml.in/yaml/v4"

	"github.com/apigwlint/apigwlint/lint"
)

// Names are those under which a configuration file is found.
var Names = []string{".apigwlint.yaml", ".apigwlint.yml"}

// A Config is what a configuration file says. The zero value says nothing.
type Config struct {
	// File is where the configuration is from; empty for none.
	File string
	// Off are the rules that are switched off, Severity those that are
	// reported with another severity.
	Off      map[string]bool
	Severity map[string]lint.Severity
	// Exclude are doublestar patterns relative to the directory of File.
	Exclude    []string
	Parameters map[string]string
	Variables  map[string]string
	Limits     lint.Limits
	// Show is the least severity that is reported, FailOn the least that fails
	// the run; zero where the file does not say.
	Show, FailOn lint.Severity
}

// Never is the threshold that no finding reaches.
const Never = lint.Error + 1

// ParseThreshold returns the severity of that name, or [Never].
func ParseThreshold(name string) (lint.Severity, error) {
	if name == "never" {
		return Never, nil
	}
	s, err := lint.ParseSeverity(name)
	if err != nil {
		return 0, fmt.Errorf("%q is not one of note, warning, error, never", name)
	}
	return s, nil
}

// Find returns the configuration file for a directory: its own or, within a Git
// repository, the nearest above it. It returns "" when there is none. The name is
// relative where dir is.
func Find(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for range levels(abs) {
		for _, name := range Names {
			file := filepath.Join(dir, name)
			if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
				return file, nil
			}
		}
		dir = filepath.Join(dir, "..")
	}
	return "", nil
}

// levels returns how many directories to look into: those from dir up to the
// root of its Git repository, or dir alone when it is in none.
func levels(dir string) int {
	for n := 1; ; n++ {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			return n
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return 1
		}
		dir = parent
	}
}

// Parse reads the content of a configuration file. Rules are the names that it
// may speak of. Everything that is wrong is in the error, a line each.
func Parse(file string, data []byte, rules []string) (*Config, error) {
	c := &Config{File: file, Off: map[string]bool{}, Severity: map[string]lint.Severity{}, Limits: lint.DefaultLimits}
	doc, err := load(data)
	if bad := (*yaml.LoadError)(nil); errors.As(err, &bad) {
		return nil, fmt.Errorf("%s:%d:%d: %s", file, bad.Mark.Line, bad.Mark.Column, bad.Message)
	} else if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if doc == nil {
		return c, nil
	}
	p := parser{file: file, rules: rules, config: c}
	p.document(doc)
	return c, errors.Join(p.errs...)
}

// load returns the first document, or nil when there is none.
func load(data []byte) (*yaml.Node, error) {
	loader, err := yaml.NewLoader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	var doc yaml.Node
	if err := loader.Load(&doc); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	return &doc, nil
}

type parser struct {
	file   string
	rules  []string
	config *Config
	errs   []error
}

func (p *parser) fail(n *yaml.Node, format string, args ...any) {
	p.errs = append(p.errs, fmt.Errorf("%s:%d:%d: %s", p.file, n.Line, n.Column, fmt.Sprintf(format, args...)))
}

func (p *parser) document(n *yaml.Node) {
	if n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	c := p.config
	p.block(n, map[string]func(*yaml.Node){
		"rules":      p.ruleSettings,
		"exclude":    p.exclude,
		"parameters": func(n *yaml.Node) { c.Parameters = p.values(n) },
		"variables":  func(n *yaml.Node) { c.Variables = p.values(n) },
		"quotas":     p.quotas,
		"severity":   func(n *yaml.Node) { c.Show = parse(p, n, lint.ParseSeverity) },
		"fail-on":    func(n *yaml.Node) { c.FailOn = parse(p, n, ParseThreshold) },
	})
}

// block calls the function of each key of a mapping.
func (p *parser) block(n *yaml.Node, keys map[string]func(*yaml.Node)) {
	names := slices.Sorted(maps.Keys(keys))
	p.entries(n, func(key, value *yaml.Node) {
		if set, ok := keys[key.Value]; ok {
			set(value)
			return
		}
		p.fail(key, "unknown key %q%s", key.Value, DidYouMean(key.Value, names))
	})
}

// entries yields the keys and values of a mapping, each key once.
func (p *parser) entries(n *yaml.Node, yield func(key, value *yaml.Node)) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return
	}
	if n.Kind != yaml.MappingNode {
		p.fail(n, "a mapping is expected here")
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if seen[key.Value] {
			p.fail(key, "%q is here twice", key.Value)
			continue
		}
		seen[key.Value] = true
		if value.Kind == yaml.AliasNode {
			value = value.Alias
		}
		yield(key, value)
	}
}

func (p *parser) ruleSettings(n *yaml.Node) {
	p.entries(n, func(key, value *yaml.Node) {
		switch s, err := lint.ParseSeverity(value.Value); {
		case !slices.Contains(p.rules, key.Value):
			p.fail(key, "unknown rule %q%s", key.Value, DidYouMean(key.Value, p.rules))
		case value.Value == "off":
			p.config.Off[key.Value] = true
		case err != nil:
			p.fail(value, "%q is not one of off, note, warning, error", value.Value)
		default:
			p.config.Severity[key.Value] = s
		}
	})
}

func (p *parser) exclude(n *yaml.Node) {
	if n.Kind != yaml.SequenceNode {
		p.fail(n, "a list of patterns is expected here")
		return
	}
	for _, item := range n.Content {
		if item.Kind != yaml.ScalarNode || !doublestar.ValidatePattern(item.Value) {
			p.fail(item, "%q is not a pattern", item.Value)
			continue
		}
		p.config.Exclude = append(p.config.Exclude, item.Value)
	}
}

// values are strings under names. A list or mapping, as a Terraform variable may
// be, stands as JSON, which is an expression in HCL too.
func (p *parser) values(n *yaml.Node) map[string]string {
	out := map[string]string{}
	p.entries(n, func(key, value *yaml.Node) {
		if value.Kind == yaml.ScalarNode {
			out[key.Value] = value.Value
			return
		}
		var v any
		if err := value.Load(&v); err != nil {
			p.fail(value, "%v", err)
			return
		}
		text, err := json.Marshal(v)
		if err != nil {
			p.fail(value, "%v", err)
			return
		}
		out[key.Value] = string(text)
	})
	return out
}

func (p *parser) quotas(n *yaml.Node) {
	p.block(n, map[string]func(*yaml.Node){
		"integration-timeout-ms": func(n *yaml.Node) {
			p.config.Limits.IntegrationTimeout = parse(p, n, milliseconds)
		},
	})
}

// parse reads a scalar with f.
func parse[T any](p *parser, n *yaml.Node, f func(string) (T, error)) T {
	v, err := f(n.Value)
	if n.Kind != yaml.ScalarNode {
		err = errors.New("a single value is expected here")
	}
	if err != nil {
		p.fail(n, "%v", err)
	}
	return v
}

func milliseconds(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s + "ms")
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("%q is not a number of milliseconds", s)
	}
	return d, nil
}

// DidYouMean returns "; did you mean …?" for the name that is written most alike,
// or nothing when none is.
func DidYouMean(name string, names []string) string {
	best, at := "", len(name)/3+2
	for _, n := range names {
		if d := levenshtein.Distance(name, n, nil); d < at || d == at && n < best {
			best, at = n, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}
