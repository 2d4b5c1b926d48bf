package cli

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/apigwlint/apigwlint/config"
	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/report"
)

type jsonRules struct {
	Version int        `json:"version"`
	Rules   []jsonRule `json:"rules"`
}

type jsonRule struct {
	Rule     string   `json:"rule"`
	Group    string   `json:"group"`
	Severity string   `json:"severity"`
	Status   []int    `json:"status"`
	Refused  bool     `json:"refused"`
	Summary  string   `json:"summary"`
	Doc      string   `json:"doc"`
	URLs     []string `json:"urls"`
}

func (a *app) rulesCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use: "rules", Short: "List the rules", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := oneOf("--format", format, "text", "json"); err != nil {
				return err
			}
			if format == "json" {
				return a.emitJSON("", a.rulesJSON())
			}
			return a.emit("", []byte(a.rulesTable()))
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	return cmd
}

func (a *app) rulesJSON() jsonRules {
	out := jsonRules{Version: 1, Rules: []jsonRule{}}
	for _, r := range a.rules {
		out.Rules = append(out.Rules, jsonRule{
			Rule: r.Name, Group: r.Group, Severity: r.Severity.String(), Status: append([]int{}, r.Status...),
			Refused: r.Refused, Summary: r.Summary, Doc: strings.TrimSpace(r.Doc), URLs: append([]string{}, r.URLs...),
		})
	}
	return out
}

func (a *app) rulesTable() string {
	return table(func(row func(...string)) {
		row("RULE", "SEVERITY", "STATUS", "SUMMARY")
		for _, r := range a.rules {
			row(r.Name, r.Severity.String(), report.Outcome(r), r.Summary)
		}
	})
}

func (a *app) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use: "explain RULE", Short: "Explain a rule", Args: cobra.ExactArgs(1),
		ValidArgsFunction: cobra.FixedCompletions(a.ruleNames(), cobra.ShellCompDirectiveNoFileComp),
		RunE: func(_ *cobra.Command, args []string) error {
			for _, r := range append([]*lint.Rule{lint.Syntax, lint.IgnoreDirective}, a.rules...) {
				if r.Name == args[0] {
					return a.emit("", []byte(explanation(r)))
				}
			}
			return fmt.Errorf("unknown rule %q%s", args[0], config.DidYouMean(args[0], a.ruleNames()))
		},
	}
}

func explanation(r *lint.Rule) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n\nseverity: %s\n", r.Name, r.Summary, r.Severity)
	if o := report.Outcome(r); o != "" {
		fmt.Fprintf(&b, "status: %s\n", o)
	}
	fmt.Fprintf(&b, "\n%s\n", plain(r.Doc))
	for i, u := range r.URLs {
		if i == 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s\n", u)
	}
	return b.String()
}

var headings = regexp.MustCompile("^#+ ")

// plain returns Markdown as it reads on a terminal: code is indented, and the
// marks of emphasis, code and headings are left out.
func plain(markdown string) string {
	var out []string
	marks := strings.NewReplacer("**", "", "`", "")
	code := false
	for line := range strings.Lines(strings.TrimSpace(markdown)) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case strings.HasPrefix(line, "```"):
			code = !code
		case code:
			out = append(out, "    "+line)
		default:
			out = append(out, marks.Replace(headings.ReplaceAllString(line, "")))
		}
	}
	return strings.Join(out, "\n")
}

// table aligns the cells that rows are made of.
func table(rows func(row func(cells ...string))) string {
	var b bytes.Buffer
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	rows(func(cells ...string) { _, _ = fmt.Fprintln(w, strings.Join(cells, "\t")) }) // a buffer takes everything
	_ = w.Flush()
	return b.String()
}
