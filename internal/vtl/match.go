package vtl

import (
	"strings"
	"unicode/utf8"
)

// match finds the longest thing that begins at the position in the current
// state, and the first declared one among several of that length.
func (l *lexer) match() (kind, int) {
	b := best{kind: noMatch}
	rest := l.src[l.pos:]
	l.matchAnywhere(&b, rest)
	switch l.state {
	case inText:
		l.matchText(&b, rest)
	case inReference, inModifier:
		l.matchReference(&b, rest)
	case inArguments:
		l.matchArguments(&b, rest)
	case inIndex:
		b.lit(tokIndexClose, rest, "]")
		matchLiteral(&b, rest)
	case inDirective:
		matchDirective(&b, rest)
	case inPreDirective:
		matchPreDirective(&b, rest)
	case inTextblock:
		b.lit(tokTextblock, rest, "]]#")
		b.add(moreAny, 1)
	case inBlockComment:
		b.lit(tokBlockCommentEnd, rest, "*#")
		b.add(skipAny, 1)
	case inFormalComment:
		b.lit(tokFormalCommentEnd, rest, "*#")
		b.add(skipAny, 1)
	case inLineComment:
		b.add(tokLineCommentEnd, newline(rest))
		b.add(skipAny, 1)
	}
	return b.kind, b.n
}

// best keeps the longest match.
type best struct {
	kind kind
	n    int
}

func (b *best) add(k kind, n int) {
	if n > b.n {
		b.kind, b.n = k, n
	}
}

func (b *best) lit(k kind, s, prefix string) {
	if strings.HasPrefix(s, prefix) {
		b.add(k, len(prefix))
	}
}

// matchAnywhere matches what is recognised in every state.
func (l *lexer) matchAnywhere(b *best, s string) {
	switch s[0] {
	case '\\', '$':
		n := l.backslashes()
		if n < len(s) && s[n] == '$' {
			b.add(moreDollar, n+1)
			if m := n + 1 + span(s[n+1:], isBackslash); m < len(s) && s[m] == '!' {
				b.add(moreDollarBang, m+1)
			}
		}
	case '#':
		switch {
		case strings.HasPrefix(s, "#[["):
			b.add(moreTextblock, 3)
		case strings.HasPrefix(s, "#**") && len(s) > 3 && s[3] != '#':
			_, n := utf8.DecodeRuneInString(s[3:])
			b.add(moreFormalComment, 3+n)
		case strings.HasPrefix(s, "#*"):
			b.add(moreBlockComment, 2)
		case strings.HasPrefix(s, "##") && l.state.seesLineComments():
			b.add(tokLineComment, 2)
		default:
			b.add(moreHash, 1)
		}
	}
}

func (s state) seesLineComments() bool {
	return s == inText || s == inPreDirective || s == inDirective || s == inReference
}

// backslashes counts the backslashes at the position. The end of a run is
// remembered, or long runs would be counted again for every pair of them.
func (l *lexer) backslashes() int {
	if l.slashes < l.pos {
		l.slashes = l.pos
	}
	if l.slashes == l.pos {
		l.slashes += span(l.src[l.pos:], isBackslash)
	}
	return l.slashes - l.pos
}

func (l *lexer) matchText(b *best, s string) {
	switch s[0] {
	case '\\':
		n := l.backslashes()
		if n%2 == 1 && n < len(s) && s[n] == '#' {
			if w := max(word(s[n+1:]), bracketedWord(s[n+1:])); w > 0 {
				b.add(tokEscapedDirective, n+1+w)
			}
		}
		b.lit(tokDoubleEscape, s, `\\`)
		b.add(tokEscape, 1)
	case '$':
		matchEmptyIndex(b, s)
	case '#':
		b.add(tokSet, setDirective(s))
	default:
		b.add(tokSet, setDirective(s))
		n := strings.IndexAny(s, `$#\`)
		if n < 0 {
			n = len(s)
		}
		b.add(tokText, n)
	}
}

// matchEmptyIndex matches "$[" and "$.", which are no references.
func matchEmptyIndex(b *best, s string) {
	b.lit(tokEmptyIndex, s, "$.")
	b.lit(tokEmptyIndex, s, "$[")
	b.lit(tokEmptyIndex, s, "$![")
	b.lit(tokEmptyIndex, s, `$\![`)
}

func (l *lexer) matchReference(b *best, s string) {
	b.lit(tokIndexOpen, s, "[")
	if l.state == inModifier {
		b.lit(tokLParen, s, "(")
	} else {
		matchEmptyIndex(b, s)
	}
	b.add(tokSet, setDirective(s))
	matchName(b, s)
	b.lit(tokLCurly, s, "{")
	b.lit(tokRCurly, s, "}")
	b.add(specialReferenceEnd, 1)
}

// matchName matches the names in references and the dots between them.
func matchName(b *best, s string) {
	b.lit(tokTrue, s, "true")
	b.lit(tokFalse, s, "false")
	b.add(tokIdentifier, identifier(s))
	if len(s) > 1 && s[0] == '.' && isLetter(s[1]) {
		b.add(tokDot, 2)
	}
}

func (l *lexer) matchArguments(b *best, s string) {
	matchBrackets(b, s)
	b.lit(tokMethodRParen, s, ")")
	b.add(tokSet, setDirective(s))
	matchLiteral(b, s)
	matchName(b, s)
}

func matchBrackets(b *best, s string) {
	b.lit(tokLBracket, s, "[")
	b.lit(tokRBracket, s, "]")
	b.lit(tokComma, s, ",")
	b.lit(tokDoubleDot, s, "..")
	b.lit(tokColon, s, ":")
	b.lit(tokLeftCurly, s, "{")
	b.lit(tokRightCurly, s, "}")
}

// matchLiteral matches white space, strings, numbers and truth values.
func matchLiteral(b *best, s string) {
	b.add(tokSpace, span(s, isSpace))
	b.add(tokString, stringLiteral(s))
	b.lit(tokTrue, s, "true")
	b.lit(tokFalse, s, "false")
	matchNumber(b, s)
}

func matchNumber(b *best, s string) {
	n := 0
	if s[0] == '-' {
		n = 1
	}
	digits := span(s[n:], isDigit)
	end := n + digits
	if digits > 0 {
		if strings.HasPrefix(s[end:], "..") {
			b.add(tokInteger, end+2)
		} else {
			b.add(tokInteger, end)
		}
		if e := exponent(s[end:]); e > 0 {
			b.add(tokFloat, end+e)
		}
	}
	if end < len(s) && s[end] == '.' {
		fraction := span(s[end+1:], isDigit)
		if digits > 0 || fraction > 0 {
			end += 1 + fraction
			b.add(tokFloat, end+exponent(s[end:]))
		}
	}
}

func exponent(s string) int {
	if s == "" || s[0] != 'e' && s[0] != 'E' {
		return 0
	}
	n := 1
	if n < len(s) && (s[n] == '+' || s[n] == '-') {
		n++
	}
	if d := span(s[n:], isDigit); d > 0 {
		return n + d
	}
	return 0
}

// stringLiteral returns the length of a string. Two quotes in a row are one
// quote inside it, unless no other closes the string.
func stringLiteral(s string) int {
	q := s[0]
	if q != '"' && q != '\'' {
		return 0
	}
	n, end := 1, 0
	for {
		i := strings.IndexByte(s[n:], q)
		if i < 0 {
			return end
		}
		n += i + 1
		end = n
		if n == len(s) || s[n] != q {
			return end
		}
		n++
	}
}

// operators are the operators in the arguments of directives.
var operators = []struct {
	kind  kind
	texts []string
}{
	{tokMinus, []string{"-"}}, {tokPlus, []string{"+"}}, {tokMultiply, []string{"*"}},
	{tokDivide, []string{"/"}}, {tokModulus, []string{"%"}},
	{tokAnd, []string{"&&", "and"}}, {tokOr, []string{"||", "or"}},
	{tokLT, []string{"<", "lt"}}, {tokLE, []string{"<=", "le"}},
	{tokGT, []string{">", "gt"}}, {tokGE, []string{">=", "ge"}},
	{tokEQ, []string{"==", "eq"}}, {tokNE, []string{"!=", "ne"}},
	{tokNot, []string{"!", "not"}}, {tokAssign, []string{"="}},
}

func matchDirective(b *best, s string) {
	matchBrackets(b, s)
	b.lit(tokLParen, s, "(")
	if s[0] == ')' {
		b.add(tokRParen, 1+lineBreak(s[1:]))
	}
	matchLiteral(b, s)
	for _, op := range operators {
		for _, text := range op.texts {
			b.lit(op.kind, s, text)
		}
	}
	b.add(tokWord, word(s))
	b.add(tokBracketedWord, bracketedWord(s))
}

func matchPreDirective(b *best, s string) {
	for _, d := range []struct {
		kind      kind
		name      string
		toLineEnd bool
	}{{tokEnd, "end", true}, {tokIf, "if", false}, {tokElseif, "elseif", false}, {tokElse, "else", true}} {
		for _, text := range []string{d.name, "{" + d.name + "}"} {
			if strings.HasPrefix(s, text) {
				n := len(text)
				if d.toLineEnd {
					n += lineBreak(s[n:])
				}
				b.add(d.kind, n)
			}
		}
	}
	matchNumber(b, s)
	b.add(tokWord, word(s))
	b.add(tokBracketedWord, bracketedWord(s))
	b.add(specialDirectiveEnd, 1)
}

// setDirective returns the length of "#set(" with the white space around #set.
func setDirective(s string) int {
	n := span(s, isBlank)
	switch {
	case strings.HasPrefix(s[n:], "#set"):
		n += len("#set")
	case strings.HasPrefix(s[n:], "#{set}"):
		n += len("#{set}")
	default:
		return 0
	}
	n += span(s[n:], func(c byte) bool { return c == ' ' })
	if n < len(s) && s[n] == '(' {
		return n + 1
	}
	return 0
}

// lineBreak returns the length of blanks with the line break that ends them.
func lineBreak(s string) int {
	n := span(s, isBlank)
	if k := newline(s[n:]); k > 0 {
		return n + k
	}
	return 0
}

func newline(s string) int {
	switch {
	case strings.HasPrefix(s, "\r\n"):
		return 2
	case s != "" && (s[0] == '\n' || s[0] == '\r'):
		return 1
	}
	return 0
}

func word(s string) int {
	if s == "" || !isLetter(s[0]) && s[0] != '_' && s[0] != '@' {
		return 0
	}
	return span(s, isWordChar)
}

func bracketedWord(s string) int {
	if len(s) < 3 || s[0] != '{' || !isLetter(s[1]) && s[1] != '_' {
		return 0
	}
	n := 1 + span(s[1:], isWordChar)
	if n < len(s) && s[n] == '}' {
		return n + 1
	}
	return 0
}

func identifier(s string) int {
	if !isLetter(s[0]) && s[0] != '_' {
		return 0
	}
	return span(s, func(c byte) bool { return isLetter(c) || isDigit(c) || c == '-' || c == '_' })
}

// span returns how many bytes at the start of s satisfy ok.
func span(s string, ok func(byte) bool) int {
	for i := range len(s) {
		if !ok(s[i]) {
			return i
		}
	}
	return len(s)
}

func isLetter(c byte) bool    { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
func isDigit(c byte) bool     { return '0' <= c && c <= '9' }
func isBlank(c byte) bool     { return c == ' ' || c == '\t' }
func isSpace(c byte) bool     { return isBlank(c) || c == '\n' || c == '\r' }
func isBackslash(c byte) bool { return c == '\\' }
func isWordChar(c byte) bool  { return isLetter(c) || isDigit(c) || c == '_' || c == '@' }
