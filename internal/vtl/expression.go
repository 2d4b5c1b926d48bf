package vtl

import "strings"

// levels are the binary operators from the loosest to the tightest.
var levels = [][]struct {
	kind kind
	op   string
}{
	{{tokOr, "||"}},
	{{tokAnd, "&&"}},
	{{tokEQ, "=="}, {tokNE, "!="}},
	{{tokLT, "<"}, {tokGT, ">"}, {tokLE, "<="}, {tokGE, ">="}},
	{{tokPlus, "+"}, {tokMinus, "-"}},
	{{tokMultiply, "*"}, {tokDivide, "/"}, {tokModulus, "%"}},
}

// maxOperands bounds the operands that stand in a row, each of which nests the
// ones before it.
const maxOperands = 10_000

func (p *parser) expression() Expr { return p.binary(0) }

func (p *parser) binary(level int) Expr {
	if level == len(levels) {
		return p.unary()
	}
	p.enter()
	x := p.binary(level + 1)
	p.leave()
next:
	for operands := 1; ; operands++ {
		if operands > maxOperands {
			panic(failure{ErrTooDeep})
		}
		k := p.peek().kind
		for _, o := range levels[level] {
			if o.kind == k {
				p.next()
				y := p.binary(level + 1)
				start, _ := x.Span()
				x = &Binary{pos{start, p.last.end}, o.op, x, y}
				continue next
			}
		}
		return x
	}
}

func (p *parser) unary() Expr {
	t := p.peek()
	if t.kind == tokNot || t.kind == tokSpace && p.look(1).kind == tokNot {
		p.enter()
		defer p.leave()
		p.accept(tokSpace)
		p.next()
		x := p.unary()
		return &Not{pos{t.start, p.last.end}, x}
	}
	return p.primary()
}

func (p *parser) primary() Expr {
	p.accept(tokSpace)
	var x Expr
	if p.accept(tokLParen) {
		x = p.expression()
		p.expect(tokRParen, `where an operator or ")" must stand`)
	} else {
		x = p.operand("where a value must stand")
	}
	p.accept(tokSpace)
	return x
}

// operand reads a value without operators.
func (p *parser) operand(where string) Expr {
	t := p.peek()
	at := pos{t.start, t.end}
	switch t.kind {
	case tokString:
		p.next()
		return p.stringLiteral(t)
	case tokInteger, tokFloat:
		p.next()
		return &Number{at, t.image, t.kind == tokFloat}
	case tokTrue, tokFalse:
		p.next()
		return &Bool{at, t.kind == tokTrue}
	case tokIdentifier, tokLCurly:
		return p.reference()
	case tokLBracket:
		return p.list()
	case tokLeftCurly:
		return p.mapLiteral()
	}
	p.unexpected(t, where)
	return nil
}

func startsParameter(k kind) bool {
	switch k {
	case tokSpace, tokString, tokInteger, tokFloat, tokLBracket, tokLeftCurly, tokTrue, tokFalse, tokIdentifier, tokLCurly:
		return true
	}
	return false
}

// parameter reads an argument of a method, an element of a list or a key or
// value of a map: a value without operators.
func (p *parser) parameter(where string) Expr {
	p.accept(tokSpace)
	x := p.operand(where)
	p.accept(tokSpace)
	return x
}

// list reads [a, b] or [from..to].
func (p *parser) list() Expr {
	p.enter()
	defer p.leave()
	const inList = "in a list"
	first := p.next()
	l := &List{pos: pos{start: first.start}}
	if startsParameter(p.peek().kind) {
		x := p.parameter(inList)
		if canBound(x) && p.accept(tokDoubleDot) {
			return p.rangeEnd(first, x)
		}
		l.Items = append(l.Items, x)
		for p.accept(tokComma) {
			l.Items = append(l.Items, p.parameter(inList))
		}
	}
	p.expect(tokRBracket, `in a list where "," or "]" must stand`)
	l.end = p.last.end
	return l
}

// canBound reports whether x may stand in a range.
func canBound(x Expr) bool {
	switch x := x.(type) {
	case *Reference:
		return true
	case *Number:
		return !x.Float
	}
	return false
}

func (p *parser) rangeEnd(first token, from Expr) Expr {
	p.accept(tokSpace)
	if k := p.peek().kind; k != tokIdentifier && k != tokLCurly && k != tokInteger {
		p.unexpected(p.peek(), "where the end of a range must stand")
	}
	to := p.operand("in a range")
	p.accept(tokSpace)
	p.expect(tokRBracket, `where "]" of a range must stand`)
	return &Range{pos{first.start, p.last.end}, from, to}
}

func (p *parser) mapLiteral() Expr {
	p.enter()
	defer p.leave()
	const inMap = "in a map"
	m := &Map{pos: pos{start: p.next().start}}
	closes := func(k kind) bool { return k == tokRightCurly || k == tokRCurly }
	if k := p.peek().kind; !closes(k) && !(k == tokSpace && closes(p.look(1).kind)) {
		for {
			m.Keys = append(m.Keys, p.parameter(inMap))
			p.expect(tokColon, `in a map where ":" must stand`)
			m.Values = append(m.Values, p.parameter(inMap))
			if !p.accept(tokComma) {
				break
			}
		}
	}
	p.accept(tokSpace)
	if !closes(p.peek().kind) {
		p.unexpected(p.peek(), `in a map where "," or "}" must stand`)
	}
	p.next()
	m.end = p.last.end
	return m
}

// reference reads a reference from its name, or the brace before it, on.
func (p *parser) reference() *Reference {
	p.enter()
	defer p.leave()
	first := p.next()
	name := first
	if first.kind == tokLCurly {
		name = p.expect(tokIdentifier, "where the name of a reference must stand")
	}
	r := &Reference{pos: pos{start: first.start}}
	p.indexes(r)
	for p.peek().kind == tokDot && p.look(1).kind == tokIdentifier {
		p.next()
		r.Path = append(r.Path, p.member())
		p.indexes(r)
	}
	if first.kind == tokLCurly {
		p.expect(tokRCurly, "where } of a reference must stand")
	}
	r.end = p.last.end
	r.name(first, name, p.lex.src[first.end:r.end])
	return r
}

func (p *parser) indexes(r *Reference) {
	for p.peek().kind == tokIndexOpen {
		start := p.next().start
		p.accept(tokSpace)
		switch p.peek().kind {
		case tokString, tokInteger, tokTrue, tokFalse, tokIdentifier, tokLCurly:
		default:
			p.unexpected(p.peek(), "in an index")
		}
		x := p.operand("in an index")
		p.accept(tokSpace)
		p.expect(tokIndexClose, `where "]" must stand`)
		r.Path = append(r.Path, Access{pos: pos{start, p.last.end}, Index: x})
	}
}

// member reads what follows a dot.
func (p *parser) member() Access {
	t := p.peek()
	a := Access{pos: pos{t.start, t.end}, Name: t.image}
	if p.look(1).kind != tokLParen || p.look(2).kind != tokMethodRParen && !startsParameter(p.look(2).kind) {
		p.next()
		return a
	}
	p.next()
	p.next()
	where := "in the arguments of " + t.image
	c := &Call{Name: t.image}
	if p.peek().kind != tokMethodRParen {
		c.Args = append(c.Args, p.parameter(where))
		for p.accept(tokComma) {
			c.Args = append(c.Args, p.parameter(where))
		}
	}
	p.expect(tokMethodRParen, where+` where "," or ")" must stand`)
	a.Call, a.Name, a.end = c, "", p.last.end
	return a
}

// name takes apart the first token of a reference: backslashes, stray
// dollar signs, "$" or "$!", and the name unless it stands in braces.
func (r *Reference) name(first, name token, rest string) {
	image := first.image
	if i := strings.Index(image, `\!`); i >= 0 {
		r.inert(image)
		return
	}
	slashes := span(image, isBackslash)
	image = image[slashes:]
	r.Escape = slashes%2 == 1
	escapes := strings.Repeat(`\`, slashes/2)
	more := ""
	if i := strings.LastIndexByte(image, '$'); i > 0 {
		more, image = image[:i], image[i:]
	}
	r.null = image + rest
	r.target = image[min(1, len(image)):]
	r.before = escapes + more
	r.double = escapes
	r.Name = name.image
	switch {
	case strings.HasPrefix(image, "$!"):
		r.Quiet = true
		if !r.Escape {
			r.null = ""
		}
		if first.kind != tokLCurly {
			r.Name = image[2:]
		}
	case image == "${":
	case strings.HasPrefix(image, "$"):
		r.Name = image[1:]
	default:
		r.Bare = true
		r.Name, r.null = image, image
	}
	if r.Escape {
		r.before = escapes
	}
}

// inert makes r a reference like $\!x, which loses one backslash and is never looked up.
func (r *Reference) inert(image string) {
	i := strings.IndexByte(image, '$')
	start := i + strings.IndexByte(image[i:], '\\')
	n := span(image[start:], isBackslash)
	r.Inert = true
	r.null = image[:start] + image[start:start+n-1] + image[start+n:]
	r.Name = r.null
	r.target = image[min(1, len(image)):]
}
