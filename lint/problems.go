package lint

import "github.com/apigwlint/apigwlint/source"

// AddProblems adds a finding of [Syntax] for each problem of the input.
func (r *Result) AddProblems(problems []source.Problem) {
	seen := map[source.Problem]bool{}
	for _, p := range problems {
		if seen[p] { // two units may share a file
			continue
		}
		seen[p] = true
		severity := Syntax.Severity
		if p.Minor {
			severity = Note
		}
		r.Findings = append(r.Findings, Finding{
			Rule: Syntax, Severity: severity, Span: p.Span, Message: p.Message, Status: []int{},
		})
	}
	Sort(r.Findings)
	fingerprint(r.Findings)
}
