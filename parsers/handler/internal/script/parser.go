package script

import (
	"slices"

	"github.com/apigwlint/apigwlint/parsers/handler/internal/ir"
)

// Parse reads a module; ts says that it is TypeScript.
func Parse(src string, ts bool) (body []ir.Stmt, err error) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case *ir.SyntaxError:
			err = e
		default:
			panic(e)
		}
	}()
	p := &parser{src: src, ts: ts, toks: lex(src, 0, len(src))}
	for p.tok().kind != end {
		body = append(body, p.statement()...)
	}
	return body, nil
}

// maxDepth bounds the nesting of what is parsed.
const maxDepth = 300

type parser struct {
	src   string
	ts    bool
	toks  []token
	at    int
	depth int
	// noIn keeps "in" from being an operator, as in the head of for.
	noIn bool
	// noCondition keeps "extends" from beginning a conditional type.
	noCondition bool
	// yields is set when a yield is read.
	yields bool
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

func (p *parser) last() int {
	if p.at == 0 {
		return p.tok().start
	}
	return p.toks[p.at-1].end
}

func (p *parser) from(start int) ir.Pos { return ir.Pos{Start: start, End: max(start, p.last())} }

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

func (p *parser) enter() {
	if p.depth++; p.depth > maxDepth {
		fail(p.tok().start, "nested too deeply")
	}
}

func (p *parser) leave() { p.depth-- }

// try parses with f and takes everything back when that fails.
func (p *parser) try(f func()) (ok bool) {
	saved := *p
	defer func() {
		if e := recover(); e != nil {
			if _, is := e.(*ir.SyntaxError); !is {
				panic(e)
			}
			*p, ok = saved, false
		}
	}()
	f()
	return true
}

func isReserved(s string) bool {
	switch s {
	case "break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete", "do", "else", "export", "extends", "false", "finally",
		"for", "function", "if", "import", "in", "instanceof", "new", "null", "return", "super", "switch", "this", "throw", "true", "try", "typeof",
		"var", "void", "while", "with":
		return true
	}
	return false
}

func (p *parser) identifier() string {
	t := p.tok()
	if t.kind != name || isReserved(t.text) {
		fail(t.start, "expected a name")
	}
	p.advance()
	return t.text
}

func (p *parser) nameExpr() ir.Expr {
	t := p.tok()
	return &ir.Name{Name: p.identifier(), Pos: ir.Pos{Start: t.start, End: t.end}}
}

// semicolon ends a statement.
func (p *parser) semicolon() {
	if p.acceptOp(";") || p.tok().nl || p.isOp("}") || p.tok().kind == end {
		return
	}
	fail(p.tok().start, "expected ;")
}

func (p *parser) block() []ir.Stmt {
	p.needOp("{")
	var body []ir.Stmt
	for !p.isOp("}") {
		if p.tok().kind == end {
			fail(p.tok().start, "expected }")
		}
		body = append(body, p.statement()...)
	}
	p.advance()
	return body
}

func (p *parser) statement() []ir.Stmt {
	p.enter()
	defer p.leave()
	t := p.tok()
	if t.kind == op {
		switch t.text {
		case ";":
			p.advance()
			return nil
		case "{":
			body := p.block()
			return []ir.Stmt{&ir.Block{Pos: p.from(t.start), Body: body}}
		case "@":
			list := p.decorators()
			if p.isWord("export") {
				return p.export()
			}
			p.acceptWord("abstract")
			c := p.class(list)
			return []ir.Stmt{&ir.Define{Pos: c.Pos, Name: c.Name, X: c}}
		}
		return p.exprStmt()
	}
	if t.kind != name {
		return p.exprStmt()
	}
	if next := p.peek(); next.kind == op && next.text == ":" && !isReserved(t.text) {
		p.advance()
		p.advance()
		return p.statement()
	}
	switch t.text {
	case "var", "const":
		if t.text == "const" && p.ts && p.peek().text == "enum" {
			p.advance()
			return p.enum()
		}
		return p.declaration()
	case "let":
		if n := p.peek(); n.kind == name || n.kind == op && (n.text == "{" || n.text == "[") {
			return p.declaration()
		}
	case "function":
		f := p.function(false)
		return p.defined(f)
	case "async":
		if n := p.peek(); n.kind == name && n.text == "function" && !n.nl {
			p.advance()
			f := p.function(true)
			f.Start = t.start
			return p.defined(f)
		}
	case "class":
		c := p.class(nil)
		return []ir.Stmt{&ir.Define{Pos: c.Pos, Name: c.Name, X: c}}
	case "if":
		return []ir.Stmt{p.ifStmt()}
	case "for":
		return []ir.Stmt{p.forStmt()}
	case "while":
		p.advance()
		s := &ir.Loop{Test: p.paren()}
		s.Body = p.statement()
		s.Pos = p.from(t.start)
		return []ir.Stmt{s}
	case "do":
		p.advance()
		s := &ir.Loop{Once: true}
		s.Body = p.statement()
		if !p.acceptWord("while") {
			fail(p.tok().start, "expected while")
		}
		s.Test = p.paren()
		p.acceptOp(";")
		s.Pos = p.from(t.start)
		return []ir.Stmt{s}
	case "return", "throw":
		p.advance()
		var x ir.Expr
		if n := p.tok(); !n.nl && n.kind != end && !p.isOp(";") && !p.isOp("}") {
			x = p.expression()
		}
		p.semicolon()
		if t.text == "throw" {
			return []ir.Stmt{&ir.Throw{Pos: p.from(t.start), X: x}}
		}
		return []ir.Stmt{&ir.Return{Pos: p.from(t.start), X: x}}
	case "break", "continue":
		p.advance()
		s := &ir.Jump{Break: t.text == "break"}
		if n := p.tok(); n.kind == name && !n.nl && !isReserved(n.text) {
			s.Label = p.identifier()
		}
		p.semicolon()
		s.Pos = p.from(t.start)
		return []ir.Stmt{s}
	case "try":
		return []ir.Stmt{p.tryStmt()}
	case "switch":
		return []ir.Stmt{p.switchStmt()}
	case "debugger":
		p.advance()
		p.semicolon()
		return nil
	case "import":
		if n := p.peek(); n.kind != op || n.text != "(" && n.text != "." {
			return p.importStmt()
		}
	case "export":
		return p.export()
	}
	if p.ts {
		if s, ok := p.typeStatement(); ok {
			return s
		}
	}
	return p.exprStmt()
}

func (p *parser) defined(f *ir.Func) []ir.Stmt {
	if f.End < 0 { // the signature of an overload
		return nil
	}
	return []ir.Stmt{&ir.Define{Pos: f.Pos, Name: f.Name, X: f}}
}

// typeStatement parses what is TypeScript only.
func (p *parser) typeStatement() ([]ir.Stmt, bool) {
	t, next := p.tok(), p.peek()
	if next.nl || next.kind != name && next.kind != str && !(next.kind == op && next.text == "{") {
		return nil, false
	}
	switch t.text {
	case "interface":
		p.advance()
		p.identifier()
		p.skipTypeParams()
		if p.acceptWord("extends") {
			p.skipType()
			for p.acceptOp(",") {
				p.skipType()
			}
		}
		if !p.isOp("{") {
			fail(p.tok().start, "expected {")
		}
		p.at = p.tok().match + 1
		return nil, true
	case "type":
		p.advance()
		p.identifier()
		p.skipTypeParams()
		p.needOp("=")
		p.skipType()
		p.semicolon()
		return nil, true
	case "enum":
		return p.enum(), true
	case "abstract":
		p.advance()
		c := p.class(nil)
		return []ir.Stmt{&ir.Define{Pos: c.Pos, Name: c.Name, X: c}}, true
	case "namespace", "module", "global":
		p.advance()
		for !p.isOp("{") {
			if p.tok().kind == end {
				fail(t.start, "expected {")
			}
			p.advance()
		}
		p.block()
		return nil, true
	case "declare":
		p.advance()
		p.declared()
		return nil, true
	}
	return nil, false
}

// declared passes over what is only declared.
func (p *parser) declared() {
	switch {
	case p.isWord("global", "namespace", "module"):
		for !p.isOp("{") {
			if p.tok().kind == end {
				fail(p.tok().start, "expected {")
			}
			p.advance()
		}
		p.at = p.tok().match + 1
	default:
		p.statement()
	}
}

func (p *parser) enum() []ir.Stmt {
	start := p.advance().start
	id := p.identifier()
	if !p.isOp("{") {
		fail(p.tok().start, "expected {")
	}
	p.at = p.tok().match + 1
	at := p.from(start)
	return []ir.Stmt{&ir.Define{Pos: at, Name: id, X: &ir.Opaque{Pos: at}}}
}

func (p *parser) declaration() []ir.Stmt {
	out := p.declarators()
	p.semicolon()
	return out
}

// declarators parses let a = 1, b.
func (p *parser) declarators() []ir.Stmt {
	isVar := p.advance().text == "var"
	var out []ir.Stmt
	for {
		start := p.tok().start
		s := &ir.Declare{Target: p.bindingTarget(), Var: isVar}
		if p.ts {
			p.acceptOp("!")
		}
		p.annotation()
		if p.acceptOp("=") {
			s.Value = p.assignment()
		}
		s.Pos = p.from(start)
		out = append(out, s)
		if !p.acceptOp(",") {
			return out
		}
	}
}

// bindingTarget parses a name or a pattern.
func (p *parser) bindingTarget() ir.Expr {
	switch {
	case p.isOp("{"):
		return p.object()
	case p.isOp("["):
		return p.array()
	}
	return p.nameExpr()
}

func (p *parser) paren() ir.Expr {
	p.needOp("(")
	x := p.expression()
	p.needOp(")")
	return x
}

func (p *parser) ifStmt() ir.Stmt {
	start := p.advance().start
	s := &ir.If{Test: p.paren()}
	s.Then = p.statement()
	if p.acceptWord("else") {
		s.Else = p.statement()
	}
	s.Pos = p.from(start)
	return s
}

func (p *parser) forStmt() ir.Stmt {
	start := p.advance().start
	p.acceptWord("await")
	p.needOp("(")
	s := &ir.Loop{}
	saved := p.noIn
	p.noIn = true
	switch {
	case p.isOp(";"):
	case p.isWord("var", "const") || p.isWord("let") && p.peek().text != "of" && p.peek().text != "in":
		s.Init = p.declarators()
	default:
		x := p.expression()
		s.Init = []ir.Stmt{&ir.Eval{Pos: x.Place(), X: x}}
	}
	p.noIn = saved
	if p.isWord("of", "in") {
		p.advance()
		if len(s.Init) == 1 {
			switch d := s.Init[0].(type) {
			case *ir.Declare:
				s.Target = d.Target
			case *ir.Eval:
				s.Target, s.Init = d.X, nil
			}
		}
		s.Iter = p.expression()
	} else {
		p.needOp(";")
		if !p.isOp(";") {
			s.Test = p.expression()
		}
		p.needOp(";")
		if !p.isOp(")") {
			s.Step = p.expression()
		}
	}
	p.needOp(")")
	s.Body = p.statement()
	s.Pos = p.from(start)
	return s
}

func (p *parser) tryStmt() ir.Stmt {
	start := p.advance().start
	s := &ir.Try{Body: p.block()}
	if p.acceptWord("catch") {
		var h ir.Handler
		if p.acceptOp("(") {
			h.Name = p.bindingTarget()
			p.annotation()
			p.needOp(")")
		}
		h.Body = p.block()
		s.Handlers = []ir.Handler{h}
	}
	if p.acceptWord("finally") {
		s.Finally = p.block()
	}
	if len(s.Handlers) == 0 && s.Finally == nil && !p.isOp("}") && p.toks[p.at-1].text != "}" {
		fail(start, "expected catch or finally")
	}
	s.Pos = p.from(start)
	return s
}

func (p *parser) switchStmt() ir.Stmt {
	start := p.advance().start
	s := &ir.Switch{Tag: p.paren(), Falls: true}
	p.needOp("{")
	for !p.isOp("}") {
		var c ir.Case
		switch {
		case p.acceptWord("default"):
			c.Any = true
		case p.acceptWord("case"):
			c.Tests = []ir.Expr{p.expression()}
		default:
			fail(p.tok().start, "expected case")
		}
		p.needOp(":")
		for !p.isOp("}") && !p.isWord("case", "default") {
			c.Body = append(c.Body, p.statement()...)
		}
		s.Cases = append(s.Cases, c)
	}
	p.advance()
	s.Pos = p.from(start)
	return s
}

func (p *parser) exprStmt() []ir.Stmt {
	start := p.tok().start
	x := p.expression()
	p.semicolon()
	return []ir.Stmt{&ir.Eval{Pos: p.from(start), X: x}}
}

// moduleName parses the string after from, and the attributes that may follow.
func (p *parser) moduleName() string {
	t := p.advance()
	if t.kind != str {
		fail(t.start, "expected the name of a module")
	}
	if p.isWord("with", "assert") && p.peek().text == "{" {
		p.advance()
		p.at = p.tok().match + 1
	}
	p.semicolon()
	return t.text
}

func (p *parser) importStmt() []ir.Stmt {
	start := p.advance().start
	if p.tok().kind == str {
		p.moduleName()
		return nil
	}
	types := false
	if p.isWord("type") && (p.peek().kind == name && p.peek().text != "from" || p.peek().text == "{" || p.peek().text == "*") {
		p.advance()
		types = true
	}
	s := &ir.Import{}
	if p.tok().kind == name {
		local := p.identifier()
		if p.ts && p.acceptOp("=") { // import x = require("y")
			x := p.assignment()
			p.semicolon()
			return []ir.Stmt{&ir.Declare{Pos: p.from(start), Target: &ir.Name{Name: local, Pos: p.from(start)}, Value: x}}
		}
		s.Names = append(s.Names, ir.Imported{Member: "default", Name: local})
		p.acceptOp(",")
	}
	switch {
	case p.acceptOp("*"):
		p.advance()
		s.Names = append(s.Names, ir.Imported{Name: p.identifier()})
	case p.isOp("{"):
		s.Names = append(s.Names, p.specifiers(false)...)
	}
	if !p.acceptWord("from") {
		fail(p.tok().start, "expected from")
	}
	s.From = p.moduleName()
	s.Pos = p.from(start)
	if types {
		return nil
	}
	return []ir.Stmt{s}
}

// specifiers parses {a, b as c, type d}.
func (p *parser) specifiers(export bool) []ir.Imported {
	p.needOp("{")
	var out []ir.Imported
	for !p.isOp("}") {
		types := false
		if p.isWord("type") && p.peek().kind == name && p.peek().text != "as" {
			p.advance()
			types = true
		}
		first := p.advance()
		if first.kind != name && first.kind != str {
			fail(first.start, "expected a name")
		}
		second := first
		if p.acceptWord("as") {
			second = p.advance()
		}
		im := ir.Imported{Member: first.text, Name: second.text}
		if export {
			im = ir.Imported{Member: second.text, Name: first.text}
		}
		if !types {
			out = append(out, im)
		}
		if !p.acceptOp(",") {
			break
		}
	}
	p.needOp("}")
	return out
}

func (p *parser) export() []ir.Stmt {
	start := p.advance().start
	switch {
	case p.acceptWord("default"):
		return p.exportDefault(start)
	case p.acceptOp("*"):
		s := &ir.Import{Reexport: true, Names: []ir.Imported{{Member: "*"}}}
		if p.acceptWord("as") {
			s.Names = []ir.Imported{{Name: p.advance().text}}
		}
		if !p.acceptWord("from") {
			fail(p.tok().start, "expected from")
		}
		s.From = p.moduleName()
		s.Pos = p.from(start)
		return []ir.Stmt{s}
	case p.isOp("{"):
		names := p.specifiers(true)
		if p.acceptWord("from") {
			s := &ir.Import{Reexport: true, From: p.moduleName()}
			for _, n := range names {
				s.Names = append(s.Names, ir.Imported{Member: n.Name, Name: n.Member})
			}
			s.Pos = p.from(start)
			return []ir.Stmt{s}
		}
		p.semicolon()
		return []ir.Stmt{&ir.Export{Pos: p.from(start), Names: names}}
	case p.ts && p.acceptOp("="):
		x := p.expression()
		p.semicolon()
		at := p.from(start)
		exports := &ir.Member{Pos: at, X: &ir.Name{Pos: at, Name: "module"}, Dot: true, Key: &ir.Lit{Pos: at, Kind: ir.String, Text: "exports", Known: true}}
		return []ir.Stmt{&ir.Eval{Pos: at, X: &ir.Assign{Pos: at, Target: exports, Value: x}}}
	case p.isWord("type") && p.peek().text == "{" || p.isWord("type") && p.peek().text == "*":
		p.advance()
		if p.acceptOp("*") {
			if p.acceptWord("as") {
				p.advance()
			}
		} else {
			p.specifiers(true)
		}
		if p.acceptWord("from") {
			p.moduleName()
		} else {
			p.semicolon()
		}
		return nil
	}
	out := p.statement()
	e := &ir.Export{Pos: p.from(start)}
	for _, s := range out {
		switch s := s.(type) {
		case *ir.Declare:
			for _, n := range boundNames(s.Target) {
				e.Names = append(e.Names, ir.Imported{Member: n, Name: n})
			}
		case *ir.Define:
			e.Names = append(e.Names, ir.Imported{Member: s.Name, Name: s.Name})
		}
	}
	return append(out, e)
}

func (p *parser) exportDefault(start int) []ir.Stmt {
	t := p.tok()
	switch {
	case p.isWord("function") || p.isWord("async") && p.peek().text == "function" && !p.peek().nl:
		async := p.acceptWord("async")
		f := p.function(async)
		if f.End < 0 {
			return nil
		}
		f.Start = t.start
		e := &ir.Export{Pos: p.from(start), X: f}
		if f.Name == "" {
			return []ir.Stmt{e}
		}
		e.X = &ir.Name{Pos: f.Pos, Name: f.Name}
		return []ir.Stmt{&ir.Define{Pos: f.Pos, Name: f.Name, X: f}, e}
	case p.isWord("class") || p.isWord("abstract") && p.peek().text == "class":
		p.acceptWord("abstract")
		c := p.class(nil)
		e := &ir.Export{Pos: p.from(start), X: c}
		if c.Name == "" {
			return []ir.Stmt{e}
		}
		e.X = &ir.Name{Pos: c.Pos, Name: c.Name}
		return []ir.Stmt{&ir.Define{Pos: c.Pos, Name: c.Name, X: c}, e}
	case p.ts && p.isWord("interface"):
		p.typeStatement()
		return nil
	}
	x := p.assignment()
	p.semicolon()
	return []ir.Stmt{&ir.Export{Pos: p.from(start), X: x}}
}

// boundNames lists the names that a pattern binds.
func boundNames(x ir.Expr) []string {
	var out []string
	switch x := x.(type) {
	case *ir.Name:
		out = append(out, x.Name)
	case *ir.Map:
		for _, f := range x.Fields {
			out = append(out, boundNames(f.Value)...)
		}
	case *ir.List:
		for _, a := range x.Items {
			out = append(out, boundNames(a.Value)...)
		}
	case *ir.Assign:
		out = append(out, boundNames(x.Target)...)
	}
	return out
}
