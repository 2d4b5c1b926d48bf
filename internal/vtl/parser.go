// Package vtl reads and partially evaluates mapping templates of API Gateway,
// which are written in the Velocity Template Language, version 1.7.
//
// Whether a template can be parsed depends in Velocity on a tokenizer with
// states, some of which outlive the construct that entered them. The lexer
// and the parser here repeat that machine step by step instead of describing
// the language anew, so that they accept what Velocity accepts.
// https://velocity.apache.org/engine/1.7/vtl-reference.html
package vtl

import (
	"errors"
	"fmt"
	"strings"
)

// ErrTooDeep is returned for templates that nest deeper than anybody writes;
// whether Velocity accepts them is not known.
var ErrTooDeep = errors.New("template nests too deeply to be checked")

// maxDepth bounds the nesting of directives and expressions.
const maxDepth = 400

// Parse parses a template. The error is a *SyntaxError when Velocity cannot
// parse it either.
func Parse(src string) (*Template, error) { return newParser(src, 0).parse() }

func newParser(src string, depth int) *parser {
	return &parser{lex: newLexer(src), depth: depth, macros: map[string]*Directive{}}
}

func (p *parser) parse() (t *Template, err error) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case failure:
			t, err = nil, e.err
		default:
			panic(e)
		}
	}()
	body := p.block()
	if t := p.peek(); t.kind != tokEOF {
		p.stray(t)
	}
	return &Template{Source: p.lex.src, Body: body, macros: p.macros, macrosInStrings: p.inStrings}, nil
}

// failure carries an error up to parse.
type failure struct{ err error }

type parser struct {
	lex       *lexer
	ahead     []token // read but not consumed
	last      token   // consumed last
	depth     int
	macros    map[string]*Directive
	inStrings bool        // some string defines a macro
	nested    bool        // in a string of a template that may have defined macros already
	trace     func(token) // sees each token that is consumed; for tests
}

func (p *parser) fail(offset int, format string, args ...any) {
	panic(failure{&SyntaxError{Offset: offset, Message: fmt.Sprintf(format, args...)}})
}

// look returns the n-th token that is not consumed yet, from 0.
func (p *parser) look(n int) token {
	for len(p.ahead) <= n {
		t, err := p.lex.next()
		if err != nil {
			panic(failure{err})
		}
		p.ahead = append(p.ahead, t)
	}
	return p.ahead[n]
}

func (p *parser) peek() token { return p.look(0) }

func (p *parser) next() token {
	t := p.peek()
	p.last = t
	if p.trace != nil {
		p.trace(t)
	}
	p.ahead = append(p.ahead[:0], p.ahead[1:]...)
	return t
}

func (p *parser) accept(k kind) bool {
	if p.peek().kind != k {
		return false
	}
	p.next()
	return true
}

func (p *parser) expect(k kind, where string) token {
	if t := p.peek(); t.kind != k {
		p.unexpected(t, where)
	}
	return p.next()
}

func (p *parser) unexpected(t token, where string) {
	if t.kind == tokEOF {
		p.fail(t.start, "template ends %s", where)
	}
	p.fail(t.start, "unexpected %s %s", quote(strings.TrimSpace(t.image)), where)
}

// stray reports a token that begins no statement, outside of all directives.
func (p *parser) stray(t token) {
	switch t.kind {
	case tokEnd:
		p.fail(t.start, "#end without a directive that it could end")
	case tokElse, tokElseif:
		p.fail(t.start, "%s without #if", strings.TrimSpace(t.image))
	}
	p.fail(t.start, "unexpected %s", quote(t.image))
}

func (p *parser) enter() {
	if p.depth++; p.depth > maxDepth {
		panic(failure{ErrTooDeep})
	}
}

func (p *parser) leave() { p.depth-- }

// block reads statements up to something that is none.
func (p *parser) block() *Block {
	p.enter()
	defer p.leave()
	b := &Block{pos: pos{start: p.peek().start}}
	for {
		n := p.statement()
		if n == nil {
			b.end = max(b.start, p.last.end)
			return b
		}
		b.Nodes = append(b.Nodes, n)
	}
}

// statement reads one statement; nil where none begins.
func (p *parser) statement() Node {
	t := p.peek()
	switch t.kind {
	case tokIf:
		return p.ifStatement()
	case tokIdentifier:
		return p.reference()
	case tokLCurly:
		if p.look(1).kind == tokIdentifier {
			return p.reference()
		}
		return p.text()
	case tokLineComment, tokBlockCommentEnd, tokFormalCommentEnd:
		return p.comment()
	case tokTextblock:
		p.next()
		return &Text{pos{t.start, t.end}, textblock(t.image)}
	case tokSet:
		return p.set()
	case tokEscapedDirective:
		p.next()
		return &Text{pos{t.start, t.end}, p.escapedDirective(t.image)}
	case tokDoubleEscape:
		return p.escape()
	case tokWord, tokBracketedWord:
		return p.directive()
	case tokText, tokDot, tokRParen, tokLParen, tokInteger, tokFloat, tokString, tokEscape, tokRCurly, tokEmptyIndex:
		return p.text()
	}
	return nil
}

func (p *parser) text() Node {
	t := p.next()
	return &Text{pos{t.start, t.end}, t.special + t.image}
}

func (p *parser) comment() Node {
	t := p.next()
	if t.kind == tokLineComment {
		p.accept(tokLineCommentEnd)
	}
	return &Text{pos{t.start, p.last.end}, beforeComment(t.image)}
}

// beforeComment returns the stray characters in front of a comment, which are
// part of its token.
func beforeComment(image string) string {
	i := strings.Index(image, "##")
	if i < 0 {
		i = max(strings.Index(image, "#*"), 0)
	}
	return image[:i]
}

// textblock returns the inside of #[[ … ]]#; Velocity cuts off three characters
// even where a stray dollar sign stands in front.
func textblock(image string) string {
	return image[len("#[[") : len(image)-len("]]#")]
}

// set reads #set(left = right), whose opening is one token.
func (p *parser) set() Node {
	first := p.next()
	p.accept(tokSpace)
	if k := p.peek().kind; k != tokIdentifier && k != tokLCurly {
		p.unexpected(p.peek(), "in #set where a reference must stand")
	}
	left := p.reference()
	p.accept(tokSpace)
	p.expect(tokAssign, `in #set where "=" must stand`)
	right := p.expression()
	p.expect(tokRParen, `in #set where an operator or ")" must stand`)
	p.lex.inSet = false
	return &Set{pos{first.start, p.last.end}, left, right}
}

func (p *parser) ifStatement() Node {
	first := p.next()
	n := &If{pos: pos{start: first.start}}
	n.Branches = append(n.Branches, p.branch("#if"))
	for p.peek().kind == tokElseif {
		p.next()
		n.Branches = append(n.Branches, p.branch("#elseif"))
	}
	if p.accept(tokElse) {
		n.Branches = append(n.Branches, Branch{Body: p.block()})
	}
	p.end(first, "#if")
	n.end = p.last.end
	return n
}

// end reads the #end of a directive that began at first.
func (p *parser) end(first token, name string) {
	t := p.peek()
	switch t.kind {
	case tokEnd:
		p.next()
	case tokEOF:
		p.fail(first.start+strings.IndexByte(first.image, '#'), "%s has no #end", name)
	case tokElse, tokElseif:
		if name == "#if" {
			p.fail(t.start, "%s after #else", strings.TrimSpace(t.image))
		}
		p.fail(t.start, "%s in %s, without #if", strings.TrimSpace(t.image), name)
	default:
		p.unexpected(t, "in "+name)
	}
}

func (p *parser) branch(name string) Branch {
	p.accept(tokSpace)
	p.expect(tokLParen, `where "(" of `+name+` must stand`)
	cond := p.expression()
	p.expect(tokRParen, `in `+name+` where an operator or ")" must stand`)
	return Branch{cond, p.block()}
}
