package lint

import (
	"fmt"
	"slices"

	"github.com/apigwlint/apigwlint/model"
)

// Syntax is the pseudo-rule of files that cannot be read.
var Syntax = &Rule{
	Name: "syntax", Group: "input", Severity: Error,
	Summary: "a file that cannot be read as what it is",
	Doc: `The file is of a supported kind but cannot be parsed, or a part of it cannot be
evaluated. Nothing that it defines is checked; the findings of other files are complete.`,
}

// IgnoreDirective is the pseudo-rule of ignore directives that do nothing.
var IgnoreDirective = &Rule{
	Name: "ignore-directive", Group: "input", Severity: Warning,
	Summary: "an ignore directive without a reason, for an unknown rule, or without effect",
	Doc: `A directive apigwlint:ignore names a rule and a reason. One without a reason has no
effect. One that covers no finding is left over from something that has been mended.`,
}

// suppress moves the findings that a directive covers to Suppressed, and
// reports directives that are malformed or cover nothing. Rules that did not
// run have no findings, so that nothing is said of their directives.
func suppress(u *model.Unit, rules []*Rule, known []string, res *Result) {
	used := make([]bool, len(u.Ignores))
	kept := res.Findings[:0:0]
	for _, f := range res.Findings {
		hit := false
		for i, ig := range u.Ignores {
			if ig.Rule == f.Rule.Name && ig.Reason != "" && ig.Scope.File == f.Span.File &&
				ig.Scope.Start <= f.Span.Start && f.Span.Start < max(ig.Scope.End, ig.Scope.Start+1) {
				used[i], hit = true, true
			}
		}
		if hit {
			res.Suppressed = append(res.Suppressed, f)
		} else {
			kept = append(kept, f)
		}
	}
	res.Findings = kept
	for i, ig := range u.Ignores {
		if used[i] {
			continue
		}
		message := fmt.Sprintf("the directive covers no finding of %s", ig.Rule)
		switch {
		case ig.Rule == "":
			message = "the directive names no rule: apigwlint:ignore RULE REASON"
		case len(known) > 0 && !slices.Contains(known, ig.Rule):
			message = fmt.Sprintf("the directive is for %s, and no rule is called so", ig.Rule)
		case ig.Reason == "":
			message = fmt.Sprintf("the directive has no reason and so no effect: apigwlint:ignore %s REASON", ig.Rule)
		case !slices.ContainsFunc(rules, func(r *Rule) bool { return r.Name == ig.Rule }):
			continue
		}
		res.Findings = append(res.Findings, Finding{
			Rule: IgnoreDirective, Severity: IgnoreDirective.Severity, Span: ig.Span, Message: message, Status: []int{},
		})
	}
}
