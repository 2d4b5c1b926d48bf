package script

import "slices"

// skipType passes over a type.
// https://www.typescriptlang.org/docs/handbook/2/everyday-types.html
func (p *parser) skipType() {
	p.enter()
	defer p.leave()
	p.skipUnion()
	if p.isWord("extends") && !p.tok().nl && !p.noCondition {
		p.advance()
		p.skipUnion()
		p.needOp("?")
		p.skipType()
		p.needOp(":")
		p.skipType()
	}
}

func (p *parser) skipUnion() {
	if !p.acceptOp("|") {
		p.acceptOp("&")
	}
	p.skipOperand()
	for p.acceptOp("|") || p.acceptOp("&") {
		p.skipOperand()
	}
}

func (p *parser) skipOperand() {
	p.enter()
	defer p.leave()
	t := p.tok()
	switch {
	case t.kind == name && slices.Contains([]string{"keyof", "readonly", "unique", "infer", "abstract", "asserts"}, t.text) && p.typeFollows():
		p.advance()
		p.skipOperand()
		if p.isWord("extends") && t.text == "infer" && !p.tok().nl {
			p.advance()
			p.skipUnion()
		}
		if t.text == "asserts" && p.acceptWord("is") {
			p.skipType()
		}
		return
	case t.kind == name && t.text == "typeof":
		p.advance()
		p.skipOperand()
		return
	case t.kind == name && t.text == "new":
		p.advance()
		p.skipTypeParams()
		p.skipFunctionType()
		return
	case t.kind == op && t.text == "<":
		p.skipTypeParams()
		p.skipFunctionType()
		return
	case t.kind == op && t.text == "(":
		if next := p.toks[t.match+1]; next.kind == op && next.text == "=>" {
			p.skipFunctionType()
			return
		}
		p.at = t.match + 1
	case t.kind == op && (t.text == "[" || t.text == "{"):
		p.at = t.match + 1
	case t.kind == op && t.text == "-":
		p.advance()
		p.advance()
	case t.kind == str || t.kind == number || t.kind == template:
		p.advance()
	case t.kind == name && t.text == "import" && p.peek().text == "(":
		p.advance()
		p.at = p.tok().match + 1
		p.skipQualified()
	case t.kind == name:
		p.advance()
		p.skipQualified()
	default:
		fail(t.start, "expected a type")
	}
	for {
		switch t := p.tok(); {
		case t.kind == op && t.text == "[" && !t.nl:
			p.at = t.match + 1
		case t.kind == name && t.text == "is" && !t.nl:
			p.advance()
			p.skipType()
			return
		default:
			return
		}
	}
}

// typeFollows reports whether the next token can begin a type, so that the one
// here is an operator and no name.
func (p *parser) typeFollows() bool {
	t := p.peek()
	switch t.kind {
	case name:
		return t.text != "extends" && t.text != "is"
	case str, number, template:
		return true
	case op:
		return t.text == "(" || t.text == "[" || t.text == "{"
	}
	return false
}

func (p *parser) skipQualified() {
	for {
		switch {
		case p.isOp(".") && p.peek().kind == name:
			p.advance()
			p.advance()
		case p.isOp("<") && !p.tok().nl:
			p.skipTypeArgs()
		default:
			return
		}
	}
}

// skipFunctionType passes over (a: A) => R.
func (p *parser) skipFunctionType() {
	if !p.isOp("(") {
		fail(p.tok().start, "expected (")
	}
	p.at = p.tok().match + 1
	p.needOp("=>")
	p.skipType()
}

// skipTypeArgs passes over <A, B>.
func (p *parser) skipTypeArgs() {
	p.needOp("<")
	saved := p.noCondition
	p.noCondition = false
	for !p.isOp(">") {
		p.skipType()
		if !p.acceptOp(",") {
			break
		}
	}
	p.noCondition = saved
	p.needOp(">")
}

// skipTypeParams passes over <T extends U = V, const W>, if there are any.
func (p *parser) skipTypeParams() {
	if !p.acceptOp("<") {
		return
	}
	for !p.isOp(">") {
		for p.isWord("const", "in", "out") && p.peek().kind == name {
			p.advance()
		}
		p.identifier()
		if p.acceptWord("extends") {
			p.skipType()
		}
		if p.acceptOp("=") {
			p.skipType()
		}
		if !p.acceptOp(",") {
			break
		}
	}
	p.needOp(">")
}

// annotation passes over a type that a colon announces.
func (p *parser) annotation() {
	if p.ts && p.acceptOp(":") {
		p.skipType()
	}
}
