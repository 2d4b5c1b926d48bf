package main

import (
	"bytes"
	"cmp"
	"errors"
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
		bad, err := first(cases, format, true)
		if err != nil {
			return "", err
		}
		good, err := first(cases, format, false)
		if err != nil {
			return "", err
		}
		if bad == nil {
			continue
		}
		says, err := output(bad, r)
		if err != nil {
			return "", fmt.Errorf("%s: %w", title(format), err)
		}
		fmt.Fprintf(&b, "\n## %s\n%s\napigwlint says:\n\n```text\n%s```\n", title(format), bad, says)
		if good != nil {
			fmt.Fprintf(&b, "\nNothing is wrong with:\n%s", good)
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

// first returns the plainest example, the one with the shortest name, or nil.
func first(cases []linttest.Case, format string, bad bool) (example, error) {
	var best *linttest.Case
	for i, c := range cases {
		if c.Format == format && c.Bad == bad && (best == nil || len(c.Name) < len(best.Name)) {
			best = &cases[i]
		}
	}
	if best == nil {
		return nil, nil
	}
	return read(best.Path)
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

// output returns what apigwlint says to an example of what is bad.
func output(bad example, r *lint.Rule) (string, error) {
	dir, err := os.MkdirTemp("", "gendocs")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := bad.write(dir); err != nil {
		return "", err
	}
	out, found, err := apigwlint(dir, []*lint.Rule{r}, "--severity", "note", "--fail-on", "note")
	if err == nil && !found {
		err = errors.New("the example of what is bad has no findings")
	}
	return out, err
}

// apigwlint returns what apigwlint prints in a directory, and whether it fails.
func apigwlint(dir string, rules []*lint.Rule, args ...string) (out string, found bool, err error) {
	home, err := os.Getwd()
	if err != nil {
		return "", false, err
	}
	if err := os.Chdir(dir); err != nil {
		return "", false, err
	}
	var stdout, stderr bytes.Buffer
	code := cli.Run(args, strings.NewReader(""), &stdout, &stderr, rules)
	if err := os.Chdir(home); err != nil {
		return "", false, err
	}
	if code > 1 {
		return "", false, fmt.Errorf("apigwlint exits with %d: %s", code, stderr.String())
	}
	return stdout.String(), code == 1, nil
}
