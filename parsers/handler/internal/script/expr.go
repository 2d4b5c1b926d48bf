package script

import (
	"slices"

	"github.com/apigwlint/apigwlint/parsers/handler/internal/ir"
)

// expression parses expressions with commas between them.
func (p *parser) expression() ir.Expr {
	start := p.tok().start
	x := p.assignment()
	if !p.isOp(",") {
		return x
	}
	s := &ir.Seq{Items: []ir.Expr{x}}
	for p.acceptOp(",") {
		s.Items = append(s.Items, p.assignment())
	}
	s.Pos = p.from(start)
	return s
}

var assignments = []string{"=", "+=", "-=", "*=", "/=", "%=", "**=", "<<=", "&=", "|=", "^=", "&&=", "||=", "??="}

// assignment parses an expression without a comma.
func (p *parser) assignment() ir.Expr {
	p.enter()
	defer p.leave()
	start := p.tok().start
	if x := p.arrow(); x != nil {
		return x
	}
	if p.isWord("yield") {
		p.advance()
		p.yields = true
		p.acceptOp("*")
		o := &ir.Opaque{}
		if t := p.tok(); !t.nl && t.kind != end && !p.isOp(")") && !p.isOp("]") && !p.isOp("}") && !p.isOp(",") && !p.isOp(";") && !p.isOp(":") {
			o.Parts = append(o.Parts, p.assignment())
		}
		o.Pos = p.from(start)
		return o
	}
	x := p.conditional()
	t := p.tok()
	if t.kind == op && slices.Contains(assignments, t.text) {
		p.advance()
		v := p.assignment()
		return &ir.Assign{Pos: p.from(start), Target: x, Value: v, Op: t.text[:len(t.text)-1]}
	}
	if p.isOp(">") && p.shift(true) { // >>= and >>>=
		v := p.assignment()
		return &ir.Assign{Pos: p.from(start), Target: x, Value: v, Op: ">>"}
	}
	return x
}

// shift accepts >>, >>> or, with assign, >>= and >>>=, which are several tokens.
func (p *parser) shift(assign bool) bool {
	n := 0
	at := p.at
	for p.toks[at].kind == op && p.toks[at].text == ">" && (n == 0 || p.toks[at].start == p.toks[at-1].end) {
		n++
		at++
	}
	equals := p.toks[at].kind == op && (p.toks[at].text == "=" || p.toks[at].text == "==" || p.toks[at].text == "===") && p.toks[at].start == p.toks[at-1].end
	if n < 2 || equals != assign {
		return false
	}
	if assign {
		at++
	}
	p.at = at
	return true
}

// arrow parses an arrow function, nil when there is none.
func (p *parser) arrow() ir.Expr {
	t := p.tok()
	async := false
	at := p.at
	if t.kind == name && t.text == "async" && !p.peek().nl && (p.peek().kind == name && !isReserved(p.peek().text) || p.peek().text == "(" || p.peek().text == "<") {
		async = true
		at++
	}
	switch head := p.toks[at]; {
	case head.kind == name && !isReserved(head.text):
		if next := p.toks[min(at+1, len(p.toks)-1)]; next.kind != op || next.text != "=>" || next.nl {
			return nil
		}
		p.at = at
		param := ir.Param{Target: p.nameExpr()}
		return p.arrowBody(t.start, async, []ir.Param{param})
	case head.kind == op && head.text == "(":
		next := p.toks[head.match+1]
		if next.kind != op || next.text != "=>" && !(p.ts && next.text == ":") {
			return nil
		}
		if next.text == "=>" {
			p.at = at
			params := p.params()
			return p.arrowBody(t.start, async, params)
		}
	case head.kind == op && head.text == "<" && p.ts:
	default:
		return nil
	}
	// With types it takes a try to tell.
	var x ir.Expr
	saved := p.at
	p.at = at
	if p.try(func() {
		p.skipTypeParams()
		params := p.params()
		if p.acceptOp(":") {
			p.skipType()
		}
		if !p.isOp("=>") {
			fail(p.tok().start, "expected =>")
		}
		x = p.arrowBody(t.start, async, params)
	}) {
		return x
	}
	p.at = saved
	return nil
}

func (p *parser) arrowBody(start int, async bool, params []ir.Param) ir.Expr {
	p.needOp("=>")
	f := &ir.Func{Async: async, Arrow: true, Params: params}
	if p.isOp("{") {
		f.Body = p.body()
	} else {
		x := p.assignment()
		f.Body = []ir.Stmt{&ir.Return{Pos: x.Place(), X: x}}
	}
	f.Pos = p.from(start)
	return f
}

// body parses the block of a function.
func (p *parser) body() []ir.Stmt {
	noIn, noCondition := p.noIn, p.noCondition
	p.noIn, p.noCondition = false, false
	b := p.block()
	p.noIn, p.noCondition = noIn, noCondition
	return b
}

func (p *parser) params() []ir.Param {
	p.needOp("(")
	var out []ir.Param
	for !p.isOp(")") {
		p.decorators()
		for p.isWord("public", "private", "protected", "readonly", "override") && (p.peek().kind == name || p.peek().text == "{") {
			p.advance()
		}
		param := ir.Param{Rest: p.acceptOp("...")}
		if p.isWord("this") {
			p.advance()
			p.annotation()
			p.acceptOp(",")
			continue
		}
		param.Target = p.bindingTarget()
		if p.ts {
			p.acceptOp("?")
		}
		p.annotation()
		if p.acceptOp("=") {
			param.Default = p.assignment()
		}
		out = append(out, param)
		if !p.acceptOp(",") {
			break
		}
	}
	p.needOp(")")
	return out
}

func (p *parser) conditional() ir.Expr {
	start := p.tok().start
	x := p.binary(0)
	if !p.isOp("?") {
		return x
	}
	p.advance()
	saved := p.noIn
	p.noIn = false
	then := p.assignment()
	p.noIn = saved
	p.needOp(":")
	other := p.assignment()
	return &ir.Cond{Pos: p.from(start), Test: x, Then: then, Else: other}
}

var levels = [][]string{
	{"??"}, {"||"}, {"&&"}, {"|"}, {"^"}, {"&"}, {"==", "!=", "===", "!=="},
	{"<", ">", "<=", ">=", "instanceof", "in", "as", "satisfies"}, {"<<", ">>"}, {"+", "-"}, {"*", "/", "%"}, {"**"},
}

// operator accepts an operator of a level and returns it.
func (p *parser) operator(level int) string {
	t := p.tok()
	if t.kind != op && t.kind != name {
		return ""
	}
	if !slices.Contains(levels[level], t.text) {
		return ""
	}
	switch t.text {
	case "in":
		if t.kind != name || p.noIn {
			return ""
		}
	case "as", "satisfies":
		if t.kind != name || !p.ts || t.nl {
			return ""
		}
	case ">>":
		return ""
	case ">":
		if level == 7 {
			saved := p.at
			if p.shift(false) || p.shift(true) {
				p.at = saved
				return ""
			}
			p.advance()
			if p.isOp("=") && p.tok().start == p.toks[p.at-1].end || p.isOp("==") && p.tok().start == p.toks[p.at-1].end {
				p.advance()
				return ">="
			}
			return ">"
		}
	}
	p.advance()
	return t.text
}

func (p *parser) binary(level int) ir.Expr {
	if level == len(levels) {
		return p.unary()
	}
	start := p.tok().start
	x := p.binary(level + 1)
	for {
		o := p.operator(level)
		if o == "" && levels[level][0] == "<<" && p.isOp(">") && p.shift(false) {
			o = ">>"
		}
		switch o {
		case "":
			return x
		case "as", "satisfies":
			if !p.acceptWord("const") {
				p.skipUnion()
			}
			continue
		}
		r := p.binary(level + 1)
		at := p.from(start)
		switch o {
		case "||":
			x = &ir.Logic{Pos: at, Op: "or", L: x, R: r}
		case "&&":
			x = &ir.Logic{Pos: at, Op: "and", L: x, R: r}
		case "??":
			x = &ir.Logic{Pos: at, Op: "??", L: x, R: r}
		case "===", "==":
			x = &ir.Binary{Pos: at, Op: "==", L: x, R: r}
		case "!==", "!=":
			x = &ir.Binary{Pos: at, Op: "!=", L: x, R: r}
		default:
			x = &ir.Binary{Pos: at, Op: o, L: x, R: r}
		}
	}
}

func (p *parser) unary() ir.Expr {
	p.enter()
	defer p.leave()
	t := p.tok()
	switch {
	case t.kind == op && t.text == "!":
		p.advance()
		x := p.unary()
		return &ir.Not{Pos: p.from(t.start), X: x}
	case t.kind == op && (t.text == "-" || t.text == "+" || t.text == "~"):
		p.advance()
		x := p.unary()
		if lit, ok := x.(*ir.Lit); ok && lit.Kind == ir.Number && t.text == "-" {
			return &ir.Lit{Pos: p.from(t.start), Kind: ir.Number, Text: "-" + lit.Text, Known: true}
		}
		return &ir.Opaque{Pos: p.from(t.start), Kind: ir.Number, Parts: []ir.Expr{x}}
	case t.kind == op && (t.text == "++" || t.text == "--"):
		p.advance()
		x := p.unary()
		return &ir.Assign{Pos: p.from(t.start), Target: x, Value: &ir.Opaque{Pos: p.from(t.start), Kind: ir.Number}, Op: ""}
	case t.kind == name && t.text == "typeof":
		p.advance()
		x := p.unary()
		return &ir.Opaque{Pos: p.from(t.start), Kind: ir.String, Parts: []ir.Expr{x}, Type: true}
	case t.kind == name && t.text == "void":
		p.advance()
		x := p.unary()
		return &ir.Seq{Pos: p.from(t.start), Items: []ir.Expr{x, &ir.Lit{Pos: p.from(t.start), Kind: ir.Undefined, Text: "undefined", Known: true}}}
	case t.kind == name && t.text == "delete":
		p.advance()
		x := p.unary()
		return &ir.Assign{Pos: p.from(t.start), Target: x, Value: &ir.Lit{Pos: p.from(t.start), Kind: ir.Undefined, Text: "undefined", Known: true}}
	case t.kind == name && t.text == "await" && p.operandFollows():
		p.advance()
		x := p.unary()
		return &ir.Await{Pos: p.from(t.start), X: x}
	case t.kind == op && t.text == "<" && p.ts: // a type assertion
		p.advance()
		p.skipType()
		p.needOp(">")
		return p.unary()
	}
	x := p.postfix()
	if n := p.tok(); n.kind == op && (n.text == "++" || n.text == "--") && !n.nl {
		p.advance()
		return &ir.Assign{Pos: p.from(t.start), Target: x, Value: &ir.Opaque{Pos: p.from(t.start), Kind: ir.Number}}
	}
	return x
}

// operandFollows reports whether await is an operator here.
func (p *parser) operandFollows() bool {
	n := p.peek()
	switch n.kind {
	case end:
		return false
	case op:
		return slices.Contains([]string{"(", "[", "{", "+", "-", "!", "~", "<"}, n.text)
	case name:
		return n.text != "in" && n.text != "of" && n.text != "instanceof"
	}
	return true
}

func (p *parser) postfix() ir.Expr {
	start := p.tok().start
	var x ir.Expr
	if p.isWord("new") {
		x = p.newExpr()
	} else {
		x = p.primary()
	}
	return p.trailers(start, x, true)
}

func (p *parser) trailers(start int, x ir.Expr, calls bool) ir.Expr {
	for {
		t := p.tok()
		if t.kind == template {
			p.advance()
			x = &ir.Opaque{Pos: p.from(start), Parts: append([]ir.Expr{x}, p.holes(t)...)}
			continue
		}
		if t.kind != op {
			return x
		}
		switch {
		case t.text == "." || t.text == "?.":
			if !calls && t.text == "?." {
				return x
			}
			p.advance()
			optional := t.text == "?."
			if optional && p.isOp("(") {
				args := p.args()
				x = &ir.Call{Pos: p.from(start), Fn: x, Args: args, Optional: true}
				continue
			}
			if optional && p.isOp("[") {
				x = p.index(start, x, true)
				continue
			}
			k := p.tok()
			if k.kind != name && k.kind != private {
				fail(k.start, "expected a name")
			}
			p.advance()
			x = &ir.Member{Pos: p.from(start), X: x, Dot: true, Optional: optional, Key: &ir.Lit{Pos: ir.Pos{Start: k.start, End: k.end}, Kind: ir.String, Text: k.text, Known: true}}
		case t.text == "[":
			x = p.index(start, x, false)
		case t.text == "(" && calls:
			args := p.args()
			x = &ir.Call{Pos: p.from(start), Fn: x, Args: args}
		case t.text == "!" && p.ts && !t.nl && !(p.peek().text == "=" && p.peek().start == t.end):
			p.advance()
		case t.text == "<" && p.ts:
			if !p.try(func() {
				p.skipTypeArgs()
				if n := p.tok(); !(n.kind == op && n.text == "(" || n.kind == template) {
					fail(n.start, "expected (")
				}
			}) {
				return x
			}
			if !calls {
				return x
			}
		default:
			return x
		}
	}
}

func (p *parser) index(start int, x ir.Expr, optional bool) ir.Expr {
	p.needOp("[")
	saved := p.noIn
	p.noIn = false
	key := p.expression()
	p.noIn = saved
	p.needOp("]")
	return &ir.Member{Pos: p.from(start), X: x, Key: key, Optional: optional}
}

func (p *parser) newExpr() ir.Expr {
	start := p.advance().start
	if p.acceptOp(".") { // new.target
		p.advance()
		return &ir.Opaque{Pos: p.from(start)}
	}
	at := p.tok().start
	var callee ir.Expr
	if p.isWord("new") {
		callee = p.newExpr()
	} else {
		callee = p.primary()
	}
	callee = p.trailers(at, callee, false)
	c := &ir.Call{Fn: callee, New: true}
	if p.isOp("(") {
		c.Args = p.args()
	}
	c.Pos = p.from(start)
	return c
}

func (p *parser) args() []ir.Arg {
	p.needOp("(")
	saved := p.noIn
	p.noIn = false
	var out []ir.Arg
	for !p.isOp(")") {
		spread := p.acceptOp("...")
		out = append(out, ir.Arg{Value: p.assignment(), Spread: spread})
		if !p.acceptOp(",") {
			break
		}
	}
	p.noIn = saved
	p.needOp(")")
	return out
}

func (p *parser) holes(t token) []ir.Expr {
	var out []ir.Expr
	for _, h := range t.holes {
		inner := &parser{src: p.src, ts: p.ts, toks: lex(p.src, h[0], h[1]), depth: p.depth}
		out = append(out, inner.expression())
		if inner.tok().kind != end {
			fail(inner.tok().start, "expected }")
		}
	}
	return out
}

func (p *parser) primary() ir.Expr {
	t := p.tok()
	at := ir.Pos{Start: t.start, End: t.end}
	switch t.kind {
	case number:
		p.advance()
		return &ir.Lit{Pos: at, Kind: ir.Number, Text: t.text, Known: true}
	case str:
		p.advance()
		return &ir.Lit{Pos: at, Kind: ir.String, Text: t.text, Known: t.known}
	case template:
		p.advance()
		if len(t.holes) > 0 {
			return &ir.Opaque{Pos: at, Kind: ir.String, Parts: p.holes(t)}
		}
		return &ir.Lit{Pos: at, Kind: ir.String, Text: t.text, Known: t.known}
	case regexp:
		p.advance()
		return &ir.Opaque{Pos: at}
	case private:
		p.advance()
		return &ir.Opaque{Pos: at}
	case name:
		return p.word(t, at)
	case op:
		switch t.text {
		case "(":
			p.advance()
			saved := p.noIn
			p.noIn = false
			x := p.expression()
			p.noIn = saved
			p.needOp(")")
			return x
		case "[":
			return p.array()
		case "{":
			return p.object()
		case "@":
			return p.class(p.decorators())
		}
	}
	fail(t.start, "expected an expression")
	return nil
}

// word parses an operand that begins with a name.
func (p *parser) word(t token, at ir.Pos) ir.Expr {
	switch t.text {
	case "function":
		return p.function(false)
	case "async":
		if n := p.peek(); n.kind == name && n.text == "function" && !n.nl {
			p.advance()
			f := p.function(true)
			f.Start = t.start
			return f
		}
	case "class":
		return p.class(nil)
	case "null":
		p.advance()
		return &ir.Lit{Pos: at, Kind: ir.Null, Text: "null", Known: true}
	case "undefined":
		p.advance()
		return &ir.Lit{Pos: at, Kind: ir.Undefined, Text: "undefined", Known: true}
	case "true", "false":
		p.advance()
		return &ir.Lit{Pos: at, Kind: ir.Bool, Text: t.text, Known: true}
	case "this", "super":
		p.advance()
		return &ir.Opaque{Pos: at}
	case "import":
		p.advance()
		if p.acceptOp(".") {
			p.advance()
			return &ir.Opaque{Pos: p.from(t.start)}
		}
		return &ir.Name{Pos: at, Name: "import"}
	}
	return p.nameExpr()
}

func (p *parser) array() ir.Expr {
	start := p.tok().start
	p.needOp("[")
	saved := p.noIn
	p.noIn = false
	l := &ir.List{}
	for !p.isOp("]") {
		if p.isOp(",") {
			p.advance()
			l.Items = append(l.Items, ir.Arg{Value: &ir.Lit{Kind: ir.Undefined, Text: "undefined", Known: true, Pos: p.from(start)}})
			continue
		}
		spread := p.acceptOp("...")
		l.Items = append(l.Items, ir.Arg{Value: p.assignment(), Spread: spread})
		if !p.acceptOp(",") {
			break
		}
	}
	p.noIn = saved
	p.needOp("]")
	l.Pos = p.from(start)
	return l
}

func (p *parser) object() ir.Expr {
	start := p.tok().start
	p.needOp("{")
	saved := p.noIn
	p.noIn = false
	m := &ir.Map{}
	for !p.isOp("}") {
		m.Fields = append(m.Fields, p.property())
		if !p.acceptOp(",") {
			break
		}
	}
	p.noIn = saved
	p.needOp("}")
	m.Pos = p.from(start)
	return m
}

func (p *parser) property() ir.Field {
	t := p.tok()
	if p.acceptOp("...") {
		return ir.Field{Value: p.assignment()}
	}
	async, generator, accessor := false, false, false
	modifies := func() bool {
		n := p.peek()
		return !(n.kind == op && (n.text == "," || n.text == ":" || n.text == "(" || n.text == "}" || n.text == "=" || n.text == "<"))
	}
	for p.isWord("async", "get", "set") && modifies() {
		async = async || p.isWord("async")
		accessor = accessor || p.isWord("get", "set")
		p.advance()
	}
	generator = p.acceptOp("*")
	key := p.propertyKey()
	switch {
	case p.isOp("(") || p.isOp("<") && p.ts:
		f := p.functionRest(t.start, async, generator)
		if accessor {
			return ir.Field{Key: key, Value: &ir.Opaque{Pos: f.Pos}}
		}
		return ir.Field{Key: key, Value: f}
	case p.acceptOp(":"):
		return ir.Field{Key: key, Value: p.assignment()}
	}
	// A shorthand; with a default it is part of a pattern.
	lit, ok := key.(*ir.Lit)
	if !ok || t.kind != name {
		fail(p.tok().start, "expected :")
	}
	var v ir.Expr = &ir.Name{Pos: lit.Pos, Name: lit.Text}
	if lit.Text == "undefined" {
		v = &ir.Lit{Pos: lit.Pos, Kind: ir.Undefined, Text: "undefined", Known: true}
	}
	if p.acceptOp("=") {
		d := p.assignment()
		v = &ir.Assign{Pos: p.from(t.start), Target: v, Value: d}
	}
	return ir.Field{Key: key, Value: v}
}

// propertyKey parses the name of a property.
func (p *parser) propertyKey() ir.Expr {
	t := p.tok()
	at := ir.Pos{Start: t.start, End: t.end}
	switch {
	case t.kind == name || t.kind == private:
		p.advance()
		return &ir.Lit{Pos: at, Kind: ir.String, Text: t.text, Known: true}
	case t.kind == str:
		p.advance()
		return &ir.Lit{Pos: at, Kind: ir.String, Text: t.text, Known: t.known}
	case t.kind == number:
		p.advance()
		return &ir.Lit{Pos: at, Kind: ir.String, Text: t.text, Known: true}
	case p.acceptOp("["):
		x := p.assignment()
		p.needOp("]")
		return x
	}
	fail(t.start, "expected the name of a property")
	return nil
}

// function parses a function from its keyword on.
func (p *parser) function(async bool) *ir.Func {
	start := p.advance().start
	generator := p.acceptOp("*")
	id := ""
	if t := p.tok(); t.kind == name && !isReserved(t.text) {
		id = p.identifier()
	}
	f := p.functionRest(start, async, generator)
	f.Name = id
	return f
}

// functionRest parses parameters and body. A signature without a body has no end.
func (p *parser) functionRest(start int, async, generator bool) *ir.Func {
	f := &ir.Func{Async: async, Generator: generator}
	if p.ts {
		p.skipTypeParams()
	}
	f.Params = p.params()
	p.annotation()
	if p.ts && !p.isOp("{") {
		p.semicolon()
		f.Pos = ir.Pos{Start: start, End: -1}
		return f
	}
	f.Body = p.body()
	f.Pos = p.from(start)
	return f
}

func (p *parser) decorators() []ir.Expr {
	var out []ir.Expr
	for p.acceptOp("@") {
		start := p.tok().start
		out = append(out, p.trailers(start, p.primary(), true))
	}
	return out
}

func (p *parser) class(decorators []ir.Expr) *ir.Class {
	start := p.tok().start
	if !p.acceptWord("class") {
		fail(start, "expected class")
	}
	c := &ir.Class{Decorators: decorators}
	if t := p.tok(); t.kind == name && t.text != "extends" && t.text != "implements" && !isReserved(t.text) {
		c.Name = p.identifier()
	}
	if p.ts {
		p.skipTypeParams()
	}
	if p.acceptWord("extends") {
		at := p.tok().start
		c.Bases = append(c.Bases, p.trailers(at, p.primary(), true))
		if p.ts && p.isOp("<") {
			p.skipTypeArgs()
		}
	}
	if p.ts && p.acceptWord("implements") {
		p.skipType()
		for p.acceptOp(",") {
			p.skipType()
		}
	}
	p.needOp("{")
	for !p.isOp("}") {
		if p.tok().kind == end {
			fail(p.tok().start, "expected }")
		}
		p.member(c)
	}
	p.advance()
	c.Pos = p.from(start)
	return c
}

// member parses a member of a class.
func (p *parser) member(c *ir.Class) {
	if p.acceptOp(";") {
		return
	}
	start := p.tok().start
	p.decorators()
	async := false
	for p.isWord("static", "public", "private", "protected", "readonly", "abstract", "override", "declare", "async", "get", "set", "accessor") {
		n := p.peek()
		if n.kind == op && slices.Contains([]string{"(", "=", ";", ":", "?", "!", "}", "<"}, n.text) {
			break
		}
		async = async || p.isWord("async")
		if p.isWord("static") && n.text == "{" {
			p.advance()
			c.Body = append(c.Body, p.block()...)
			return
		}
		p.advance()
	}
	generator := p.acceptOp("*")
	if p.ts && p.isOp("[") { // an index signature
		if end := p.tok().match; p.toks[min(p.at+2, len(p.toks)-1)].text == ":" {
			p.at = end + 1
			p.annotation()
			p.semicolon()
			return
		}
	}
	key := p.propertyKey()
	id := ""
	if lit, ok := key.(*ir.Lit); ok {
		id = lit.Text
	}
	if p.ts {
		if !p.acceptOp("?") {
			p.acceptOp("!")
		}
	}
	if p.isOp("(") || p.isOp("<") {
		f := p.functionRest(start, async, generator)
		f.Name = id
		if f.End >= 0 {
			c.Body = append(c.Body, &ir.Define{Pos: f.Pos, Name: id, X: f})
		}
		return
	}
	p.annotation()
	if p.acceptOp("=") {
		x := p.assignment()
		c.Body = append(c.Body, &ir.Eval{Pos: p.from(start), X: x})
	}
	p.semicolon()
}
