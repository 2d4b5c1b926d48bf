// Package golang finds out what Lambda handlers written in Go return.
//
// It is an analyzer of golang.org/x/tools/go/analysis, which go vet can run as a
// tool. apigwlint runs it without the go command and without the sources of
// other modules: what of them matters is stubbed, and type errors are tolerated.
package golang

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"
)

// Analyzer reports handlers whose answers API Gateway does not take. Its result
// is a [Result].
var Analyzer = &analysis.Analyzer{
	Name: "lambdaproxy",
	Doc: `lambdaproxy reports Lambda handlers whose answers API Gateway does not take

A handler of API Gateway's events that returns something else than a response, a
response without a status, or an error beside a response is answered with 502.`,
	URL:              "https://github.com/apigwlint/apigwlint",
	Requires:         []*analysis.Analyzer{inspect.Analyzer},
	Run:              run,
	RunDespiteErrors: true,
	ResultType:       reflect.TypeFor[*Result](),
}

// A Result is what a package shows of its handlers.
type Result struct{ Handlers []*Handler }

// A Handler is a function that is given to lambda.Start.
type Handler struct {
	// Pos and End are its head, or what is given to Start when the function is
	// not in the package.
	Pos, End token.Pos
	// Known says that the function was found.
	Known bool
	// Event is the type of the event when it is one of aws-lambda-go.
	Event   string
	Outputs []Output
	// Open says that it may return something else.
	Open   bool
	Faults []Fault
}

// An Output is what a return statement returns with no error.
type Output struct {
	Value    *Value
	Pos, End token.Pos
}

// A Fault is an error that is certainly returned.
type Fault struct {
	Response *Value // what is returned beside it, with a status
	Message  string
	Known    bool // the message
	Pos, End token.Pos
}

// A Kind is a kind of JSON value; the zero Kind is unknown.
type Kind string

// The kinds of JSON values.
const (
	Null   Kind = "null"
	Bool   Kind = "boolean"
	Number Kind = "number"
	String Kind = "string"
	List   Kind = "list"
	Object Kind = "object"
)

// A Value is what is known of a value that is made into JSON.
type Value struct {
	Kind     Kind
	Text     string
	Known    bool // Text
	Fields   []Field
	Open     bool // there may be other fields
	Pos, End token.Pos
}

// A Field is a member of an object.
type Field struct {
	Name  string
	Value *Value
}

// Field returns a member, or nil.
func (v *Value) Field(name string) *Value {
	for _, f := range v.Fields {
		if f.Name == name {
			return f.Value
		}
	}
	return nil
}

func run(pass *analysis.Pass) (any, error) {
	a := &analyzer{pass: pass, decls: map[types.Object]*ast.FuncDecl{}, vars: map[types.Object]ast.Expr{}}
	for _, f := range pass.Files {
		for _, d := range f.Decls {
			a.declare(d)
		}
	}
	res := &Result{}
	ins := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	for cur := range ins.Root().Preorder((*ast.CallExpr)(nil)) {
		if arg := a.started(cur.Node().(*ast.CallExpr)); arg != nil {
			h := a.handler(arg)
			res.Handlers = append(res.Handlers, h)
			a.report(h)
		}
	}
	return res, nil
}

type analyzer struct {
	pass  *analysis.Pass
	decls map[types.Object]*ast.FuncDecl
	vars  map[types.Object]ast.Expr // the values of variables of the package
}

func (a *analyzer) declare(d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if obj := a.pass.TypesInfo.Defs[d.Name]; obj != nil {
			a.decls[obj] = d
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			v, ok := s.(*ast.ValueSpec)
			if !ok || d.Tok != token.VAR || len(v.Values) != len(v.Names) {
				continue
			}
			for i, n := range v.Names {
				if obj := a.pass.TypesInfo.Defs[n]; obj != nil {
					a.vars[obj] = v.Values[i]
				}
			}
		}
	}
}

// started returns what a call of lambda.Start is given, or nil.
func (a *analyzer) started(call *ast.CallExpr) ast.Expr {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) == 0 {
		return nil
	}
	pkg, ok := sel.X.(*ast.Ident)
	if !ok {
		return nil
	}
	name, ok := a.pass.TypesInfo.Uses[pkg].(*types.PkgName)
	if !ok || name.Imported().Path() != lambdaPackage {
		return nil
	}
	switch sel.Sel.Name {
	case "Start", "StartWithOptions", "StartHandlerFunc":
		return call.Args[0]
	case "StartWithContext":
		if len(call.Args) > 1 {
			return call.Args[1]
		}
	}
	return nil
}

// handler follows the function that is given to lambda.Start.
func (a *analyzer) handler(arg ast.Expr) *Handler {
	h := &Handler{Pos: arg.Pos(), End: arg.End(), Open: true}
	typ, body, pos := a.function(arg)
	if typ == nil || body == nil {
		return h
	}
	h.Pos, h.End, h.Known, h.Open = pos, typ.End(), true, false
	sig, ok := a.pass.TypesInfo.TypeOf(arg).(*types.Signature)
	if !ok {
		h.Open = true
		return h
	}
	if n := sig.Params().Len(); n > 0 {
		h.Event = eventType(sig.Params().At(n - 1).Type())
	}
	results := sig.Results()
	switch {
	case results.Len() == 0 || results.Len() == 1 && isError(results.At(0).Type()):
		h.Outputs = append(h.Outputs, Output{Value: &Value{Kind: Null, Pos: h.Pos, End: h.End}, Pos: h.Pos, End: h.End})
	case results.Len() == 2 && isError(results.At(1).Type()), results.Len() == 1:
		w := &returns{a: a, h: h, result: results.At(0).Type(), seen: map[ast.Node]bool{}}
		w.follow(typ, body)
		if v := a.ofType(w.result, 0); v.Kind != "" && v.Kind != Object {
			// Whatever it returns, it is none, and that is one mistake.
			v.Pos, v.End = typ.Results.List[0].Pos(), typ.Results.List[0].End()
			h.Outputs = []Output{{v, v.Pos, v.End}}
		}
	default:
		h.Open = true
	}
	return h
}

// function returns the function that an expression is, when it is in the package.
func (a *analyzer) function(x ast.Expr) (*ast.FuncType, *ast.BlockStmt, token.Pos) {
	var obj types.Object
	switch x := ast.Unparen(x).(type) {
	case *ast.FuncLit:
		return x.Type, x.Body, x.Pos()
	case *ast.Ident:
		obj = a.pass.TypesInfo.Uses[x]
	case *ast.SelectorExpr:
		obj = a.pass.TypesInfo.Uses[x.Sel]
	}
	if obj == nil {
		return nil, nil, token.NoPos
	}
	if d := a.decls[obj]; d != nil {
		return d.Type, d.Body, d.Pos()
	}
	if v, ok := a.vars[obj]; ok && v != x {
		if lit, ok := ast.Unparen(v).(*ast.FuncLit); ok {
			return lit.Type, lit.Body, lit.Pos()
		}
	}
	return nil, nil, token.NoPos
}

// eventType returns the name of an event of aws-lambda-go.
func eventType(t types.Type) string {
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || n.Obj().Pkg().Path() != eventsPackage {
		return ""
	}
	return n.Obj().Name()
}

func isError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }

// returns collects what the return statements of a function return.
type returns struct {
	a      *analyzer
	h      *Handler
	result types.Type
	seen   map[ast.Node]bool
}

// follow looks at a function. One that is looked at already has been counted.
func (w *returns) follow(typ *ast.FuncType, body *ast.BlockStmt) {
	if w.seen[body] {
		return
	}
	w.seen[body] = true
	named := typ.Results != nil && len(typ.Results.List) > 0 && len(typ.Results.List[0].Names) > 0
	var stack []ast.Node
	ast.Inspect(body, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		if _, ok := n.(*ast.FuncLit); ok {
			return false
		}
		if r, ok := n.(*ast.ReturnStmt); ok {
			switch {
			case len(r.Results) == 0 && named:
				w.typed(r)
			default:
				w.statement(r, stack)
			}
		}
		stack = append(stack, n)
		return true
	})
}

// typed counts a return of which only the type is known.
func (w *returns) typed(n ast.Node) {
	v := w.a.ofType(w.result, 0)
	v.Pos, v.End = n.Pos(), n.End()
	if v.Kind == "" || v.Kind == Null {
		w.h.Open = true
		return
	}
	w.h.Outputs = append(w.h.Outputs, Output{v, n.Pos(), n.End()})
}

func (w *returns) statement(r *ast.ReturnStmt, stack []ast.Node) {
	if len(r.Results) == 1 {
		if call, ok := ast.Unparen(r.Results[0]).(*ast.CallExpr); ok {
			if typ, body, _ := w.a.function(call.Fun); body != nil {
				if sig, ok := w.a.pass.TypesInfo.TypeOf(call.Fun).(*types.Signature); ok && sig.Results().Len() > 0 && types.Identical(sig.Results().At(0).Type(), w.result) {
					w.follow(typ, body)
					return
				}
			}
		}
		w.typed(r)
		return
	}
	if len(r.Results) != 2 {
		w.h.Open = true
		return
	}
	switch failed, message, known := w.a.failure(r.Results[1], stack); failed {
	case isNil:
		v := w.a.value(r.Results[0], w.result)
		if v.Kind == "" {
			w.h.Open = true
			return
		}
		w.h.Outputs = append(w.h.Outputs, Output{v, r.Results[0].Pos(), r.Results[0].End()})
	case isNotNil:
		f := Fault{Pos: r.Pos(), End: r.End(), Message: message, Known: known}
		if v := w.a.value(r.Results[0], w.result); v.Kind == Object {
			if s := v.Field("statusCode"); s != nil && !(s.Known && s.Text == "0") {
				f.Response = v
			}
		}
		w.h.Faults = append(w.h.Faults, f)
	default:
		// Whether it succeeds or not: what it returns is of the type.
		w.typed(r)
	}
}

type certainty int

const (
	unsure certainty = iota
	isNil
	isNotNil
)

// failure decides whether a returned error is nil, and what it says.
func (a *analyzer) failure(x ast.Expr, stack []ast.Node) (c certainty, message string, known bool) {
	x = ast.Unparen(x)
	if tv, ok := a.pass.TypesInfo.Types[x]; ok && tv.IsNil() {
		return isNil, "", false
	}
	switch x := x.(type) {
	case *ast.CallExpr:
		if name := a.callee(x); name == "errors.New" || name == "fmt.Errorf" {
			if len(x.Args) == 1 {
				if tv := a.pass.TypesInfo.Types[x.Args[0]]; tv.Value != nil && tv.Value.Kind() == constant.String {
					return isNotNil, constant.StringVal(tv.Value), true
				}
			}
			return isNotNil, "", false
		}
	case *ast.UnaryExpr:
		if _, ok := x.X.(*ast.CompositeLit); ok && x.Op == token.AND {
			return isNotNil, "", false
		}
	case *ast.CompositeLit:
		return isNotNil, "", false
	case *ast.Ident:
		obj := a.pass.TypesInfo.Uses[x]
		if obj == nil {
			return unsure, "", false
		}
		if v, ok := a.vars[obj]; ok {
			if call, ok := ast.Unparen(v).(*ast.CallExpr); ok {
				return a.failure(call, nil)
			}
		}
		if a.checked(obj, x.Pos(), stack) {
			return isNotNil, "", false
		}
	}
	return unsure, "", false
}

// callee names the function of another package that is called.
func (a *analyzer) callee(call *ast.CallExpr) string {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	pkg, ok := sel.X.(*ast.Ident)
	if !ok {
		return ""
	}
	name, ok := a.pass.TypesInfo.Uses[pkg].(*types.PkgName)
	if !ok {
		return ""
	}
	return name.Imported().Path() + "." + sel.Sel.Name
}

// checked reports whether a statement stands where obj != nil was asked and
// holds, with nothing assigned to it since.
func (a *analyzer) checked(obj types.Object, at token.Pos, stack []ast.Node) bool {
	for i := len(stack) - 2; i >= 0; i-- {
		s, ok := stack[i].(*ast.IfStmt)
		if !ok || stack[i+1] != ast.Node(s.Body) || !a.asksNotNil(s.Cond, obj) {
			continue
		}
		assigned := false
		ast.Inspect(s.Body, func(n ast.Node) bool {
			if as, ok := n.(*ast.AssignStmt); ok && as.Pos() < at {
				for _, l := range as.Lhs {
					if id, ok := l.(*ast.Ident); ok && (a.pass.TypesInfo.Uses[id] == obj || a.pass.TypesInfo.Defs[id] == obj) {
						assigned = true
					}
				}
			}
			return true
		})
		return !assigned
	}
	return false
}

func (a *analyzer) asksNotNil(cond ast.Expr, obj types.Object) bool {
	b, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok {
		return false
	}
	if b.Op == token.LAND {
		return a.asksNotNil(b.X, obj) || a.asksNotNil(b.Y, obj)
	}
	if b.Op != token.NEQ {
		return false
	}
	id, ok := b.X.(*ast.Ident)
	return ok && a.pass.TypesInfo.Uses[id] == obj && a.pass.TypesInfo.Types[b.Y].IsNil()
}

// value returns what is known of an expression of the type.
func (a *analyzer) value(x ast.Expr, t types.Type) *Value {
	x = ast.Unparen(x)
	v := &Value{Pos: x.Pos(), End: x.End()}
	if tv, ok := a.pass.TypesInfo.Types[x]; ok {
		switch {
		case tv.IsNil():
			v.Kind = Null
			return v
		case tv.Value != nil:
			if _, isInterface := t.Underlying().(*types.Interface); isInterface {
				t = tv.Type
			}
		case tv.Type != nil:
			if _, isInterface := t.Underlying().(*types.Interface); isInterface {
				t = tv.Type
			}
		}
	}
	of := a.ofType(t, 0)
	of.Pos, of.End = v.Pos, v.End
	if tv, ok := a.pass.TypesInfo.Types[x]; ok && tv.Value != nil {
		switch of.Kind {
		case String:
			if tv.Value.Kind() == constant.String {
				of.Text, of.Known = constant.StringVal(tv.Value), true
			}
		case Number, Bool:
			of.Text, of.Known = tv.Value.ExactString(), true
		}
		return of
	}
	if u, ok := x.(*ast.UnaryExpr); ok && u.Op == token.AND {
		x = u.X
	}
	lit, ok := ast.Unparen(x).(*ast.CompositeLit)
	if !ok {
		return of
	}
	return a.composite(lit, of)
}

// composite returns what a literal says: of a struct also what it leaves zero.
func (a *analyzer) composite(lit *ast.CompositeLit, of *Value) *Value {
	t := a.pass.TypesInfo.TypeOf(lit)
	if t == nil {
		return of
	}
	switch u := t.Underlying().(type) {
	case *types.Slice, *types.Array:
		if of.Kind == List || of.Kind == "" {
			of.Kind = kindOfList(u)
		}
	case *types.Map:
		of.Kind, of.Open = Object, false
		for _, e := range lit.Elts {
			kv, ok := e.(*ast.KeyValueExpr)
			if !ok {
				of.Open = true
				continue
			}
			key := a.pass.TypesInfo.Types[kv.Key]
			if key.Value == nil || key.Value.Kind() != constant.String {
				of.Open = true
				continue
			}
			of.Fields = append(of.Fields, Field{constant.StringVal(key.Value), a.value(kv.Value, u.Elem())})
		}
	case *types.Struct:
		if of.Kind != Object {
			return of
		}
		set := map[string]ast.Expr{}
		for i, e := range lit.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				if id, ok := kv.Key.(*ast.Ident); ok {
					set[id.Name] = kv.Value
				}
			} else if i < u.NumFields() {
				set[u.Field(i).Name()] = e
			}
		}
		of.Fields, of.Open = nil, false
		a.structFields(u, of, func(f *types.Var, omit bool) (*Value, bool) {
			x, ok := set[f.Name()]
			if ok {
				return a.value(x, f.Type()), true
			}
			zero := zeroOf(f.Type())
			zero.Pos, zero.End = of.Pos, of.End
			return zero, !omit
		}, 0)
	}
	return of
}

// zeroOf returns the JSON of the zero value of a type.
func zeroOf(t types.Type) *Value {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsString != 0:
			return &Value{Kind: String, Known: true}
		case u.Info()&types.IsNumeric != 0:
			return &Value{Kind: Number, Text: "0", Known: true}
		case u.Info()&types.IsBoolean != 0:
			return &Value{Kind: Bool, Text: "false", Known: true}
		}
	case *types.Slice, *types.Map, *types.Pointer, *types.Interface:
		return &Value{Kind: Null}
	}
	return &Value{}
}

func kindOfList(t types.Type) Kind {
	if s, ok := t.(*types.Slice); ok {
		if b, ok := s.Elem().Underlying().(*types.Basic); ok && b.Kind() == types.Byte {
			return String
		}
	}
	return List
}

// ofType returns what all values of a type are as JSON.
func (a *analyzer) ofType(t types.Type, depth int) *Value {
	v := &Value{}
	if p, ok := t.Underlying().(*types.Pointer); ok && depth == 0 {
		t = p.Elem() // a nil is found where it is returned
	}
	if depth > 4 || marshals(t) {
		return v
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsString != 0:
			v.Kind = String
		case u.Info()&types.IsNumeric != 0:
			v.Kind = Number
		case u.Info()&types.IsBoolean != 0:
			v.Kind = Bool
		}
	case *types.Slice:
		if depth == 0 {
			v.Kind = kindOfList(u) // or null, which is no better
		}
	case *types.Array:
		v.Kind = List
	case *types.Map:
		v.Open = true
		if depth == 0 {
			v.Kind = Object
		}
	case *types.Struct:
		v.Kind = Object
		a.structFields(u, v, func(f *types.Var, omit bool) (*Value, bool) {
			return a.ofType(f.Type(), depth+1), !omit
		}, 0)
	}
	return v
}

// marshals reports whether a type, or a pointer to it, makes its own JSON.
func marshals(t types.Type) bool {
	for _, name := range []string{"MarshalJSON", "MarshalText", "Read"} {
		if obj, _, _ := types.LookupFieldOrMethod(t, true, nil, name); obj != nil {
			return true
		}
	}
	return false
}

// structFields adds the members that encoding/json makes of a struct. What a
// field is comes from of, with whether it is certainly there.
func (a *analyzer) structFields(s *types.Struct, v *Value, of func(f *types.Var, omit bool) (*Value, bool), depth int) {
	for i := range s.NumFields() {
		f := s.Field(i)
		tag := reflect.StructTag(s.Tag(i)).Get("json")
		name, options, _ := strings.Cut(tag, ",")
		if tag == "-" {
			continue
		}
		if f.Embedded() && name == "" {
			inner, ok := f.Type().Underlying().(*types.Struct)
			if !ok || depth > 3 || marshals(f.Type()) {
				v.Open = true
				continue
			}
			a.structFields(inner, v, func(g *types.Var, omit bool) (*Value, bool) { return a.ofType(g.Type(), 1), !omit }, depth+1)
			continue
		}
		if !f.Exported() {
			continue
		}
		if name == "" {
			name = f.Name()
		}
		omit := strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero")
		value, certain := of(f, omit)
		if strings.Contains(options, "string") {
			value = &Value{Kind: String, Pos: value.Pos, End: value.End}
		}
		if !certain {
			v.Open = true
			continue
		}
		if value.Pos == token.NoPos {
			value.Pos, value.End = v.Pos, v.End
		}
		v.Fields = append(v.Fields, Field{name, value})
	}
}

// report says what is wrong with a handler of an event of API Gateway whatever
// the API is.
func (a *analyzer) report(h *Handler) {
	if h.Event != "APIGatewayProxyRequest" {
		return
	}
	for _, f := range h.Faults {
		if f.Response != nil {
			a.pass.Report(analysis.Diagnostic{Pos: f.Pos, End: f.End, Category: "error", Message: "an error beside a response" + status(f.Response) + ": the response is lost, and callers get 502"})
		}
	}
	for _, o := range h.Outputs {
		d := analysis.Diagnostic{Pos: o.Value.Pos, End: o.Value.End, Category: "response"}
		switch {
		case o.Value.Kind != Object && o.Value.Kind != Null:
			d.Message = "a " + string(o.Value.Kind) + " is no response of a proxy integration: callers get 502"
		case o.Value.Kind == Object && unknownKey(o.Value) != "":
			d.Message = strconv.Quote(unknownKey(o.Value)) + " is no key of a response of a proxy integration: callers get 502"
		default:
			continue
		}
		a.pass.Report(d)
	}
}

func status(v *Value) string {
	if s := v.Field("statusCode"); s != nil && s.Known {
		return " with status " + s.Text
	}
	return ""
}

func unknownKey(v *Value) string {
	for _, f := range v.Fields {
		switch f.Name {
		case "statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded":
		default:
			return f.Name
		}
	}
	return ""
}
