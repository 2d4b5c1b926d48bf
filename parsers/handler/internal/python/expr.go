package python

import (
	"strings"

	"github.com/apigwlint/apigwlint/parsers/handler/internal/ir"
)

// exprList parses expressions with commas between them, which make a tuple.
func (p *parser) exprList() ir.Expr {
	start := p.tok().start
	first := p.starred()
	if !p.isOp(",") {
		if !first.Spread {
			return first.Value
		}
	}
	items := []ir.Arg{first}
	for p.acceptOp(",") {
		if p.exprEnds() {
			break
		}
		items = append(items, p.starred())
	}
	return &ir.List{Pos: p.from(start), Items: items}
}

func (p *parser) exprEnds() bool {
	t := p.tok()
	if p.lineEnds() {
		return true
	}
	if t.kind == op {
		switch t.text {
		case ")", "]", "}", "=", ":":
			return true
		}
	}
	return t.kind == name && (t.text == "in" || t.text == "for")
}

func (p *parser) starred() ir.Arg {
	if p.acceptOp("*") {
		return ir.Arg{Value: p.binary(0), Spread: true}
	}
	return ir.Arg{Value: p.namedExpr()}
}

func (p *parser) namedExpr() ir.Expr {
	start := p.tok().start
	x := p.expr()
	if p.acceptOp(":=") {
		v := p.expr()
		return &ir.Assign{Pos: p.from(start), Target: x, Value: v}
	}
	return x
}

// expr parses a conditional expression, a lambda or a yield.
func (p *parser) expr() ir.Expr {
	p.enter()
	defer p.leave()
	start := p.tok().start
	switch {
	case p.isWord("lambda"):
		p.advance()
		f := &ir.Func{Params: p.params(":", false), Arrow: true}
		p.needOp(":")
		x := p.expr()
		f.Body = []ir.Stmt{&ir.Return{Pos: x.Place(), X: x}}
		f.Pos = p.from(start)
		return f
	case p.isWord("yield"):
		p.advance()
		p.acceptWord("from")
		var parts []ir.Expr
		if !p.exprEnds() {
			parts = append(parts, p.exprList())
		}
		return &ir.Opaque{Pos: p.from(start), Parts: parts}
	}
	x := p.or()
	if !p.acceptWord("if") {
		return x
	}
	test := p.or()
	p.needWord("else")
	other := p.expr()
	return &ir.Cond{Pos: p.from(start), Test: test, Then: x, Else: other}
}

func (p *parser) or() ir.Expr {
	start := p.tok().start
	x := p.and()
	for p.acceptWord("or") {
		r := p.and()
		x = &ir.Logic{Pos: p.from(start), Op: "or", L: x, R: r}
	}
	return x
}

func (p *parser) and() ir.Expr {
	start := p.tok().start
	x := p.not()
	for p.acceptWord("and") {
		r := p.not()
		x = &ir.Logic{Pos: p.from(start), Op: "and", L: x, R: r}
	}
	return x
}

func (p *parser) not() ir.Expr {
	start := p.tok().start
	if p.acceptWord("not") {
		p.enter()
		defer p.leave()
		x := p.not()
		return &ir.Not{Pos: p.from(start), X: x}
	}
	x := p.arith()
	for {
		o := ""
		switch t := p.tok(); {
		case t.kind == op && (t.text == "<" || t.text == ">" || t.text == "<=" || t.text == ">=" || t.text == "==" || t.text == "!="):
			o = p.advance().text
		case t.kind == name && t.text == "in":
			o = p.advance().text
		case t.kind == name && t.text == "not" && p.peek().kind == name && p.peek().text == "in":
			p.advance()
			p.advance()
			o = "not in"
		case t.kind == name && t.text == "is":
			p.advance()
			o = "=="
			if p.acceptWord("not") {
				o = "!="
			}
		default:
			return x
		}
		r := p.arith()
		x = &ir.Binary{Pos: p.from(start), Op: o, L: x, R: r}
	}
}

func (p *parser) arith() ir.Expr { return p.binary(0) }

var levels = [][]string{{"|"}, {"^"}, {"&"}, {"<<", ">>"}, {"+", "-"}, {"*", "/", "//", "%", "@"}}

func (p *parser) binary(level int) ir.Expr {
	if level == len(levels) {
		return p.unary()
	}
	start := p.tok().start
	x := p.binary(level + 1)
next:
	for {
		for _, o := range levels[level] {
			if p.isOp(o) {
				p.advance()
				r := p.binary(level + 1)
				x = &ir.Binary{Pos: p.from(start), Op: o, L: x, R: r}
				continue next
			}
		}
		return x
	}
}

func (p *parser) unary() ir.Expr {
	start := p.tok().start
	if p.isOp("-") || p.isOp("+") || p.isOp("~") {
		o := p.advance().text
		p.enter()
		defer p.leave()
		x := p.unary()
		if lit, ok := x.(*ir.Lit); ok && lit.Kind == ir.Number && o == "-" {
			return &ir.Lit{Pos: p.from(start), Kind: ir.Number, Text: "-" + lit.Text, Known: true}
		}
		return &ir.Opaque{Pos: p.from(start), Kind: ir.Number, Parts: []ir.Expr{x}}
	}
	x := p.postfix()
	if p.acceptOp("**") {
		r := p.unary()
		return &ir.Opaque{Pos: p.from(start), Kind: ir.Number, Parts: []ir.Expr{x, r}}
	}
	return x
}

func (p *parser) postfix() ir.Expr {
	start := p.tok().start
	if p.acceptWord("await") {
		x := p.postfix()
		return &ir.Await{Pos: p.from(start), X: x}
	}
	x := p.atom()
	for {
		switch {
		case p.acceptOp("."):
			t := p.tok()
			if t.kind != name {
				fail(t.start, "expected a name")
			}
			p.advance()
			x = &ir.Member{Pos: p.from(start), X: x, Dot: true, Key: &ir.Lit{Pos: ir.Pos{Start: t.start, End: t.end}, Kind: ir.String, Text: t.text, Known: true}}
		case p.acceptOp("("):
			args := p.args(")")
			p.needOp(")")
			x = &ir.Call{Pos: p.from(start), Fn: x, Args: args}
		case p.acceptOp("["):
			key := p.subscript()
			p.needOp("]")
			x = &ir.Member{Pos: p.from(start), X: x, Key: key}
		default:
			return x
		}
	}
}

// subscript parses an index or slices.
func (p *parser) subscript() ir.Expr {
	start := p.tok().start
	slice := false
	var parts []ir.Expr
	for !p.isOp("]") {
		switch {
		case p.acceptOp(":"), p.acceptOp(","):
			slice = true
		default:
			p.acceptOp("*")
			parts = append(parts, p.namedExpr())
		}
	}
	if !slice && len(parts) == 1 {
		return parts[0]
	}
	return &ir.Opaque{Pos: p.from(start), Parts: parts}
}

func (p *parser) args(stop string) []ir.Arg {
	var out []ir.Arg
	for !p.isOp(stop) {
		switch t := p.tok(); {
		case p.acceptOp("*"), p.acceptOp("**"):
			out = append(out, ir.Arg{Value: p.expr(), Spread: true})
		case t.kind == name && !isKeyword(t.text) && p.peek().kind == op && p.peek().text == "=":
			p.advance()
			p.advance()
			out = append(out, ir.Arg{Name: t.text, Value: p.expr()})
		default:
			start := p.tok().start
			x := p.namedExpr()
			if p.isWord("for", "async") {
				x = p.comprehension(start, ir.Any, x)
			}
			out = append(out, ir.Arg{Value: x})
		}
		if !p.acceptOp(",") {
			break
		}
	}
	return out
}

// comprehension parses the clauses after the element.
func (p *parser) comprehension(start int, kind ir.Kind, elements ...ir.Expr) ir.Expr {
	c := &ir.Opaque{Kind: kind}
	for {
		switch {
		case p.isWord("async", "for"):
			p.acceptWord("async")
			p.needWord("for")
			c.Binds = append(c.Binds, p.targets())
			p.needWord("in")
			c.Parts = append(c.Parts, p.or())
		case p.acceptWord("if"):
			x := p.or()
			if p.acceptOp(":=") {
				c.Binds = append(c.Binds, x)
				x = p.or()
			}
			c.Parts = append(c.Parts, x)
		default:
			c.Parts = append(c.Parts, elements...)
			c.Pos = p.from(start)
			return c
		}
	}
}

func (p *parser) atom() ir.Expr {
	p.enter()
	defer p.leave()
	t := p.tok()
	at := ir.Pos{Start: t.start, End: t.end}
	switch t.kind {
	case number:
		p.advance()
		return &ir.Lit{Pos: at, Kind: ir.Number, Text: strings.ReplaceAll(t.text, "_", ""), Known: true}
	case str:
		return p.strings()
	case name:
		switch t.text {
		case "None":
			p.advance()
			return &ir.Lit{Pos: at, Kind: ir.Null, Text: "None", Known: true}
		case "True", "False":
			p.advance()
			return &ir.Lit{Pos: at, Kind: ir.Bool, Text: strings.ToLower(t.text), Known: true}
		}
		return &ir.Name{Pos: at, Name: p.identifier()}
	case op:
		switch t.text {
		case "(":
			return p.parens()
		case "[":
			p.advance()
			if p.acceptOp("]") {
				return &ir.List{Pos: p.from(t.start)}
			}
			first := p.starred()
			if p.isWord("for", "async") {
				c := p.comprehension(t.start, ir.Array, first.Value)
				p.needOp("]")
				return widen(c, p.from(t.start))
			}
			items := p.items(first, "]")
			p.needOp("]")
			return &ir.List{Pos: p.from(t.start), Items: items}
		case "{":
			return p.braces()
		case "...":
			p.advance()
			return &ir.Opaque{Pos: at}
		}
	}
	fail(t.start, "expected an expression")
	return nil
}

func widen(x ir.Expr, at ir.Pos) ir.Expr {
	if o, ok := x.(*ir.Opaque); ok {
		o.Pos = at
	}
	return x
}

func (p *parser) items(first ir.Arg, stop string) []ir.Arg {
	items := []ir.Arg{first}
	for p.acceptOp(",") && !p.isOp(stop) {
		items = append(items, p.starred())
	}
	return items
}

func (p *parser) parens() ir.Expr {
	start := p.advance().start
	if p.acceptOp(")") {
		return &ir.List{Pos: p.from(start)}
	}
	if p.isWord("yield") {
		x := p.expr()
		p.needOp(")")
		return x
	}
	first := p.starred()
	if p.isWord("for", "async") {
		c := p.comprehension(start, ir.Any, first.Value)
		p.needOp(")")
		return widen(c, p.from(start))
	}
	if !first.Spread && p.acceptOp(")") {
		return first.Value
	}
	items := p.items(first, ")")
	p.needOp(")")
	return &ir.List{Pos: p.from(start), Items: items}
}

// braces parses a dictionary, a set or a comprehension of either.
func (p *parser) braces() ir.Expr {
	start := p.advance().start
	m := &ir.Map{}
	for first := true; !p.isOp("}"); first = false {
		if p.acceptOp("**") {
			m.Fields = append(m.Fields, ir.Field{Value: p.binary(0)})
		} else {
			key := p.starred()
			if !p.isOp(":") {
				if !first {
					fail(p.tok().start, "expected :")
				}
				return p.set(start, key)
			}
			p.advance()
			v := p.expr()
			if p.isWord("for", "async") {
				c := p.comprehension(start, ir.Object, key.Value, v)
				p.needOp("}")
				return widen(c, p.from(start))
			}
			m.Fields = append(m.Fields, ir.Field{Key: key.Value, Value: v})
		}
		if !p.acceptOp(",") {
			break
		}
	}
	p.needOp("}")
	m.Pos = p.from(start)
	return m
}

// set parses the rest of a set, which JSON has no form for.
func (p *parser) set(start int, first ir.Arg) ir.Expr {
	if p.isWord("for", "async") {
		c := p.comprehension(start, ir.Any, first.Value)
		p.needOp("}")
		return widen(c, p.from(start))
	}
	o := &ir.Opaque{}
	for _, item := range p.items(first, "}") {
		o.Parts = append(o.Parts, item.Value)
	}
	p.needOp("}")
	o.Pos = p.from(start)
	return o
}

// strings joins string literals that follow one another.
func (p *parser) strings() ir.Expr {
	first := p.tok()
	lit := &ir.Lit{Kind: ir.String, Known: true}
	var holes []ir.Expr
	for p.tok().kind == str {
		t := p.advance()
		lit.Text += t.text
		lit.Known = lit.Known && t.known
		if t.bytes {
			lit.Kind = ir.Any
		}
		for _, h := range t.holes {
			inner := &parser{src: p.src, toks: lex(p.src, h[0], h[1], true), depth: p.depth}
			holes = append(holes, inner.exprList())
		}
	}
	lit.Pos = p.from(first.start)
	if len(holes) > 0 {
		return &ir.Opaque{Pos: lit.Pos, Kind: ir.String, Parts: holes}
	}
	if !lit.Known || lit.Kind == ir.Any {
		lit.Text, lit.Known = "", false
	}
	return lit
}
