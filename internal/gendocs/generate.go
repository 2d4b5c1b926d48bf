package main

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/apigwlint/apigwlint/cli"
	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/linttest"
	"github.com/apigwlint/apigwlint/report"
)

// generate returns the generated files by their names below root.
func generate(root string, rules []*lint.Rule) (map[string][]byte, error) {
	rules = slices.SortedFunc(slices.Values(rules), func(a, b *lint.Rule) int { return cmp.Compare(a.Name, b.Name) })
	pseudo := []*lint.Rule{lint.IgnoreDirective, lint.Syntax}
	files := map[string][]byte{"docs/rules/README.md": []byte(index(slices.Concat(rules, pseudo)))}
	for _, r := range rules {
		page, err := page(root, r)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.Name, err)
		}
		files["docs/rules/"+r.Name+".md"] = []byte(page)
	}
	for _, r := range pseudo {
		files["docs/rules/"+r.Name+".md"] = []byte(header(r))
	}
	readme, err := readme(root, rules)
	if err != nil {
		return nil, err
	}
	files["README.md"] = readme
	return files, nil
}

const generated = "<!-- Written by go run ./internal/gendocs from the rule and its examples. -->\n"

// table lists rules with links to their pages in dir.
func table(rules []*lint.Rule, dir string) string {
	var b strings.Builder
	b.WriteString("| rule | callers see | severity | what it finds |\n|---|---|---|---|\n")
	for _, r := range rules {
		fmt.Fprintf(&b, "| [%s](%s%s.md) | %s | %s | %s |\n", r.Name, dir, r.Name, report.Outcome(r), r.Severity, strings.ReplaceAll(r.Summary, "|", `\|`))
	}
	return b.String()
}

// index is the page that lists the rules by their groups.
func index(rules []*lint.Rule) string {
	var groups []string
	for _, r := range rules {
		if !slices.Contains(groups, r.Group) {
			groups = append(groups, r.Group)
		}
	}
	var b strings.Builder
	b.WriteString(generated + "\n# Rules\n")
	for _, g := range groups {
		of := slices.DeleteFunc(slices.Clone(rules), func(r *lint.Rule) bool { return r.Group != g })
		fmt.Fprintf(&b, "\n## %s\n\n%s", g, table(of, ""))
	}
	return b.String()
}

// header is the part of a page that every rule has.
func header(r *lint.Rule) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n# %s\n\n%s.\n\n", generated, r.Name, strings.ToUpper(r.Summary[:1])+r.Summary[1:])
	if o := report.Outcome(r); o != "" {
		fmt.Fprintf(&b, "* callers see: %s\n", o)
	}
	fmt.Fprintf(&b, "* severity: %s\n* group: %s\n\n%s\n", r.Severity, r.Group, strings.TrimSpace(r.Doc))
	return b.String()
}

// page is the page of a rule: what it is about, and for each format what is bad,
// what apigwlint says to that, and what is good.
func page(root string, r *lint.Rule) (string, error) {
	cases, err := linttest.Cases(filepath.Join(root, "testdata", "rules", r.Name))
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(header(r))
	for _, format := range formats(cases) {
		bad, good := first(cases, format, true), first(cases, format, false)
		if bad == nil {
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n", title(format))
		if err := example(&b, r, bad); err != nil {
			return "", err
		}
		if good != nil {
			b.WriteString("\nNothing is wrong with:\n")
			if err := example(&b, r, good); err != nil {
				return "", err
			}
		}
	}
	if len(r.URLs) > 0 {
		b.WriteString("\n## See also\n\n")
		for _, u := range r.URLs {
			fmt.Fprintf(&b, "* <%s>\n", u)
		}
	}
	return b.String(), nil
}

// formats lists the formats of the examples, in the order of their names.
func formats(cases []linttest.Case) []string {
	var out []string
	for _, c := range cases {
		out = append(out, c.Format)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// first returns the plainest example: the one with the shortest name.
func first(cases []linttest.Case, format string, bad bool) *linttest.Case {
	var best *linttest.Case
	for i, c := range cases {
		if c.Format == format && c.Bad == bad && (best == nil || len(c.Name) < len(best.Name)) {
			best = &cases[i]
		}
	}
	return best
}

func title(format string) string {
	switch format {
	case "cloudformation":
		return "CloudFormation"
	case "sam":
		return "SAM"
	case "openapi":
		return "OpenAPI"
	}
	return strings.ToUpper(format[:1]) + format[1:]
}

// example shows the files of an example, and what apigwlint says to one that is
// bad. It is run on a copy without the expectations that tests read.
func example(b *strings.Builder, r *lint.Rule, c *linttest.Case) error {
	files, err := read(c.Path)
	if err != nil {
		return err
	}
	for _, f := range files {
		if len(files) > 1 {
			fmt.Fprintf(b, "\n`%s`\n", f.name)
		}
		fmt.Fprintf(b, "\n```%s\n%s```\n", strings.TrimPrefix(filepath.Ext(f.name), "."), f.text)
	}
	if !c.Bad {
		return nil
	}
	dir, err := os.MkdirTemp("", "gendocs")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	for _, f := range files {
		file := filepath.Join(dir, f.name)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(f.text), 0o666); err != nil {
			return err
		}
	}
	out, err := apigwlint(dir, []*lint.Rule{r}, "--severity", "note")
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "\napigwlint says:\n\n```text\n%s```\n", out)
	return nil
}

// apigwlint returns what apigwlint prints in a directory.
func apigwlint(dir string, rules []*lint.Rule, args ...string) (string, error) {
	home, err := os.Getwd()
	if err != nil {
		return "", err
	}
	if err := os.Chdir(dir); err != nil {
		return "", err
	}
	var stdout, stderr bytes.Buffer
	code := cli.Run(args, strings.NewReader(""), &stdout, &stderr, rules)
	if err := os.Chdir(home); err != nil {
		return "", err
	}
	if code > 1 {
		return "", fmt.Errorf("apigwlint exits with %d: %s", code, stderr.String())
	}
	return stdout.String(), nil
}
