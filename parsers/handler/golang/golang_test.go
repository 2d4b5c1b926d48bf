package golang

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"testing"

	"golang.org/x/tools/go/analysis"
)

var want = regexp.MustCompile("// want `([^`]*)`")

// TestAnalyzer runs the analyzer on the files of testdata and compares what it
// reports with their comments, as analysistest does, but without the go command.
func TestAnalyzer(t *testing.T) {
	names, err := filepath.Glob("testdata/*.go")
	if err != nil || len(names) == 0 {
		t.Fatal("no files", err)
	}
	for _, name := range names {
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		wants := map[int]*regexp.Regexp{}
		for _, g := range f.Comments {
			for _, c := range g.List {
				if m := want.FindStringSubmatch(c.Text); m != nil {
					wants[fset.Position(c.Pos()).Line] = regexp.MustCompile(m[1])
				}
			}
		}
		_, err = analyze(fset, []*ast.File{f}, nil, func(d analysis.Diagnostic) {
			line := fset.Position(d.Pos).Line
			if re := wants[line]; re == nil || !re.MatchString(d.Message) {
				t.Errorf("%s:%d: not expected: %s", name, line, d.Message)
			}
			delete(wants, line)
		})
		if err != nil {
			t.Fatal(err)
		}
		for line, re := range wants {
			t.Errorf("%s:%d: nothing matches %s", name, line, re)
		}
	}
}

// TestBroken holds the analyzer to saying nothing of what does not compile.
func TestBroken(t *testing.T) {
	for _, src := range []string{
		"package main",
		"package main\nimport \"github.com/aws/aws-lambda-go/lambda\"\nfunc main() { lambda.Start() }",
		"package main\nimport \"github.com/aws/aws-lambda-go/lambda\"\nfunc main() { lambda.Start(undefined) }",
		"package main\nimport \"github.com/aws/aws-lambda-go/lambda\"\nfunc main() { lambda.Start(f) }\nfunc f(x T) (U, error) { return V{}, nil }",
		"package main\nimport . \"github.com/aws/aws-lambda-go/lambda\"\nfunc main() { Start(f) }\nfunc f() {}",
		"package main\nimport \"C\"\nimport \"github.com/aws/aws-lambda-go/lambda\"\nvar f = f\nfunc main() { lambda.Start(f) }",
		"package main\nimport \"github.com/aws/aws-lambda-go/lambda\"\ntype T struct{ T }\nfunc main() { lambda.Start(f) }\nfunc f() (T, error) { return T{}, nil }",
	} {
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, "main.go", src, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Analyze(fset, []*ast.File{f}, nil); err != nil {
			t.Errorf("%v in %s", err, src)
		}
	}
}
