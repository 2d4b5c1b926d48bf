package flow

import (
	"strings"

	"github.com/apigwlint/apigwlint/parsers/handler/internal/ir"
)

// An argument is an argument of a call.
type argument struct {
	name   string
	v      vals
	spread bool
	at     ir.Node
}

func (e *evaluator) arguments(x *ir.Call, s *scope) []argument {
	var out []argument
	for _, a := range x.Args {
		out = append(out, argument{a.Name, e.eval(a.Value, s), a.Spread, a.Value})
	}
	return out
}

func (e *evaluator) call(x *ir.Call, s *scope) vals {
	awaiting := e.awaiting
	e.awaiting = false
	if m, ok := x.Fn.(*ir.Member); ok {
		return e.method(x, m, s, awaiting)
	}
	fn := e.eval(x.Fn, s)
	args := e.arguments(x, s)
	if x.New {
		return e.construct(x, fn, args)
	}
	e.awaiting = awaiting
	return e.apply(fn, args, x)
}

// apply calls what fn may be.
func (e *evaluator) apply(fn vals, args []argument, at ir.Node) vals {
	if v, ok := fn.only(); ok && v.kind == function {
		return e.invoke(v.fn, args, at)
	}
	e.awaiting = false
	if fn.name != "" {
		return e.builtin(fn.name, args, at)
	}
	for _, v := range fn.list {
		e.escape(one(v))
	}
	return e.strange(args)
}

// strange is a call of which nothing is known.
func (e *evaluator) strange(args []argument) vals {
	event := taint(0)
	for _, a := range args {
		event |= a.v.event
		e.escape(a.v)
	}
	return vals{open: true, event: event}
}

// invoke runs a function of the program.
func (e *evaluator) invoke(c *closure, args []argument, at ir.Node) vals {
	e.step()
	awaited := e.awaiting
	e.awaiting = false
	if c.settle != nil {
		v := e.undefined()
		if len(args) > 0 {
			v = args[0].v
		}
		*c.settle = c.settle.or(settled(e.doubted(v)))
		return e.undefined()
	}
	if c.fn.Generator || len(e.calls) > maxCalls || e.running(c.fn) {
		if e.recording {
			e.obscure()
		}
		e.escape(one(val{kind: function, fn: c}))
		return e.strange(args)
	}
	f := &frame{fn: c, mod: c.scope.mod, python: c.scope.mod.Python}
	event := taint(0)
	for _, a := range args {
		event |= a.v.event
	}
	aside, unsure, asked, dim := e.cur.aside, e.cur.unsure, e.cur.asked, e.cur.dim
	s := &scope{parent: c.scope, cells: map[string]int{}, mod: c.scope.mod, fn: true}
	e.calls = append(e.calls, f)
	// What is raised before anybody waits for it may be caught elsewhere.
	apart := c.fn.Async && !awaited
	if apart {
		e.caught++
	}
	e.parameters(c.fn, args, s)
	e.body(c.fn, s)
	if apart {
		e.caught--
	}
	out := vals{}
	end := e.cur
	if !end.dead {
		out = e.undefined()
		if f.python {
			out = one(val{kind: null, at: e.span(c.fn)})
		} else {
			out.list[0].at = e.span(c.fn)
		}
		if end.unsure && !unsure || end.aside && !aside {
			out = vals{open: true}
		}
	}
	e.calls = e.calls[:len(e.calls)-1]
	for _, r := range f.returns {
		if r.lost && !aside && !unsure {
			out = out.or(vals{open: true, event: r.v.event})
		} else {
			out = out.or(r.v)
		}
		if end.dead {
			end = r.end
		} else {
			end = join(nil, end, r.end)
		}
	}
	end.aside, end.unsure, end.asked, end.dim = aside, unsure, asked, dim
	e.cur = end
	out.event, out.called = out.event|event, true
	if f.python {
		for i := range out.list {
			if out.list[i].kind == undefined {
				out.list[i].kind = null
			}
		}
	}
	if c.fn.Async {
		inner := settled(out)
		if e.cur.dead && !awaited { // it is rejected, which only matters to who waits for it
			e.cur.dead = false
			inner.open = true
		}
		return vals{list: []val{{kind: promise, inner: &inner, at: e.span(at)}}, event: out.event}
	}
	return out
}

func (e *evaluator) running(fn *ir.Func) bool {
	for _, f := range e.calls {
		if f.fn != nil && f.fn.fn == fn {
			return true
		}
	}
	return false
}

// body runs the statements of a function in its scope.
func (e *evaluator) body(fn *ir.Func, s *scope) {
	jumps := e.frame().jumps
	e.frame().jumps = nil
	e.declare(fn.Body, s)
	if !e.python() {
		e.hoist(fn.Body, s)
	}
	e.run(fn.Body, s)
	e.frame().jumps = jumps
}

// parameters binds the parameters of a function.
func (e *evaluator) parameters(fn *ir.Func, args []argument, s *scope) {
	spread := false
	var positional []argument
	byName := map[string]vals{}
	for _, a := range args {
		switch {
		case a.spread:
			spread = true
		case a.name != "":
			byName[a.name] = a.v
		case !spread:
			positional = append(positional, a)
		}
	}
	for i, p := range fn.Params {
		v := e.undefined()
		n, isName := p.Target.(*ir.Name)
		named, has := vals{}, false
		if isName {
			named, has = byName[n.Name]
		}
		switch {
		case p.Rest:
			v = unknown()
			if !e.python() {
				v = one(val{kind: array, at: e.span(p.Target), ref: e.make(&thing{open: true, grown: true})})
			}
		case i < len(positional):
			v = positional[i].v
			if x, ok := v.only(); ok && x.kind == undefined && p.Default != nil {
				v = e.eval(p.Default, s)
			}
		case has:
			v = named
		case spread:
			v = unknown()
		case p.Default != nil:
			v = e.eval(p.Default, s)
		case e.python():
			v = unknown()
		}
		e.store(p.Target, v, s, true)
	}
}

// escape says that somebody unknown has got hold of v: may change it, and may
// call it any number of times, or never.
func (e *evaluator) escape(v vals) {
	if v.name == "callback" || strings.HasPrefix(v.name, "context") {
		e.obscure()
	}
	if v.isAt && len(v.path) == 0 {
		e.touched = true
	}
	for _, x := range v.list {
		switch x.kind {
		case object, array:
			t := e.cur.heap[x.ref]
			if t == nil || t.open && len(t.fields) == 0 && len(t.items) == 0 {
				continue
			}
			fields, items := t.fields, t.items
			t.fields = append([]field{}, fields...)
			t.lose()
			for _, f := range fields {
				e.escape(f.v)
			}
			for _, i := range items {
				e.escape(i)
			}
		case function:
			e.aside(x.fn, nil)
		}
	}
}

// aside runs a function that somebody unknown may call, and returns what it
// returns.
func (e *evaluator) aside(c *closure, args []argument) vals {
	if c.settle != nil {
		*c.settle = vals{open: true}
		return unknown()
	}
	if e.visiting[c.fn] || len(e.calls) > maxCalls {
		if e.recording && len(e.calls) > maxCalls {
			e.obscure()
		}
		return unknown()
	}
	e.visiting[c.fn] = true
	defer delete(e.visiting, c.fn)
	for len(args) < len(c.fn.Params) {
		args = append(args, argument{v: unknown()})
	}
	base := e.cur
	e.cur = base.clone()
	e.havocClosure(c)
	e.apart++
	v := e.invoke(c, args, c.fn)
	e.apart--
	e.cur = join(nil, base, e.cur)
	e.havocClosure(c)
	return v
}

// havocClosure forgets the variables that a function assigns around itself.
func (e *evaluator) havocClosure(c *closure) {
	e.calls = append(e.calls, &frame{fn: nil, mod: c.scope.mod, python: c.scope.mod.Python})
	e.havoc(c.fn.Body, nil, c.scope)
	e.calls = e.calls[:len(e.calls)-1]
}

// construct is a call with new.
func (e *evaluator) construct(x *ir.Call, fn vals, args []argument) vals {
	if fn.name == "Promise" && len(args) == 1 {
		if v, ok := args[0].v.only(); ok && v.kind == function && v.fn.settle == nil {
			inner := &vals{}
			resolve := one(val{kind: function, fn: &closure{settle: inner, fn: &ir.Func{}, scope: v.fn.scope}})
			reject := named("reject")
			e.aside(v.fn, []argument{{v: resolve}, {v: reject}})
			if len(inner.list) == 0 && !inner.open {
				inner.open = true
			}
			return vals{list: []val{{kind: promise, inner: inner, at: e.span(x)}}}
		}
	}
	out := e.strange(args)
	if fn.name != "" {
		out.name = "new " + fn.name
	}
	return out
}

// method calls a member.
func (e *evaluator) method(x *ir.Call, m *ir.Member, s *scope, awaiting bool) vals {
	base := e.eval(m.X, s)
	key, ok := e.key(m.Key, s)
	if !ok {
		e.escape(base)
		return e.strange(e.arguments(x, s))
	}
	if x.New {
		fn := e.get(base, key)
		return e.construct(x, fn, e.arguments(x, s))
	}
	if base.isAt {
		return e.eventMethod(base, key, x, s)
	}
	switch key {
	case "then", "catch", "finally":
		if !e.python() {
			return e.chain(base, key, e.arguments(x, s), x)
		}
	}
	if v, ok := base.only(); ok {
		switch v.kind {
		case object:
			if fn := e.get(base, key); !e.python() || len(fn.list) > 0 {
				if f, ok := fn.only(); ok && f.kind == function {
					args := e.arguments(x, s)
					e.awaiting = awaiting
					return e.invoke(f.fn, args, x)
				}
			}
			return e.objectMethod(v, key, e.arguments(x, s), x)
		case array:
			return e.arrayMethod(v, key, e.arguments(x, s), x)
		case text:
			args := e.arguments(x, s)
			e.strange(args)
			return e.textMethod(key, x)
		case moduleValue:
			fn, args := e.get(base, key), e.arguments(x, s)
			e.awaiting = awaiting
			return e.apply(fn, args, x)
		}
	}
	if base.name != "" {
		return e.builtin(base.name+"."+key, e.arguments(x, s), x)
	}
	args := e.arguments(x, s)
	e.escape(base)
	switch key {
	case "toString", "toISOString", "toJSON", "toFixed", "isoformat", "strftime":
		if key != "toJSON" {
			e.strange(args)
			return vals{list: []val{{kind: text, at: e.span(x)}}, event: base.event}
		}
	case "format":
	}
	out := e.strange(args)
	out.event |= base.event
	return out
}

// eventMethod calls a method of the event or of a property of it.
func (e *evaluator) eventMethod(base vals, key string, x *ir.Call, s *scope) vals {
	args := e.arguments(x, s)
	if e.python() && key == "get" && len(args) > 0 {
		if k, ok := args[0].v.only(); ok && k.kind == text && k.known {
			return property(append(append([]string{}, base.path...), k.text))
		}
	}
	if !e.python() && len(base.path) > 0 {
		if m, ok := x.Fn.(*ir.Member); ok && !m.Optional {
			e.requires(base.path, m.X)
		}
	}
	for _, a := range args {
		e.escape(a.v)
	}
	return vals{open: true, event: tainted(base.path)}
}

// chain is a call of then, catch or finally of a promise.
func (e *evaluator) chain(base vals, key string, args []argument, at ir.Node) vals {
	inner := vals{open: true, event: base.event}
	if v, ok := base.only(); ok && v.kind == promise {
		inner = *v.inner
	}
	result := vals{}
	call := func(a argument, with vals) vals {
		if f, ok := a.v.only(); ok && f.kind == function {
			return settled(e.aside(f.fn, []argument{{v: with}}))
		}
		if a.v.name == "callback" || strings.HasPrefix(a.v.name, "context") || len(a.v.list) > 0 {
			e.escape(a.v)
		}
		return vals{open: true}
	}
	switch {
	case key == "then" && len(args) > 0:
		result = call(args[0], inner)
		if len(args) > 1 {
			result = result.or(call(args[1], unknown()))
		}
	case key == "catch" && len(args) > 0:
		result = inner.or(call(args[0], fromEvent()))
	default:
		for _, a := range args {
			call(a, unknown())
		}
		result = inner
	}
	result.path, result.isAt, result.name = nil, false, ""
	return vals{list: []val{{kind: promise, inner: &result, at: e.span(at)}}, event: base.event}
}

func (e *evaluator) objectMethod(v val, key string, args []argument, at ir.Node) vals {
	t := e.cur.heap[v.ref]
	if t == nil {
		return e.strange(args)
	}
	if !e.python() {
		switch key {
		case "hasOwnProperty", "toString", "valueOf", "toLocaleString":
			return unknown()
		}
		e.escape(one(v))
		return e.strange(args)
	}
	switch key {
	case "update":
		for _, a := range args {
			if a.name != "" {
				t.set(field{key: a.name, at: e.span(a.at), place: e.span(a.at), v: a.v})
			} else {
				e.spread(v.ref, a.v)
			}
		}
		return one(val{kind: null, at: e.span(at)})
	case "copy":
		return one(val{kind: object, at: v.at, ref: e.make(t.clone())})
	case "get":
		if len(args) > 0 {
			if k, ok := args[0].v.only(); ok && k.known {
				if f := t.find(k.text); f != nil && !f.maybe {
					return f.v
				}
			}
		}
		return unknown()
	case "items", "keys", "values", "__contains__":
		return unknown()
	case "setdefault":
		if len(args) > 0 {
			if k, ok := args[0].v.only(); ok && k.known {
				d := unknown()
				if len(args) > 1 {
					d = args[1].v
				}
				if t.find(k.text) == nil {
					t.set(field{key: k.text, at: e.span(at), place: e.span(at), v: d, maybe: t.open})
				}
				return unknown()
			}
		}
	case "pop":
		if len(args) > 0 {
			if k, ok := args[0].v.only(); ok && k.known {
				if f := t.find(k.text); f != nil {
					f.maybe = true
				}
				t.grown = true
				return unknown()
			}
		}
	}
	e.escape(one(v))
	return e.strange(args)
}

func (e *evaluator) arrayMethod(v val, key string, args []argument, at ir.Node) vals {
	if t := e.cur.heap[v.ref]; t != nil {
		switch key {
		case "slice", "concat", "filter", "map", "join", "includes", "indexOf", "some", "every", "find", "forEach", "reduce", "length", "keys", "entries", "index", "count", "flatMap", "flat":
		default:
			t.items, t.open, t.grown = nil, true, true
		}
	}
	out := e.strange(args)
	switch key {
	case "slice", "concat", "filter", "map", "flatMap", "flat", "sort", "reverse":
		if !e.python() {
			return vals{list: []val{{kind: array, at: e.span(at), ref: e.make(&thing{open: true, grown: true})}}, event: out.event}
		}
	case "join":
		if !e.python() {
			return vals{list: []val{{kind: text, at: e.span(at)}}, event: out.event}
		}
	}
	return out
}

func (e *evaluator) textMethod(key string, at ir.Node) vals {
	switch key {
	case "join", "format", "strip", "lstrip", "rstrip", "lower", "upper", "replace", "title", "capitalize", "format_map", "zfill", "ljust", "rjust", "center",
		"toLowerCase", "toUpperCase", "trim", "trimStart", "trimEnd", "concat", "slice", "substring", "substr", "padStart", "padEnd", "repeat", "toString", "replaceAll", "charAt":
		return one(val{kind: text, at: e.span(at)})
	}
	return unknown()
}

// pure are functions, of the languages and of loggers, that only look at what
// they are given.
var pure = map[string]bool{
	"print": true, "len": true, "str": true, "repr": true, "int": true, "float": true, "bool": true, "isinstance": true, "type": true, "id": true, "format": true,
	"hasattr": true, "getattr": true, "callable": true, "sorted": true, "min": true, "max": true, "sum": true, "any": true, "all": true, "enumerate": true, "range": true,
	"zip": true, "iter": true, "vars": true, "dir": true, "hash": true, "json.dumps": true, "pprint.pprint": true, "copy.copy": true, "copy.deepcopy": true,
	"dict": true, "list": true, "tuple": true, "set": true, "frozenset": true, "super": true,
	"String": true, "Number": true, "Boolean": true, "parseInt": true, "parseFloat": true, "isNaN": true, "encodeURIComponent": true, "decodeURIComponent": true,
	"JSON.stringify": true, "Array.isArray": true, "Object.keys": true, "Object.values": true, "Object.entries": true, "Object.freeze": true, "structuredClone": true,
	"util.inspect": true, "Buffer.from": true, "Buffer.isBuffer": true, "assert": true, "KeyError": true, "ValueError": true, "Exception": true, "Error": true,
}

// isPure reports whether a function only looks at its arguments.
func isPure(name string) bool {
	if pure[name] {
		return true
	}
	first, rest, ok := strings.Cut(name, ".")
	if !ok {
		return false
	}
	last := rest[strings.LastIndexByte(rest, '.')+1:]
	switch last {
	case "debug", "info", "log", "warn", "warning", "error", "exception", "trace", "critical", "dir", "table", "child", "append_keys":
		switch {
		case first == "console", strings.Contains(strings.ToLower(name), "log"):
			return true
		}
	}
	return false
}

// builtin calls something of the language or of somebody else's module.
func (e *evaluator) builtin(name string, args []argument, at ir.Node) vals {
	if e.answer(name, args, at) {
		return e.undefined()
	}
	event := taint(0)
	for _, a := range args {
		event |= a.v.event
	}
	known := func(k kind) vals {
		return vals{list: []val{{kind: k, at: e.span(at)}}, event: event}
	}
	arg := func() (val, bool) {
		if len(args) == 0 || args[0].spread {
			return val{}, false
		}
		return args[0].v.only()
	}
	if isPure(name) {
		for _, a := range args {
			for _, v := range a.v.list {
				if v.kind == function {
					e.aside(v.fn, nil)
				}
			}
		}
	}
	switch name {
	case "json.dumps", "str", "repr", "String", "encodeURIComponent", "util.inspect":
		return known(text)
	case "JSON.stringify":
		if v, ok := arg(); ok && v.kind == undefined {
			return e.undefined()
		}
		return known(text)
	case "len", "int", "float", "sum", "Number", "parseInt", "parseFloat", "time.time", "Date.now":
		return known(number)
	case "bool", "Boolean", "isinstance", "callable", "hasattr", "any", "all", "Array.isArray", "isNaN":
		return known(boolean)
	case "list", "sorted", "Object.keys", "Object.values", "Object.entries", "Array.from":
		e.strange(args)
		return vals{list: []val{{kind: array, at: e.span(at), ref: e.make(&thing{open: true, grown: true})}}, event: event}
	case "tuple":
		return vals{list: []val{{kind: array, at: e.span(at), ref: e.make(&thing{open: true, grown: true})}}, event: event}
	case "dict":
		return e.dict(args, at)
	case "copy.copy", "copy.deepcopy", "structuredClone", "Object.freeze":
		if v, ok := arg(); ok && (v.kind == object || v.kind == array) {
			if t := e.cur.heap[v.ref]; t != nil {
				v.ref = e.make(t.clone())
				return one(v)
			}
		}
		return vals{open: true, event: event}
	case "Object.assign":
		return e.objectAssign(args)
	case "Promise.resolve":
		inner := e.undefined()
		if len(args) > 0 {
			inner = settled(args[0].v)
		}
		return vals{list: []val{{kind: promise, inner: &inner, at: e.span(at)}}, event: event}
	case "Promise.reject":
		e.out.open = true
		return vals{list: []val{{kind: promise, inner: &vals{}, at: e.span(at)}}}
	case "Promise.all", "Promise.allSettled", "Promise.race", "Promise.any":
		e.strange(args)
		return vals{list: []val{{kind: promise, inner: &vals{open: true, event: event}, at: e.span(at)}}, event: event}
	case "require", "import":
		return e.require(name, args)
	case "reject":
		return e.undefined()
	case "asyncio.run":
		if len(args) > 0 {
			return settled(args[0].v)
		}
	case "awslambda.streamifyResponse":
		if v, ok := arg(); ok && v.kind == function {
			e.aside(v.fn, nil)
		}
		return named("awslambda.streamifyResponse()")
	}
	if isPure(name) {
		return vals{open: true, event: event}
	}
	if e.resolves(name, args) {
		return unknown()
	}
	out := e.strange(args)
	if out.name = name + "()"; len(out.name) > 300 {
		out.name = ""
	}
	return out
}

func (e *evaluator) dict(args []argument, at ir.Node) vals {
	t := &thing{}
	ref := e.make(t)
	for _, a := range args {
		switch {
		case a.name != "":
			e.cur.heap[ref].set(field{key: a.name, at: e.span(a.at), place: e.span(a.at), v: a.v})
		default:
			e.spread(ref, a.v)
		}
	}
	return one(val{kind: object, at: e.span(at), ref: ref})
}

func (e *evaluator) objectAssign(args []argument) vals {
	if len(args) == 0 {
		return unknown()
	}
	target, ok := args[0].v.only()
	if !ok || target.kind != object || e.cur.heap[target.ref] == nil {
		return e.strange(args)
	}
	for _, a := range args[1:] {
		if a.spread {
			e.spread(target.ref, unknown())
			continue
		}
		e.spread(target.ref, a.v)
	}
	return one(target)
}

// requires notes that the event has to have a property.
func (e *evaluator) requires(path []string, at ir.Node) {
	if !e.counts() || e.caught > 0 || e.choices > 0 || e.touched || e.cur.asked {
		return
	}
	e.out.require(path, e.span(at))
}
