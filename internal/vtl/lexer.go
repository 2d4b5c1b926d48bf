package vtl

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// A state is one of the lexical states of Velocity's tokenizer, in which
// different sets of tokens are recognised.
type state int8

const (
	inReference     state = iota // after "$"
	inModifier                   // after "." of a reference
	inIndex                      // between the brackets of $x[…]
	inDirective                  // in the arguments of a directive
	inArguments                  // in the arguments of a method
	inText                       // where every template begins
	inTextblock                  // #[[ … ]]#
	inBlockComment               // #* … *#
	inFormalComment              // #** … *#
	inLineComment                // ## …
	inPreDirective               // after "#"
)

type kind int8

// The kinds of tokens. Where two match the same number of characters, Velocity
// prefers the one that it declares first, which is the order here.
const (
	tokEOF kind = iota
	tokIndexOpen
	tokIndexClose
	tokLBracket
	tokRBracket
	tokComma
	tokDoubleDot
	tokColon
	tokLeftCurly  // of a map
	tokRightCurly // of a map
	tokLParen
	tokRParen       // of a directive, with the line break behind it
	tokMethodRParen // of a method
	tokEscapedDirective
	tokSet
	tokLineComment // "##"; what follows on the line is passed over
	tokDoubleEscape
	tokEscape
	tokText
	tokLineCommentEnd
	tokFormalCommentEnd
	tokBlockCommentEnd
	tokTextblock
	tokSpace
	tokString
	tokTrue
	tokFalse
	tokMinus
	tokPlus
	tokMultiply
	tokDivide
	tokModulus
	tokAnd
	tokOr
	tokLT
	tokLE
	tokGT
	tokGE
	tokEQ
	tokNE
	tokNot
	tokAssign
	tokEnd
	tokIf
	tokElseif
	tokElse
	tokInteger
	tokFloat
	tokWord
	tokBracketedWord
	tokIdentifier
	tokDot
	tokLCurly // of a formal reference
	tokRCurly // of a formal reference
	tokEmptyIndex

	// What follows is matched on the way to a token and is none itself.
	moreDollar
	moreDollarBang
	moreTextblock
	moreFormalComment
	moreBlockComment
	moreHash
	moreAny
	skipAny
	specialReferenceEnd
	specialDirectiveEnd
	noMatch
)

// A token is a piece of the template. Its image is the source from start to
// end, which for a reference includes the "$" and whatever stands before it
// without being text of its own.
type token struct {
	kind       kind
	start, end int
	image      string
	special    string // characters that ended a reference or directive before this token
}

// A frame remembers a lexical state that the tokenizer comes back to.
type frame struct {
	state          state
	lparen, rparen int
}

// A lexer cuts a template into tokens exactly as Velocity 1.7 does, the odd
// corners included: its tokens depend on the states that earlier ones left
// behind, and the parser switches states too.
type lexer struct {
	src            string
	pos            int
	state          state
	stack          []frame
	lparen, rparen int
	inComment      bool
	inSet          bool
	slashes        int // the end of the run of backslashes that was looked at last
}

func newLexer(src string) *lexer { return &lexer{src: src, state: inText} }

func (l *lexer) push(to state) {
	l.stack = append(l.stack, frame{l.state, l.lparen, l.rparen})
	l.lparen = 0
	l.state = to
}

func (l *lexer) pop() bool {
	n := len(l.stack)
	if n == 0 {
		l.lparen, l.state = 0, inText
		return false
	}
	f := l.stack[n-1]
	l.stack = l.stack[:n-1]
	l.state, l.lparen, l.rparen = f.state, f.lparen, f.rparen
	return true
}

// closeParen leaves the states that a closing parenthesis ends.
func (l *lexer) closeParen() {
	for !l.inComment {
		if l.lparen > 0 {
			if l.lparen == l.rparen+1 {
				l.pop()
			} else {
				l.rparen++
			}
			return
		}
		if !l.pop() {
			return
		}
	}
}

// next returns the next token; at the end of the template it returns tokEOF
// again and again.
func (l *lexer) next() (token, *SyntaxError) {
	special, last := "", ""
	for {
		start := l.pos
		if start >= len(l.src) {
			return token{kind: tokEOF, start: start, end: start, special: special}, nil
		}
		k := l.step()
		for k >= moreDollar && k <= moreAny {
			if l.pos >= len(l.src) {
				return token{}, l.unfinished(start)
			}
			k = l.step()
		}
		switch k {
		case noMatch:
			return token{}, l.unexpected(start)
		case skipAny:
		case specialReferenceEnd, specialDirectiveEnd:
			last = l.src[start:l.pos]
			special += strayText(last)
			l.pos--
			l.pop()
		default:
			if strings.HasPrefix(last, "##") {
				special = ""
			}
			t := token{kind: k, start: start, end: l.pos, image: l.src[start:l.pos], special: special}
			l.act(&t)
			return t, nil
		}
	}
}

// step matches once at the position and moves behind what it matched.
func (l *lexer) step() kind {
	start := l.pos
	k, n := l.match()
	l.pos += n
	switch k {
	case moreDollar, moreDollarBang:
		if !l.inComment {
			if l.state == inReference {
				l.pop()
			}
			l.push(inReference)
		}
	case moreTextblock:
		l.comment(inTextblock)
	case moreFormalComment:
		if !l.inComment {
			l.pos = start + len("#**") // without the character that shows that the comment is not over yet
			l.comment(inFormalComment)
		}
	case moreBlockComment:
		l.comment(inBlockComment)
	case moreHash:
		if !l.inComment {
			if l.state == inReference || l.state == inModifier {
				l.pop()
			}
			l.push(inPreDirective)
		}
	}
	return k
}

func (l *lexer) comment(to state) {
	if !l.inComment {
		l.inComment = true
		l.push(to)
	}
}

// act does what a token does to the states.
func (l *lexer) act(t *token) {
	switch t.kind {
	case tokIndexOpen:
		l.push(inIndex)
	case tokIndexClose:
		l.pop()
	case tokLParen:
		if !l.inComment {
			l.lparen++
		}
		if l.state == inModifier {
			l.state = inArguments
		}
	case tokRParen:
		l.closeParen()
	case tokMethodRParen:
		l.state = inReference
	case tokSet:
		if !l.inComment {
			l.push(inDirective)
			l.inSet = true
			l.lparen++
		}
	case tokLineComment:
		if !l.inComment {
			if l.state == inReference {
				l.pop()
			}
			l.comment(inLineComment)
		}
	case tokLineCommentEnd, tokFormalCommentEnd, tokBlockCommentEnd, tokTextblock:
		l.inComment = false
		l.pop()
	case tokString:
		if l.state == inDirective && !l.inSet && l.lparen == 0 {
			l.pop()
		}
	case tokEnd, tokElse, tokRCurly:
		l.pop()
	case tokIf, tokElseif:
		l.state = inDirective
	case tokInteger:
		if s, ok := strings.CutSuffix(t.image, ".."); ok {
			l.pos -= 2
			t.image, t.end = s, l.pos
		}
		if l.lparen == 0 && !l.inSet && l.state != inArguments && l.state != inIndex {
			l.pop()
		}
	case tokFloat:
		if l.lparen == 0 && !l.inSet && l.state != inArguments {
			l.pop()
		}
	case tokDot:
		l.pos--
		t.image, t.end = ".", l.pos
		l.state = inModifier
	}
}

// opensParen reports whether an opening parenthesis follows after nothing but
// white space.
func (l *lexer) opensParen() bool {
	i := l.pos + span(l.src[l.pos:], isSpace)
	return i < len(l.src) && l.src[i] == '('
}

// unfinished describes the end of the template inside something that began at start.
func (l *lexer) unfinished(start int) *SyntaxError {
	what := "template ends after " + quote(l.src[start:l.pos])
	switch l.state {
	case inTextblock:
		what = "#[[ has no ]]#"
	case inBlockComment, inFormalComment:
		what = "#* has no *#"
	}
	return &SyntaxError{Offset: start, Message: what}
}

// unexpected describes a character that begins no token.
func (l *lexer) unexpected(start int) *SyntaxError {
	c := l.src[l.pos:]
	if c != "" && (c[0] == '"' || c[0] == '\'') {
		return &SyntaxError{Offset: l.pos, Message: "string has no closing " + c[:1]}
	}
	if c == "" {
		return &SyntaxError{Offset: start, Message: "unexpected end"}
	}
	where := "in the arguments of a directive"
	switch l.state {
	case inArguments:
		where = "in the arguments of a method"
	case inIndex:
		where = "in an index"
	}
	r, _ := utf8.DecodeRuneInString(c)
	return &SyntaxError{Offset: l.pos, Message: fmt.Sprintf("unexpected %s %s", quote(string(r)), where)}
}

// quote shows a piece of a template in a message.
func quote(s string) string {
	if len(s) > 40 {
		s = strings.ToValidUTF8(s[:40], "") + "…"
	}
	return fmt.Sprintf("%q", s)
}

// strayText returns what remains in the output of characters that looked like
// the start of a reference or directive: signs, and backslashes before dollar
// signs. Others, such as the "!" of "$!5", Velocity drops.
func strayText(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '#', '$':
			b.WriteByte(s[i])
		case '\\':
			n := span(s[i:], isBackslash)
			if i+n < len(s) && s[i+n] == '$' {
				b.WriteString(s[i : i+n+1])
				i += n + 1
			}
		}
	}
	return b.String()
}
