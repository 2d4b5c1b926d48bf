package vtl

import "strings"

// takesBlock says of Velocity's directives whether they run up to an #end.
var takesBlock = map[string]bool{
	"foreach": true, "macro": true, "define": true, "literal": true,
	"include": false, "parse": false, "evaluate": false, "break": false, "stop": false,
}

// directive reads everything that begins with "#" and a word: a directive, a
// call of a macro or a piece of text such as a colour.
func (p *parser) directive() Node {
	first := p.next()
	name := first.image[1:] // cut off even where a stray "$" stands before the "#"
	if first.kind == tokBracketedWord {
		name = first.image[2 : len(first.image)-1]
	}
	d := &Directive{pos: pos{start: first.start}, Name: name}
	block, known := takesBlock[name]
	if _, macro := p.macros[name]; macro && p.nested {
		known = true
	}
	if strings.HasPrefix(name, "@") {
		block = true
	}
	p.lex.state = inDirective
	if !p.lex.opensParen() {
		if name == "macro" {
			p.fail(first.start, "#macro has no name")
		}
		p.lex.pop()
		d.end, d.source = p.last.end, first.image
		return d
	}
	d.Parens = true
	d.Args = p.directiveArgs(first, name, known)
	if block {
		d.Body = p.block()
		p.end(first, "#"+name)
	}
	d.end = p.last.end
	d.source = p.lex.src[d.start:d.end]
	if name == "macro" {
		p.define(first, d)
	}
	return d
}

// directiveArgs reads arguments in parentheses; commas between them are optional.
func (p *parser) directiveArgs(first token, name string, known bool) []Expr {
	p.accept(tokSpace)
	p.expect(tokLParen, `where "(" of #`+name+` must stand`)
	var args []Expr
	for p.argFollows() {
		p.accept(tokSpace)
		if p.accept(tokComma) {
			p.accept(tokSpace)
		}
		arg := p.directiveArg("#" + name)
		_, isWord := arg.(*Word)
		switch {
		case name == "macro" && len(args) == 0:
			if !isWord {
				p.fail(first.start, "the first argument of #macro is not a name")
			}
		case isWord && known && !(name == "foreach" && len(args) == 1):
			start, _ := arg.Span()
			p.fail(start, "%s is no argument of #%s", arg.(*Word).Name, name)
		}
		args = append(args, arg)
	}
	p.accept(tokSpace)
	p.expect(tokRParen, `in the arguments of #`+name)
	return args
}

// argFollows reports whether another argument begins, perhaps after white
// space and a comma.
func (p *parser) argFollows() bool {
	n := 0
	if p.look(n).kind == tokSpace {
		n++
	}
	if n == 0 && p.look(0).kind == tokComma {
		k := p.look(1).kind
		return k == tokSpace || startsDirectiveArg(k)
	}
	k := p.look(n).kind
	if n == 1 && k == tokComma {
		return true
	}
	return startsDirectiveArg(k) && (n == 1 || p.completesDirectiveArg(k))
}

func startsDirectiveArg(k kind) bool {
	switch k {
	case tokIdentifier, tokLCurly, tokWord, tokString, tokInteger, tokLBracket, tokFloat, tokLeftCurly, tokTrue, tokFalse:
		return true
	}
	return false
}

// completesDirectiveArg looks at the second token of an argument, as Velocity does.
func (p *parser) completesDirectiveArg(k kind) bool {
	switch k {
	case tokLCurly:
		return p.look(1).kind == tokIdentifier
	case tokIdentifier:
		p.look(1)
	case tokLBracket:
		return startsParameter(p.look(1).kind) || p.look(1).kind == tokRBracket
	case tokLeftCurly:
		k := p.look(1).kind
		return startsParameter(k) || k == tokRightCurly || k == tokRCurly
	}
	return true
}

func (p *parser) directiveArg(where string) Expr {
	t := p.peek()
	if t.kind == tokWord {
		p.next()
		return &Word{pos{t.start, t.end}, t.image}
	}
	return p.operand("in the arguments of " + where)
}

// define checks the head of a macro and remembers it.
func (p *parser) define(first token, d *Directive) {
	if len(d.Args) == 0 {
		p.fail(first.start, "#macro has no name")
	}
	name := d.Args[0].(*Word).Name
	if _, ok := p.macros[name]; !ok {
		p.macros[name] = d
	}
}

// isDirective reports whether a backslash before "#name" escapes something.
func (p *parser) isDirective(name string) bool {
	switch name {
	case "if", "end", "set", "else", "elseif":
		return true
	}
	return p.isPluggable(name)
}

func (p *parser) isPluggable(name string) bool {
	_, known := takesBlock[name]
	_, macro := p.macros[name]
	return known || macro
}

// escapedDirective returns what \#name is rendered as: backslashes in front of
// a directive escape it and each other, others are text.
func (p *parser) escapedDirective(image string) string {
	last := strings.LastIndexByte(image, '\\')
	name := strings.TrimPrefix(image[last+1:], "#")
	if strings.HasPrefix(name, "{") {
		name = name[1 : len(name)-1]
	}
	if p.isDirective(name) {
		return image[:last/2] + image[last+1:]
	}
	return image
}

// escape reads pairs of backslashes that stand in front of something else than
// a reference.
func (p *parser) escape() Node {
	first := p.next()
	n := 1
	for p.accept(tokDoubleEscape) {
		n++
	}
	// Velocity looks at the next token only when it has been read already.
	t := p.peek()
	control := false
	switch t.kind {
	case tokIf, tokElse, tokElseif, tokEnd:
		control = true
	default:
		if len(t.image) > 0 {
			control = p.isPluggable(t.image[1:])
		}
	}
	each := `\\`
	if control {
		each = `\`
	}
	return &Text{pos{first.start, p.last.end}, strings.Repeat(each, n)}
}
