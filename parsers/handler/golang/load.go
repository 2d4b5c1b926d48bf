package golang

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"golang.org/x/tools/go/analysis/passes/inspect"
)

// Analyze runs [Analyzer] on the files of a package, with stubs for what they
// import. local parses the files of an imported package of the same module, and
// may be nil.
func Analyze(fset *token.FileSet, files []*ast.File, local func(importPath string) []*ast.File) (*Result, error) {
	return analyze(fset, files, local, func(analysis.Diagnostic) {})
}

func analyze(fset *token.FileSet, files []*ast.File, local func(importPath string) []*ast.File, report func(analysis.Diagnostic)) (*Result, error) {
	imp := &importer{fset: fset, known: map[string]*types.Package{"unsafe": types.Unsafe}, local: local}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Implicits: map[ast.Node]types.Object{}, Scopes: map[ast.Node]*types.Scope{},
		Instances: map[*ast.Ident]types.Instance{},
	}
	config := types.Config{Importer: imp, Error: func(error) {}, FakeImportC: true}
	pkg, _ := config.Check("main", fset, files, info) // errors are tolerated
	pass := &analysis.Pass{
		Analyzer: Analyzer, Fset: fset, Files: files, Pkg: pkg, TypesInfo: info, TypesSizes: types.SizesFor("gc", "arm64"),
		ResultOf: map[*analysis.Analyzer]any{inspect.Analyzer: inspector.New(files)},
		Report:   report,
	}
	res, err := Analyzer.Run(pass)
	if err != nil {
		return nil, err
	}
	return res.(*Result), nil
}
