package cli_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/apigwlint/apigwlint/cli"
	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
)

var update = flag.Bool("update", false, "rewrite what scripts compare with")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"apigwlint": func() { os.Exit(cli.Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, testRules)) },
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "../testdata/script",
		UpdateScripts: *update,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			// exit CODE COMMAND ARG…: run a command that exits with the code.
			"exit": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg || len(args) < 2 {
					ts.Fatalf("usage: exit CODE COMMAND ARG…")
				}
				code := "0"
				if err := ts.Exec(args[1], args[2:]...); err != nil {
					code = strings.TrimPrefix(err.Error(), "exit status ")
				}
				if code != args[0] {
					ts.Fatalf("exits with %s, not %s", code, args[0])
				}
			},
		},
	})
}

// testRules say something of every route, depending on its path, so that the
// scripts do not depend on what the real rules say.
var testRules = []*lint.Rule{
	rule("failing-route", lint.Error, "/fail", "it is named so"),
	rule("noted-route", lint.Note, "/note", "it is worth a note"),
	{
		Name: "panicking", Group: "test", Severity: lint.Error, Status: []int{500}, Summary: "a rule with a bug", Doc: "It panics.",
		Run: func(pass *lint.Pass) {
			for r := range pass.Model.Routes() {
				if r.Path.Is("/panic") == tri.Yes {
					panic("a bug")
				}
			}
		},
	},
	rule("slow-route", lint.Warning, "/slow", "it is slow"),
}

func rule(name string, severity lint.Severity, path, message string) *lint.Rule {
	return &lint.Rule{
		Name: name, Group: "test", Severity: severity, Status: []int{500},
		Summary: "a route that has the path " + path,
		Doc:     "## What happens\n\nA route with the path `" + path + "` is reported.\n\n```yaml\nPathPart: x\n```\n\nChoose **another** path.",
		URLs:    []string{"https://example.com/" + name},
		Run: func(pass *lint.Pass) {
			for r := range pass.Model.Routes() {
				pass.ReportIf(r.Path.Is(path), lint.Diagnostic{Span: r.Span, Message: message, Routes: []*model.Route{r}})
			}
		},
	}
}
