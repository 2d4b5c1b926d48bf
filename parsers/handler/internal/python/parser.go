package python

import (
	"slices"
	"strings"

	"github.com/apigwlint/apigwlint/parsers/handler/internal/ir"
)

// Parse reads a module.
func Parse(src string) (body []ir.Stmt, err error) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case *ir.SyntaxError:
			err = e
		default:
			panic(e)
		}
	}()
	p := &parser{src: src, toks: lex(src, 0, len(src), false)}
	for p.tok().kind != end {
		body = append(body, p.statement()...)
	}
	return body, nil
}

// maxDepth bounds the nesting of what is parsed.
const maxDepth = 200

type parser struct {
	src   string
	toks  []token
	at    int
	depth int
}

func (p *parser) tok() token  { return p.toks[p.at] }
func (p *parser) peek() token { return p.toks[min(p.at+1, len(p.toks)-1)] }

func (p *parser) advance() token {
	t := p.toks[p.at]
	if p.at < len(p.toks)-1 {
		p.at++
	}
	return t
}

// last is where the token before ends.
func (p *parser) last() int {
	if p.at == 0 {
		return p.tok().start
	}
	return p.toks[p.at-1].end
}

func (p *parser) from(start int) ir.Pos { return ir.Pos{Start: start, End: p.last()} }

func (p *parser) isOp(s string) bool { t := p.tok(); return t.kind == op && t.text == s }

func (p *parser) isWord(words ...string) bool {
	t := p.tok()
	return t.kind == name && slices.Contains(words, t.text)
}

func (p *parser) acceptOp(s string) bool {
	if p.isOp(s) {
		p.advance()
		return true
	}
	return false
}

func (p *parser) acceptWord(s string) bool {
	if p.isWord(s) {
		p.advance()
		return true
	}
	return false
}

func (p *parser) needOp(s string) {
	if !p.acceptOp(s) {
		fail(p.tok().start, "expected "+s)
	}
}

func (p *parser) needWord(s string) {
	if !p.acceptWord(s) {
		fail(p.tok().start, "expected "+s)
	}
}

func isKeyword(s string) bool {
	switch s {
	case "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except",
		"finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield":
		return true
	}
	return false
}

func (p *parser) identifier() string {
	t := p.tok()
	if t.kind != name || isKeyword(t.text) {
		fail(t.start, "expected a name")
	}
	p.advance()
	return t.text
}

func (p *parser) enter() {
	if p.depth++; p.depth > maxDepth {
		fail(p.tok().start, "nested too deeply")
	}
}

func (p *parser) leave() { p.depth-- }

// try parses with f and takes everything back when that fails.
func (p *parser) try(f func()) (ok bool) {
	at, depth := p.at, p.depth
	defer func() {
		if e := recover(); e != nil {
			if _, is := e.(*ir.SyntaxError); !is {
				panic(e)
			}
			p.at, p.depth, ok = at, depth, false
		}
	}()
	f()
	return true
}

func (p *parser) block() []ir.Stmt {
	p.needOp(":")
	if p.tok().kind != newline {
		return p.simple()
	}
	p.advance()
	if p.tok().kind != indent {
		fail(p.tok().start, "expected an indented block")
	}
	p.advance()
	var body []ir.Stmt
	for p.tok().kind != dedent && p.tok().kind != end {
		body = append(body, p.statement()...)
	}
	if p.tok().kind == dedent {
		p.advance()
	}
	return body
}

// simple parses the statements of a line.
func (p *parser) simple() []ir.Stmt {
	var out []ir.Stmt
	for {
		out = append(out, p.small()...)
		if !p.acceptOp(";") || p.tok().kind == newline || p.tok().kind == end {
			break
		}
	}
	switch p.tok().kind {
	case newline:
		p.advance()
	case end, dedent:
	default:
		fail(p.tok().start, "expected the end of the line")
	}
	return out
}

func (p *parser) statement() []ir.Stmt {
	p.enter()
	defer p.leave()
	t := p.tok()
	if t.kind == newline {
		p.advance()
		return nil
	}
	if t.kind == op && t.text == "@" {
		return []ir.Stmt{p.decorated()}
	}
	if t.kind != name {
		return p.simple()
	}
	switch t.text {
	case "if":
		p.advance()
		return []ir.Stmt{p.ifRest(t.start)}
	case "while":
		p.advance()
		s := &ir.Loop{Test: p.namedExpr()}
		s.Body = p.block()
		s.Else = p.elseBlock()
		s.Pos = p.from(t.start)
		return []ir.Stmt{s}
	case "for":
		return []ir.Stmt{p.forStmt(t.start)}
	case "try":
		return []ir.Stmt{p.tryStmt()}
	case "with":
		return []ir.Stmt{p.withStmt(t.start)}
	case "def":
		return []ir.Stmt{p.def(t.start, nil, false)}
	case "class":
		return []ir.Stmt{p.class(t.start, nil)}
	case "async":
		p.advance()
		switch {
		case p.isWord("def"):
			return []ir.Stmt{p.def(t.start, nil, true)}
		case p.isWord("for"):
			return []ir.Stmt{p.forStmt(t.start)}
		case p.isWord("with"):
			return []ir.Stmt{p.withStmt(t.start)}
		}
		fail(p.tok().start, "expected def, for or with")
	case "match":
		var s ir.Stmt
		if p.try(func() { s = p.match() }) {
			return []ir.Stmt{s}
		}
	}
	return p.simple()
}

func (p *parser) ifRest(start int) ir.Stmt {
	s := &ir.If{Test: p.namedExpr()}
	s.Then = p.block()
	if t := p.tok(); p.acceptWord("elif") {
		s.Else = []ir.Stmt{p.ifRest(t.start)}
	} else {
		s.Else = p.elseBlock()
	}
	s.Pos = p.from(start)
	return s
}

func (p *parser) elseBlock() []ir.Stmt {
	if p.acceptWord("else") {
		return p.block()
	}
	return nil
}

func (p *parser) forStmt(start int) ir.Stmt {
	p.needWord("for")
	s := &ir.Loop{Target: p.targets()}
	p.needWord("in")
	s.Iter = p.exprList()
	s.Body = p.block()
	s.Else = p.elseBlock()
	s.Pos = p.from(start)
	return s
}

// targets parses what stands between for and in.
func (p *parser) targets() ir.Expr {
	start := p.tok().start
	var items []ir.Arg
	comma := false
	for {
		spread := p.acceptOp("*")
		items = append(items, ir.Arg{Value: p.postfix(), Spread: spread})
		if !p.acceptOp(",") {
			break
		}
		comma = true
		if p.isWord("in") || p.isOp("=") {
			break
		}
	}
	if !comma {
		return items[0].Value
	}
	return &ir.List{Pos: p.from(start), Items: items}
}

func (p *parser) tryStmt() ir.Stmt {
	start := p.advance().start
	s := &ir.Try{Body: p.block()}
	for p.isWord("except") {
		p.advance()
		p.acceptOp("*")
		var h ir.Handler
		if !p.isOp(":") {
			h.Types = p.exprList()
			if p.acceptWord("as") {
				t := p.tok()
				h.Name = &ir.Name{Name: p.identifier(), Pos: ir.Pos{Start: t.start, End: t.end}}
			}
		}
		h.Body = p.block()
		s.Handlers = append(s.Handlers, h)
	}
	s.Else = p.elseBlock()
	if p.acceptWord("finally") {
		s.Finally = p.block()
	}
	s.Pos = p.from(start)
	return s
}

func (p *parser) withStmt(start int) ir.Stmt {
	p.needWord("with")
	s := &ir.With{}
	items := func(stop string) {
		for !p.isOp(stop) {
			item := ir.Assign{Value: p.expr()}
			if p.acceptWord("as") {
				item.Target = p.postfix()
			}
			s.Items = append(s.Items, item)
			if !p.acceptOp(",") {
				break
			}
		}
	}
	if !p.isOp("(") || !p.try(func() {
		p.advance()
		items(")")
		p.needOp(")")
		if !p.isOp(":") {
			fail(p.tok().start, "expected :")
		}
	}) {
		s.Items = nil
		items(":")
	}
	s.Body = p.block()
	s.Pos = p.from(start)
	return s
}

func (p *parser) decorated() ir.Stmt {
	start := p.tok().start
	var list []ir.Expr
	for p.acceptOp("@") {
		list = append(list, p.namedExpr())
		if p.tok().kind != newline {
			fail(p.tok().start, "expected the end of the line")
		}
		p.advance()
	}
	async := p.acceptWord("async")
	if p.isWord("class") {
		return p.class(start, list)
	}
	return p.def(start, list, async)
}

func (p *parser) def(start int, decorators []ir.Expr, async bool) ir.Stmt {
	p.needWord("def")
	f := &ir.Func{Name: p.identifier(), Async: async, Decorators: decorators}
	p.typeParams()
	p.needOp("(")
	f.Params = p.params(")", true)
	p.needOp(")")
	if p.acceptOp("->") {
		p.expr()
	}
	at := p.at
	f.Body = p.block()
	f.Generator = p.yields(at, p.at)
	f.Pos = p.from(start)
	return &ir.Define{Pos: f.Pos, Name: f.Name, X: f}
}

// typeParams skips the type parameters of a definition.
func (p *parser) typeParams() {
	if !p.isOp("[") {
		return
	}
	for depth := 0; ; {
		t := p.advance()
		switch {
		case t.kind == end:
			fail(t.start, "expected ]")
		case t.kind == op && t.text == "[":
			depth++
		case t.kind == op && t.text == "]":
			if depth--; depth == 0 {
				return
			}
		}
	}
}

// yields reports whether there is a yield between two tokens. One in a nested
// function counts too: nothing is known of what a generator returns.
func (p *parser) yields(from, to int) bool {
	return slices.ContainsFunc(p.toks[from:to], func(t token) bool { return t.kind == name && t.text == "yield" })
}

func (p *parser) params(stop string, annotated bool) []ir.Param {
	var out []ir.Param
	for !p.isOp(stop) {
		switch {
		case p.acceptOp("/"):
		case p.isOp("*") && (p.peek().text == "," || p.peek().text == stop):
			p.advance()
		default:
			param := ir.Param{Rest: p.acceptOp("*") || p.acceptOp("**")}
			t := p.tok()
			param.Target = &ir.Name{Name: p.identifier(), Pos: ir.Pos{Start: t.start, End: t.end}}
			if annotated && p.acceptOp(":") {
				p.acceptOp("*")
				p.expr()
			}
			if p.acceptOp("=") {
				param.Default = p.expr()
			}
			out = append(out, param)
		}
		if !p.acceptOp(",") {
			break
		}
	}
	return out
}

func (p *parser) class(start int, decorators []ir.Expr) ir.Stmt {
	p.needWord("class")
	c := &ir.Class{Name: p.identifier(), Decorators: decorators}
	p.typeParams()
	if p.acceptOp("(") {
		for _, a := range p.args(")") {
			c.Bases = append(c.Bases, a.Value)
		}
		p.needOp(")")
	}
	c.Body = p.block()
	c.Pos = p.from(start)
	return &ir.Define{Pos: c.Pos, Name: c.Name, X: c}
}

// match parses a match statement.
func (p *parser) match() ir.Stmt {
	start := p.advance().start
	s := &ir.Switch{Tag: p.exprList()}
	p.needOp(":")
	if p.advance().kind != newline || p.advance().kind != indent || !p.isWord("case") {
		fail(start, "expected a case")
	}
	for p.acceptWord("case") {
		var c ir.Case
		for {
			p.pattern(&c, true)
			if !p.acceptOp(",") {
				break
			}
		}
		if p.acceptWord("if") {
			c.Tests, c.Any = append(c.Tests, p.namedExpr()), false
		}
		c.Body = p.block()
		s.Cases = append(s.Cases, c)
	}
	if p.tok().kind != dedent {
		fail(p.tok().start, "expected a case")
	}
	p.advance()
	s.Pos = p.from(start)
	return s
}

// pattern parses a pattern of a case: its literals become tests, its names are bound.
func (p *parser) pattern(c *ir.Case, top bool) {
	p.enter()
	defer p.leave()
	first := true
	for first || p.acceptOp("|") {
		t := p.tok()
		switch {
		case t.kind == op && (t.text == "[" || t.text == "(" || t.text == "{"):
			p.advance()
			stop := map[string]string{"[": "]", "(": ")", "{": "}"}[t.text]
			for !p.isOp(stop) {
				p.acceptOp("**")
				p.acceptOp("*")
				p.pattern(c, false)
				if p.acceptOp(":") {
					p.pattern(c, false)
				}
				if !p.acceptOp(",") {
					break
				}
			}
			p.needOp(stop)
		case t.kind == op && t.text == "*":
			p.advance()
			p.pattern(c, false)
		case t.kind == name && !isKeyword(t.text):
			x := p.postfixPattern(c)
			if n, ok := x.(*ir.Name); ok {
				c.Binds = append(c.Binds, n)
				c.Any = c.Any || top && first && !p.isOp("|")
			}
		default:
			c.Tests = append(c.Tests, p.arith())
		}
		first = false
	}
	if p.acceptWord("as") {
		t := p.tok()
		c.Binds = append(c.Binds, &ir.Name{Name: p.identifier(), Pos: ir.Pos{Start: t.start, End: t.end}})
	}
}

// postfixPattern parses a name, a dotted name or a class pattern.
func (p *parser) postfixPattern(c *ir.Case) ir.Expr {
	t := p.tok()
	var x ir.Expr = &ir.Name{Name: p.identifier(), Pos: ir.Pos{Start: t.start, End: t.end}}
	for p.acceptOp(".") {
		k := p.tok()
		x = &ir.Member{Pos: p.from(t.start), X: x, Key: &ir.Lit{Kind: ir.String, Text: p.identifier(), Known: true, Pos: ir.Pos{Start: k.start, End: k.end}}, Dot: true}
	}
	if !p.acceptOp("(") {
		return x
	}
	for !p.isOp(")") {
		if p.tok().kind == name && p.peek().kind == op && p.peek().text == "=" {
			p.advance()
			p.advance()
		}
		p.pattern(c, false)
		if !p.acceptOp(",") {
			break
		}
	}
	p.needOp(")")
	return &ir.Opaque{Pos: p.from(t.start)}
}

var augmented = []string{"+=", "-=", "*=", "/=", "//=", "%=", "@=", "&=", "|=", "^=", ">>=", "<<=", "**="}

func (p *parser) small() []ir.Stmt {
	t := p.tok()
	if t.kind == name {
		switch t.text {
		case "pass":
			p.advance()
			return nil
		case "break", "continue":
			p.advance()
			return []ir.Stmt{&ir.Jump{Pos: p.from(t.start), Break: t.text == "break"}}
		case "return":
			p.advance()
			s := &ir.Return{}
			if !p.lineEnds() {
				s.X = p.exprList()
			}
			s.Pos = p.from(t.start)
			return []ir.Stmt{s}
		case "raise":
			p.advance()
			s := &ir.Throw{}
			if !p.lineEnds() {
				s.X = p.expr()
				if p.acceptWord("from") {
					p.expr()
				}
			}
			s.Pos = p.from(t.start)
			return []ir.Stmt{s}
		case "global", "nonlocal":
			p.advance()
			s := &ir.Outer{}
			for {
				s.Names = append(s.Names, p.identifier())
				if !p.acceptOp(",") {
					break
				}
			}
			s.Pos = p.from(t.start)
			return []ir.Stmt{s}
		case "del":
			p.advance()
			x := p.exprList()
			if list, ok := x.(*ir.List); ok {
				var out []ir.Stmt
				for _, item := range list.Items {
					out = append(out, &ir.Delete{Pos: p.from(t.start), X: item.Value})
				}
				return out
			}
			return []ir.Stmt{&ir.Delete{Pos: p.from(t.start), X: x}}
		case "assert":
			p.advance()
			x := p.expr()
			parts := []ir.Expr{x}
			if p.acceptOp(",") {
				parts = append(parts, p.expr())
			}
			return []ir.Stmt{&ir.Eval{Pos: p.from(t.start), X: &ir.Opaque{Pos: p.from(t.start), Parts: parts}}}
		case "import":
			p.advance()
			return p.imports(t.start)
		case "from":
			p.advance()
			return []ir.Stmt{p.fromImport(t.start)}
		case "type":
			if p.peek().kind == name && !isKeyword(p.peek().text) {
				p.advance()
				p.identifier()
				p.typeParams()
				p.needOp("=")
				p.expr()
				return nil
			}
		}
	}
	return p.exprStmt()
}

func (p *parser) lineEnds() bool {
	t := p.tok()
	return t.kind == newline || t.kind == end || t.kind == dedent || t.kind == op && t.text == ";"
}

func (p *parser) imports(start int) []ir.Stmt {
	var out []ir.Stmt
	for {
		dotted := p.dotted()
		s := &ir.Import{From: dotted}
		switch {
		case p.acceptWord("as"):
			s.Names = []ir.Imported{{Name: p.identifier()}}
		default:
			// The name of the first package is bound.
			first, rest, deeper := strings.Cut(dotted, ".")
			_ = rest
			if deeper {
				s.From = first
			}
			s.Names = []ir.Imported{{Name: first}}
		}
		s.Pos = p.from(start)
		out = append(out, s)
		if !p.acceptOp(",") {
			return out
		}
	}
}

func (p *parser) dotted() string {
	s := p.identifier()
	for p.acceptOp(".") {
		s += "." + p.identifier()
	}
	return s
}

func (p *parser) fromImport(start int) ir.Stmt {
	s := &ir.Import{}
	for p.isOp(".") || p.isOp("...") {
		s.From += p.advance().text
	}
	if !p.isWord("import") {
		s.From += p.dotted()
	}
	p.needWord("import")
	if p.acceptOp("*") {
		s.Names = []ir.Imported{{Member: "*"}}
		s.Pos = p.from(start)
		return s
	}
	paren := p.acceptOp("(")
	for !p.isOp(")") {
		n := p.identifier()
		im := ir.Imported{Member: n, Name: n}
		if p.acceptWord("as") {
			im.Name = p.identifier()
		}
		s.Names = append(s.Names, im)
		if !p.acceptOp(",") {
			break
		}
	}
	if paren {
		p.needOp(")")
	}
	s.Pos = p.from(start)
	return s
}

// exprStmt parses an expression or an assignment.
func (p *parser) exprStmt() []ir.Stmt {
	start := p.tok().start
	x := p.exprList()
	if p.isOp(":") {
		p.advance()
		p.expr()
		if !p.acceptOp("=") {
			return nil // a declaration only
		}
		v := p.exprList()
		return []ir.Stmt{&ir.Eval{Pos: p.from(start), X: &ir.Assign{Pos: p.from(start), Target: x, Value: v}}}
	}
	if t := p.tok(); t.kind == op && slices.Contains(augmented, t.text) {
		p.advance()
		v := p.exprList()
		return []ir.Stmt{&ir.Eval{Pos: p.from(start), X: &ir.Assign{Pos: p.from(start), Target: x, Value: v, Op: strings.TrimSuffix(t.text, "=")}}}
	}
	if !p.isOp("=") {
		return []ir.Stmt{&ir.Eval{Pos: p.from(start), X: x}}
	}
	targets := []ir.Expr{x}
	for p.acceptOp("=") {
		targets = append(targets, p.exprList())
	}
	value := targets[len(targets)-1]
	for _, target := range slices.Backward(targets[:len(targets)-1]) {
		value = &ir.Assign{Pos: p.from(start), Target: target, Value: value}
	}
	return []ir.Stmt{&ir.Eval{Pos: p.from(start), X: value}}
}
