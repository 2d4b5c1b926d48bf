package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"

	"golang.org/x/term"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/parsers"
	"github.com/apigwlint/apigwlint/report"
	"github.com/apigwlint/apigwlint/source"
)

// lint is what apigwlint does without a subcommand.
func (a *app) lint(f *flags, paths []string) error {
	if err := oneOf("--format", f.format, report.Formats()...); err != nil {
		return err
	}
	if err := oneOf("--color", f.color, "auto", "always", "never"); err != nil {
		return err
	}
	s, err := a.settings(f)
	if err != nil {
		return err
	}
	known, err := readBaseline(f.baseline)
	if err != nil {
		return err
	}
	loaded, err := a.load(f, s, paths)
	if err != nil {
		return err
	}
	res := lint.Run(loaded.Units, s.rules, lint.Options{Limits: s.config.Limits, Severity: s.config.Severity, Known: a.ruleNames()})
	res.AddProblems(problems(loaded))
	res.Findings = s.pseudo(f, res.Findings)
	if f.writeBaseline != "" {
		if err := writeBaseline(f.writeBaseline, res.Findings); err != nil {
			return err
		}
	}

	rep := report.Report{Version: Version(), Rules: s.rules, Errors: failures(loaded, res), Summary: count(loaded)}
	rep.Summary.Suppressed, rep.Summary.Undecided = len(res.Suppressed), len(res.Undecided)
	for _, finding := range res.Findings {
		if known[finding.Fingerprint] {
			rep.Summary.Baseline++
			continue
		}
		rep.Summary.Count(finding)
		if finding.Severity >= s.failOn {
			a.code = exitFindings
		}
		if finding.Severity >= s.show {
			rep.Findings = append(rep.Findings, finding)
		}
	}
	if f.verbose {
		a.explainUndecided(res)
	}
	return a.finish(f, &rep, res)
}

// finish writes the report, and then what went wrong on the way to it.
func (a *app) finish(f *flags, rep *report.Report, res lint.Result) error {
	var b bytes.Buffer
	if err := report.Write(&b, f.format, rep, a.coloured(f)); err != nil {
		return &failureError{err}
	}
	if err := a.emit(f.output, b.Bytes()); err != nil {
		return err
	}
	for _, e := range rep.Errors {
		a.logf("%s", e)
		a.code = exitFailure
	}
	if f.verbose {
		for _, bug := range res.Bugs {
			a.logf("%s", bug.Stack)
		}
	}
	return nil
}

// coloured reports whether text is coloured. See https://no-color.org.
func (a *app) coloured(f *flags) bool {
	if f.color != "auto" {
		return f.color == "always"
	}
	out, ok := a.stdout.(*os.File)
	return ok && f.output == "" && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(out.Fd()))
}

// load reads what the paths name.
func (a *app) load(f *flags, s *settings, paths []string) (parsers.Result, error) {
	if len(paths) == 0 {
		paths = []string{"."}
		if f.stdinName != "" {
			paths = []string{"-"}
		}
	}
	in := parsers.Input{Paths: paths, StdinName: f.stdinName}
	if in.StdinName == "" {
		in.StdinName = "<stdin>"
	}
	if slices.Contains(paths, "-") {
		data, err := io.ReadAll(a.stdin)
		if err != nil {
			return parsers.Result{}, &failureError{err}
		}
		in.Stdin = data
	}
	res := parsers.Load(in, s.load)
	a.explainSkipped(res.Skipped, f.verbose)
	if f.verbose {
		for _, b := range res.Bugs {
			a.logf("%s", b.Stack)
		}
	}
	return res, nil
}

// maxSkipped is how many files that the user named are said to be skipped one by
// one; hooks name everything that has changed.
const maxSkipped = 3

func (a *app) explainSkipped(skipped []parsers.Skipped, verbose bool) {
	var list []parsers.Skipped
	for _, s := range skipped {
		if verbose || s.Named {
			list = append(list, s)
		}
	}
	if len(list) > maxSkipped && !verbose {
		a.logf("%d files were skipped (--verbose)", len(list))
		return
	}
	for _, s := range list {
		a.logf("%s: skipped: %s", s.Name, s.Reason)
	}
}

func (a *app) explainUndecided(res lint.Result) {
	for _, u := range res.Undecided {
		a.logf("%s: undecided: %s [%s]", u.Span, u.Message, u.Rule.Name)
	}
}

// problems lists what keeps files from being read as what they are.
func problems(loaded parsers.Result) []source.Problem {
	out := loaded.Problems
	for _, u := range loaded.Units {
		out = append(out, u.Problems...)
	}
	return out
}

// pseudo applies the configuration to the findings of rules that are not run but
// follow from the input. --only does not silence them.
func (s *settings) pseudo(f *flags, findings []lint.Finding) []lint.Finding {
	for i := range findings {
		if severity, ok := s.config.Severity[findings[i].Rule.Name]; ok {
			findings[i].Severity = severity
		}
	}
	return slices.DeleteFunc(findings, func(finding lint.Finding) bool {
		name := finding.Rule.Name
		return s.config.Off[name] && !slices.Contains(s.rules, finding.Rule) || slices.Contains(f.disable, name)
	})
}

// failures lists what kept the run from being complete.
func failures(loaded parsers.Result, res lint.Result) []string {
	var out []string
	for _, err := range loaded.Unreadable {
		out = append(out, err.Error())
	}
	for _, b := range loaded.Bugs {
		out = append(out, parserBug(b))
	}
	for _, b := range res.Bugs {
		out = append(out, fmt.Sprintf("bug: rule %s panicked on %s: %s (everything else is reported; --verbose shows the stack)", b.Rule.Name, b.Unit, b.Panic))
	}
	return out
}

func parserBug(b parsers.Bug) string {
	return fmt.Sprintf("bug: reading %s panicked: %s (everything else is reported; --verbose shows the stack)", b.Name, b.Panic)
}

// count counts what was loaded.
func count(loaded parsers.Result) report.Summary {
	files := map[string]bool{}
	for _, u := range loaded.Units {
		for _, f := range u.Files {
			files[f.Name] = true
		}
	}
	for _, p := range loaded.Problems {
		if p.Span.IsValid() {
			files[p.Span.File.Name] = true
		}
	}
	sum := report.Summary{Files: len(files), Units: len(loaded.Units)}
	for _, api := range inventory(loaded.Units) {
		sum.APIs++
		sum.Routes += len(api.routes)
	}
	return sum
}
