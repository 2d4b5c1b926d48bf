package flow

import (
	"slices"
	"strconv"
	"strings"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/handler/internal/ir"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// A collector takes down what the handler does.
type collector struct {
	outputs []*model.Output
	// answered says that a callback was, or may have been, used.
	answered bool
	open     bool
	faults   []*model.Fault
	reads    []*model.EventRead
	payload  string
	at       source.Span
}

func (c *collector) require(path []string, at source.Span) {
	if !at.IsValid() || slices.ContainsFunc(c.reads, func(r *model.EventRead) bool { return slices.Equal(r.Path, path) }) {
		return
	}
	c.reads = append(c.reads, &model.EventRead{Path: path, Span: at})
}

func (c *collector) output(d *model.Data, at source.Span, dim bool) {
	if slices.ContainsFunc(c.outputs, func(o *model.Output) bool { return o.Span == at && o.Data.Span == d.Span }) {
		return
	}
	meant := tri.Yes
	if dim && d.Has("statusCode") != tri.Yes {
		meant = tri.Maybe
	}
	c.outputs = append(c.outputs, &model.Output{Data: d, Meant: meant, Span: at})
}

// Analyze follows the handler that a module calls by the name, which may have
// dots. It never fails: what it does not understand is unknown.
func Analyze(modules Modules, m *Module, name string) (h *model.Handler) {
	h = &model.Handler{Span: m.Span(ir.Pos{})}
	e := &evaluator{
		cur: &state{cells: map[int]vals{}, heap: map[int]*thing{}, work: new(int)}, visiting: map[*ir.Func]bool{},
		loader: &loader{modules: modules, loaded: map[*Module]*loaded{}}, out: &collector{},
	}
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(tooMuch); !ok {
				panic(r)
			}
			h = &model.Handler{Found: tri.Maybe, Span: h.Span}
		}
	}()
	l := e.load(m)
	e.calls = append(e.calls, &frame{mod: l, python: m.Python})
	v, found := e.find(l, strings.Split(name, "."))
	h.Found = found
	if v.name == "awslambda.streamifyResponse()" {
		h.Streams = tri.Yes
	}
	fn, ok := v.only()
	if !ok || fn.kind != function || fn.fn.settle != nil || fn.fn.fn.Generator {
		return h
	}
	h.Span, h.Streams = fn.at, tri.No
	e.volatile()
	e.handle(fn.fn)
	h.Responses = value.SetOf(e.out.outputs, !e.out.open)
	h.Faults = value.Open(e.out.faults...)
	h.Requires = value.Open(e.out.reads...)
	if e.out.payload != "" {
		h.Payload = value.Lit(e.out.payload, e.out.at)
	}
	return h
}

// find returns what a module exports by a name, and whether it does.
func (e *evaluator) find(l *loaded, path []string) (vals, tri.Bool) {
	if l.Python {
		if c, ok := l.scope.cells[path[0]]; ok && c >= 0 && len(path) == 1 {
			return e.cur.cells[c], tri.Yes
		}
		if l.open || len(path) > 1 || e.dynamic(l) {
			return unknown(), tri.Maybe
		}
		return unknown(), tri.No
	}
	v := unknown()
	if l.isESM {
		get, ok := l.esm[path[0]]
		if !ok {
			// A module may mix both kinds once a bundler has been over it.
			if l.open || e.assigns(l) {
				return v, tri.Maybe
			}
			return v, tri.No
		}
		v = get()
	} else {
		exports := e.exported(l)
		x, ok := exports.only()
		if !ok || x.kind != object {
			return v, tri.Maybe
		}
		t := e.cur.heap[x.ref]
		f := t.find(path[0])
		switch {
		case f == nil && !t.open && len(t.fields) > 0 && !e.dynamic(l):
			return v, tri.No
		case f == nil || f.maybe:
			return v, tri.Maybe
		}
		v = f.v
	}
	for _, key := range path[1:] {
		v = e.get(v, key)
	}
	if len(path) > 1 {
		return v, tri.Maybe
	}
	return v, tri.Yes
}

// dynamic reports whether a module may bind names in ways that are not seen.
func (e *evaluator) dynamic(l *loaded) bool {
	found := false
	walkAll(l.Body, func(s ir.Stmt) {
		if d, ok := s.(*ir.Define); ok && d.Name == "__getattr__" {
			found = true
		}
	}, func(x ir.Expr) {
		switch x := x.(type) {
		case *ir.Name:
			switch x.Name {
			case "globals", "exec", "eval", "setattr", "vars", "locals":
				found = true
			}
		case *ir.Call:
			// exports given away
			for _, a := range x.Args {
				switch a := a.Value.(type) {
				case *ir.Name:
					found = found || a.Name == "exports" || a.Name == "module"
				case *ir.Member:
					if n, ok := a.X.(*ir.Name); ok && n.Name == "module" {
						found = true
					}
				}
			}
		}
	})
	return found
}

// assigns reports whether a module speaks of exports or module.
func (e *evaluator) assigns(l *loaded) bool {
	found := false
	walkAll(l.Body, nil, func(x ir.Expr) {
		if n, ok := x.(*ir.Name); ok && (n.Name == "exports" || n.Name == "module") {
			found = true
		}
	})
	return found
}

// volatile forgets the variables of modules that functions assign: what they
// hold depends on the calls before.
func (e *evaluator) volatile() {
	for _, l := range e.loader.loaded {
		assigned := map[string]bool{}
		walkStmts(l.Body, func(s ir.Stmt) {
			if d, ok := s.(*ir.Define); ok {
				e.assigned(d.X, l.Python, assigned)
			}
		}, func(x ir.Expr) {
			if f, ok := x.(*ir.Func); ok {
				e.assigned(f, l.Python, assigned)
			}
		})
		for name := range assigned {
			if c, ok := l.scope.cells[name]; ok && c >= 0 {
				e.cur.cells[c] = unknown()
			}
		}
	}
}

// assigned collects the outer names that a function assigns.
func (e *evaluator) assigned(x ir.Expr, python bool, into map[string]bool) {
	var body []ir.Stmt
	switch x := x.(type) {
	case *ir.Func:
		body = x.Body
	case *ir.Class:
		body = x.Body
	}
	walkAll(body, func(s ir.Stmt) {
		if o, ok := s.(*ir.Outer); ok {
			for _, n := range o.Names {
				into[n] = true
			}
		}
	}, func(x ir.Expr) {
		if a, ok := x.(*ir.Assign); ok && !python {
			for _, n := range targets(a.Target) {
				into[n] = true
			}
		}
	})
}

func targets(x ir.Expr) []string {
	switch x := x.(type) {
	case *ir.Name:
		return []string{x.Name}
	case *ir.Map, *ir.List:
		return patternNames(x)
	}
	return nil
}

// handle runs the handler as Lambda does.
// https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
func (e *evaluator) handle(c *closure) {
	f := &frame{fn: c, mod: c.scope.mod, python: c.scope.mod.Python}
	s := &scope{parent: c.scope, cells: map[string]int{}, mod: c.scope.mod, fn: true}
	e.calls = append(e.calls, f)
	args := []argument{{v: property([]string{})}, {v: unknown()}}
	if !f.python {
		args[1].v = named("context")
		args = append(args, argument{v: named("callback")})
	}
	e.cur.dead, e.cur.aside, e.cur.unsure, e.cur.asked, e.cur.dim = false, false, false, false, false
	e.recording = true
	for _, p := range c.fn.Params {
		if p.Rest && !f.python {
			e.obscure() // the callback may be among them
		}
	}
	e.parameters(c.fn, args, s)
	e.body(c.fn, s)
	last := e.cur
	if !last.dead {
		at := head(e, c)
		f.returns = append(f.returns, returned{v: e.nothing(at), at: at, end: last, lost: last.aside || last.unsure, dim: last.dim})
	}
	for _, r := range f.returns {
		if r.lost {
			e.out.open = true
			continue
		}
		e.cur = r.end
		e.result(c, r)
	}
}

// head is the place that stands for a function that returns nothing: its
// head, up to its body.
func head(e *evaluator, c *closure) source.Span {
	at := e.span(c.fn)
	if len(c.fn.Body) > 0 && at.IsValid() {
		if to := e.span(c.fn.Body[0]); to.File == at.File && to.Start > at.Start {
			head := strings.TrimRight(at.File.Span(at.Start, to.Start).Text(), " \t\r\n{")
			at = at.File.Span(at.Start, at.Start+len(head))
		}
	}
	return at
}

func (e *evaluator) nothing(at source.Span) vals {
	return one(val{kind: null, at: at})
}

// result takes down a value that the handler returns.
func (e *evaluator) result(c *closure, r returned) {
	v := r.v
	if !e.python() && !c.fn.Async {
		// A function that returns no promise answers with its callback only.
		for _, x := range v.list {
			switch x.kind {
			case promise:
				e.outputs(*x.inner, r.at)
			case undefined, null:
				if !e.out.answered {
					e.outputs(e.nothing(r.at), r.at)
				}
			default:
				e.out.open = true
			}
		}
		e.out.open = e.out.open || v.open
		return
	}
	if !e.python() {
		v = settled(v)
	}
	if e.out.answered {
		v.list = slices.DeleteFunc(slices.Clone(v.list), func(x val) bool { return x.kind == undefined || x.kind == null })
	}
	e.outputs(v, r.at)
}

// outputs takes down the alternatives of what is returned.
func (e *evaluator) outputs(v vals, at source.Span) {
	e.out.open = e.out.open || v.open
	for _, x := range v.list {
		if x.kind == promise {
			if !e.python() {
				e.outputs(*x.inner, at)
			} else {
				e.out.open = true
			}
			continue
		}
		if x.kind == function || x.kind == moduleValue {
			e.out.open = true
			continue
		}
		place := x.at
		if !place.IsValid() {
			place = at
		}
		e.out.output(e.data(one(x), place, 0), at, e.cur.dim)
	}
}

// maxData bounds the depth of the values that are shown to rules.
const maxData = 6

// data returns what rules see of a value.
func (e *evaluator) data(v vals, place source.Span, depth int) *model.Data {
	d := &model.Data{Kind: value.Unknown[model.DataKind](place), Text: value.UnknownText(place), Fields: value.OpenMap[*model.Data](place), Span: place}
	if v.open || len(v.list) == 0 || depth > maxData {
		return d
	}
	kinds := map[kind]model.DataKind{
		undefined: model.NullData, null: model.NullData, boolean: model.BoolData, number: model.NumberData, text: model.StringData,
		array: model.ListData, object: model.ObjectData,
	}
	k, ok := kinds[v.list[0].kind]
	for _, x := range v.list {
		ok = ok && kinds[x.kind] == k
	}
	if !ok {
		return d
	}
	d.Kind = value.Known(k, place)
	x := v.list[0]
	if len(v.list) > 1 {
		return d
	}
	if x.known && (x.kind == boolean || x.kind == number || x.kind == text) {
		d.Text = value.Lit(x.text, place)
	}
	if x.kind == object {
		d.Fields = e.fields(x, place, depth)
	}
	return d
}

func (e *evaluator) fields(x val, place source.Span, depth int) value.Map[*model.Data] {
	t := e.cur.heap[x.ref]
	if t == nil {
		return value.OpenMap[*model.Data](place)
	}
	var entries []value.Entry[*model.Data]
	open := t.open
	for _, f := range t.fields {
		if v, ok := f.v.only(); ok && v.kind == undefined {
			continue
		}
		if f.maybe || slices.ContainsFunc(f.v.list, func(v val) bool { return v.kind == undefined }) {
			open = true
			continue
		}
		entries = append(entries, value.Entry[*model.Data]{Key: value.Lit(f.key, f.at), Value: e.data(f.v, f.place, depth+1), Span: f.at})
	}
	if open {
		return value.OpenMap(place, entries...)
	}
	return value.NewMap(place, entries...)
}

// answer takes down what a callback, or a method of the context, is given.
func (e *evaluator) answer(name string, args []argument, at ir.Node) bool {
	var failed, result *argument
	arg := func(i int) *argument {
		if i < len(args) {
			return &args[i]
		}
		return &argument{v: e.undefined(), at: at}
	}
	switch name {
	case "callback", "context.done":
		failed, result = arg(0), arg(1)
	case "context.succeed":
		result = arg(0)
	case "context.fail":
		failed = arg(0)
	default:
		return false
	}
	if !e.recording {
		return true
	}
	e.out.answered = true
	if e.cur.aside || e.cur.unsure || e.cur.dead || len(args) > 0 && args[0].spread {
		e.out.open = true
		return true
	}
	if failed != nil {
		x, ok := failed.v.only()
		switch {
		case ok && (x.kind == null || x.kind == undefined):
		case ok || result == nil:
			if f, isExpr := failed.at.(ir.Expr); isExpr {
				e.fault(f, failed.v, failed.at)
			}
			return true
		default:
			e.out.open = true
			return true
		}
	}
	if result == nil {
		return true
	}
	v := result.v
	if x, ok := v.only(); ok && x.kind == promise {
		e.out.open = true
		return true
	}
	e.outputs(v, e.span(result.at))
	return true
}

// fault takes down an error with which the handler ends.
func (e *evaluator) fault(x ir.Expr, v vals, at ir.Node) {
	f := &model.Fault{Span: e.span(at), Request: tri.No}
	if e.cur.asked {
		f.Request = tri.Yes
	}
	f.Message = value.UnknownText(f.Span)
	if lit, ok := v.only(); ok && lit.kind == text {
		if lit.known {
			f.Message, f.Name = value.Lit(lit.text, f.Span), strconv.Quote(lit.text)
		}
	} else if c, ok := x.(*ir.Call); ok {
		f.Name = callee(c.Fn)
		if len(c.Args) == 1 && !c.Args[0].Spread {
			if lit, ok := c.Args[0].Value.(*ir.Lit); ok && lit.Kind == ir.String && lit.Known {
				f.Message = value.Lit(lit.Text, f.Span)
				f.Name += "(" + strconv.Quote(lit.Text) + ")"
			}
		}
	} else {
		return // what was caught is raised again
	}
	if slices.ContainsFunc(e.out.faults, func(have *model.Fault) bool { return have.Span == f.Span }) {
		return
	}
	e.out.faults = append(e.out.faults, f)
}

func callee(x ir.Expr) string {
	switch x := x.(type) {
	case *ir.Name:
		return x.Name
	case *ir.Member:
		if k, ok := x.Key.(*ir.Lit); ok {
			return k.Text
		}
	}
	return ""
}

// resolves recognises the resolvers of Powertools, which read events of one
// payload format only.
// https://docs.aws.amazon.com/powertools/python/latest/core/event_handler/api_gateway/
func (e *evaluator) resolves(name string, args []argument) bool {
	class, ok := strings.CutSuffix(name, "().resolve")
	if !ok || !strings.HasPrefix(class, "aws_lambda_powertools.event_handler.") {
		return false
	}
	e.out.open = true
	version := ""
	switch class[strings.LastIndexByte(class, '.')+1:] {
	case "APIGatewayHttpResolver":
		version = "2.0"
	case "APIGatewayRestResolver":
		version = "1.0"
	default:
		return false
	}
	given := len(args) > 0 && args[0].v.isAt && len(args[0].v.path) == 0
	if given && e.counts() && e.caught == 0 && e.choices == 0 && !e.touched && !e.cur.asked {
		e.out.payload = version
		e.out.at = e.span(args[0].at)
	}
	return true
}
