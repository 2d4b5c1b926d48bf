package handler

import (
	"go/ast"
	"go/build"
	goparser "go/parser"
	"go/token"
	"io"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/handler/golang"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// golang looks at a function in Go: the package in the directory of the code.
// https://docs.aws.amazon.com/lambda/latest/dg/golang-handler.html
func (r *sources) golang(t *task) *model.Handler {
	dir, ok := t.fn.Code.Local.Get()
	if build, known := t.fn.Code.Build.Or("").Get(); !ok || !known || build != "" && !strings.HasPrefix(build, "go") {
		return nil
	}
	g := &goPackage{r: r, task: t, fset: token.NewFileSet(), files: map[*token.File]*source.File{}}
	files := g.parse(dir, true)
	if len(files) == 0 || files[0].Name.Name != "main" {
		return nil
	}
	root, module := g.module(dir)
	res, err := golang.Analyze(g.fset, files, func(importPath string) []*ast.File {
		rel, ok := strings.CutPrefix(importPath, module)
		if module == "" || !ok || rel != "" && rel[0] != '/' {
			return nil
		}
		return g.parse(path.Join(root, rel), false)
	})
	if err != nil || len(res.Handlers) != 1 {
		return nil
	}
	return g.handler(res.Handlers[0])
}

// A goPackage is a package with what it imports of its module.
type goPackage struct {
	r     *sources
	task  *task
	fset  *token.FileSet
	files map[*token.File]*source.File
}

// parse parses the files of a directory that are compiled for Lambda.
func (g *goPackage) parse(dir string, all bool) []*ast.File {
	entries, err := g.r.reader.ReadDir(dir)
	if err != nil {
		return nil
	}
	ctx := build.Default
	ctx.GOOS, ctx.GOARCH, ctx.CgoEnabled = "linux", "arm64", false
	ctx.JoinPath = path.Join
	ctx.OpenFile = func(name string) (io.ReadCloser, error) {
		f, err := g.r.reader.Read(filepath.ToSlash(name))
		if err != nil {
			return nil, err
		}
		return io.NopCloser(strings.NewReader(string(f.Data))), nil
	}
	var out []*ast.File
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		if e.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		if match, err := ctx.MatchFile(dir, e.Name()); err != nil || !match {
			continue
		}
		if f := g.file(name, all); f != nil {
			out = append(out, f)
		}
	}
	return out
}

// file parses a file; with all, with its functions.
func (g *goPackage) file(name string, all bool) *ast.File {
	src, err := g.r.reader.Read(name)
	if err != nil {
		return nil
	}
	if reason := readable(src.Data); reason != "" {
		g.r.note(name, reason)
		return nil
	}
	f, err := goparser.ParseFile(g.fset, name, src.Data, goparser.SkipObjectResolution|goparser.ParseComments)
	if err != nil {
		g.r.note(name, "it cannot be read: "+err.Error())
		return nil
	}
	g.files[g.fset.File(f.Pos())] = src
	if all {
		g.task.files = append(g.task.files, src)
	}
	return f
}

// module returns the directory and the name of the module around a directory.
func (g *goPackage) module(dir string) (root, name string) {
	for range 8 {
		if f, err := g.r.reader.Read(path.Join(dir, "go.mod")); err == nil {
			return dir, modfile.ModulePath(f.Data)
		}
		if dir == "." || dir == "/" {
			break
		}
		dir = path.Dir(dir)
	}
	return "", ""
}

func (g *goPackage) span(pos, end token.Pos) source.Span {
	f := g.fset.File(pos)
	src := g.files[f]
	if src == nil {
		return source.Span{}
	}
	start := f.Offset(pos)
	stop := start
	if end >= pos && int(end) <= f.Base()+f.Size() {
		stop = f.Offset(end)
	}
	return src.Span(start, stop)
}

func (g *goPackage) handler(found *golang.Handler) *model.Handler {
	h := &model.Handler{Found: tri.Yes, Language: "go", Span: g.span(found.Pos, found.End)}
	if !found.Known {
		return h
	}
	h.Streams = tri.Maybe
	switch found.Event {
	case "APIGatewayProxyRequest":
		h.Payload = value.Lit("1.0", h.Span)
	case "APIGatewayV2HTTPRequest":
		h.Payload = value.Lit("2.0", h.Span)
	}
	var outputs []*model.Output
	for _, o := range found.Outputs {
		at := g.span(o.Pos, o.End)
		outputs = append(outputs, &model.Output{Data: g.data(o.Value, at), Meant: tri.Yes, Span: at})
	}
	h.Responses = value.SetOf(outputs, !found.Open)
	var faults []*model.Fault
	for _, f := range found.Faults {
		at := g.span(f.Pos, f.End)
		fault := &model.Fault{Span: at, Message: value.UnknownText(at)}
		if f.Known {
			fault.Message, fault.Name = value.Lit(f.Message, at), strconv.Quote(f.Message)
		}
		if f.Response != nil {
			fault.Lost = true
			if s := f.Response.Field("statusCode"); s.Known {
				fault.Status = s.Text
			}
		}
		faults = append(faults, fault)
	}
	h.Faults = value.Open(faults...)
	return h
}

func (g *goPackage) data(v *golang.Value, otherwise source.Span) *model.Data {
	at := otherwise
	if v.Pos.IsValid() {
		if s := g.span(v.Pos, v.End); s.IsValid() {
			at = s
		}
	}
	d := &model.Data{Kind: value.Unknown[model.DataKind](at), Text: value.UnknownText(at), Fields: value.OpenMap[*model.Data](at), Span: at}
	if v.Kind == "" {
		return d
	}
	d.Kind = value.Known(model.DataKind(v.Kind), at)
	if v.Known {
		d.Text = value.Lit(v.Text, at)
	}
	if v.Kind != golang.Object {
		return d
	}
	var entries []value.Entry[*model.Data]
	for _, f := range v.Fields {
		inner := g.data(f.Value, at)
		entries = append(entries, value.Entry[*model.Data]{Key: value.Lit(f.Name, inner.Span), Value: inner, Span: inner.Span})
	}
	if v.Open {
		d.Fields = value.OpenMap(at, entries...)
	} else {
		d.Fields = value.NewMap(at, entries...)
	}
	return d
}
