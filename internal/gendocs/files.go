package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/apigwlint/apigwlint/lint"
)

// An example is the files of what is linted together, without the expectations
// that tests read in them.
type example []file

type file struct{ name, text string }

// read returns the example that a file or a directory is.
func read(path string) (example, error) {
	var out example
	err := filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) == ".want" {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(path, name)
		if rel == "." {
			rel = filepath.Base(path)
		}
		out = append(out, file{filepath.ToSlash(rel), withoutWants(string(data))})
		return err
	})
	return out, err
}

// String returns the example as Markdown.
func (e example) String() string {
	var b strings.Builder
	for _, f := range e {
		if len(e) > 1 {
			fmt.Fprintf(&b, "\n`%s`\n", f.name)
		}
		fmt.Fprintf(&b, "\n```%s\n%s```\n", strings.TrimPrefix(filepath.Ext(f.name), "."), f.text)
	}
	return b.String()
}

// write writes the files of the example to a directory.
func (e example) write(dir string) error {
	for _, f := range e {
		name := filepath.Join(dir, f.name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(name, []byte(f.text), 0o666); err != nil {
			return err
		}
	}
	return nil
}

// want is a comment with expectations, as linttest describes it.
var want = regexp.MustCompile(`\s*(?:#|//)\s*want(?:[+-]\d+)?\s+["` + "`" + `].*$`)

// withoutWants removes the expectations, and lines that held nothing else.
func withoutWants(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		bare := want.ReplaceAllString(line, "")
		if bare == line || strings.TrimSpace(bare) != "" {
			b.WriteString(bare + "\n")
		}
	}
	return b.String()
}

// readme returns README.md with its generated parts.
func readme(root string, rules []*lint.Rule) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		return nil, err
	}
	out, _, err := apigwlint(root, rules, "testdata/examples/orders")
	if err != nil {
		return nil, err
	}
	for _, part := range []struct{ name, content string }{
		{"output", "```text\n" + shorten(out) + "```\n"},
		{"rules", table(rules, "docs/rules/")},
	} {
		if text, err = replace(text, part.name, part.content); err != nil {
			return nil, err
		}
	}
	return text, nil
}

// replace puts content between the markers of that name.
func replace(text []byte, name, content string) ([]byte, error) {
	begin, end := fmt.Appendf(nil, "<!-- %s:begin -->\n", name), fmt.Appendf(nil, "<!-- %s:end -->", name)
	i := bytes.Index(text, begin)
	j := bytes.Index(text, end)
	if i < 0 || j < i {
		return nil, fmt.Errorf("README.md has no markers for %s", name)
	}
	return bytes.Join([][]byte{text[:i], begin, []byte(content), text[j:]}, nil), nil
}

// maxLines is how long the output in README.md may be.
const maxLines = 36

// shorten keeps the first findings and the last line.
func shorten(out string) string {
	findings := strings.SplitAfter(out, "\n\n")
	total := findings[len(findings)-1]
	var b strings.Builder
	for i, f := range findings[:len(findings)-1] {
		if i > 0 && strings.Count(b.String(), "\n")+strings.Count(f, "\n") > maxLines {
			b.WriteString("…\n\n")
			break
		}
		b.WriteString(f)
	}
	return b.String() + total
}
