package vtl

import (
	"math/rand"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A generator makes random templates, most of which are valid before they are mutated.
type generator struct {
	*rand.Rand
	depth int
}

func (g *generator) pick(s ...string) string { return s[g.Intn(len(s))] }

func (g *generator) template() string {
	g.depth = 0
	s := g.block()
	for n := g.Intn(4) - 1; n > 0; n-- {
		s = g.mutate(s)
	}
	return s
}

func (g *generator) block() string {
	var b strings.Builder
	for range g.Intn(5) {
		b.WriteString(g.statement())
	}
	return b.String()
}

func (g *generator) statement() string {
	if g.depth > 4 {
		return g.text()
	}
	g.depth++
	defer func() { g.depth-- }()
	switch g.Intn(16) {
	case 0, 1, 2:
		return g.text()
	case 3, 4, 5:
		return g.reference()
	case 6, 7:
		return g.pick("", " ", "\t ") + g.pick("#set", "#set", "#{set}") + g.pick("", " ", "  ") + "(" + g.space() + g.reference() + g.space() + "=" + g.space() + g.expr() + g.space() + ")" + g.space()
	case 8, 9:
		s := g.pick("#if", "#if", "#{if}") + g.pick("", " ") + "(" + g.space() + g.expr() + g.space() + ")" + g.block()
		for range g.Intn(3) {
			if g.Intn(2) == 0 {
				s += g.pick("#elseif", "#{elseif}") + "(" + g.expr() + ")" + g.block()
			}
		}
		if g.Intn(2) == 0 {
			s += g.pick("#else", "#{else}", "#else\n") + g.block()
		}
		return s + g.end()
	case 10, 11:
		return g.pick("#foreach", "#foreach", "#{foreach}") + g.pick("", " ") + "(" + g.space() + g.reference() + " in " + g.operand() + g.space() + ")" + g.block() + g.end()
	case 12:
		return g.pick("##", "#*", "#**", "#[[") + g.text() + g.pick("\n", "*#", "]]#", "*#\n")
	case 13:
		return g.pick("#macro(m", "#macro( n ", "#macro") + g.args() + g.pick(")", ")\n") + g.block() + g.end()
	case 14:
		return g.pick("#m", "#stop", "#break", "#include", "#parse", "#evaluate", "#literal()", "#define", "#@m", "#{m}", "#foo", "#ffffff", "#1") + g.pick("", "("+g.args()+")", " ( "+g.args()+" )") + g.pick("", g.block()+g.end())
	default:
		return strings.Repeat(`\`, g.Intn(5)) + g.pick("$x", "${x}", "$!x", "#if", "#set", "#foo", "#{else}", "#end", "#", "$", "$!", `\!`, "#m", "#set($x = 1)", "n")
	}
}

func (g *generator) end() string { return g.pick("#end", "#end", "#{end}", "#end\n", "#end  \n") }

func (g *generator) space() string { return g.pick("", "", " ", "\n", "  ", "\t") }

func (g *generator) args() string {
	var b strings.Builder
	for range g.Intn(4) {
		b.WriteString(g.pick(" ", ", ", ",", " , "))
		b.WriteString(g.pick("word", g.operand(), g.operand(), g.reference()))
	}
	return b.String()
}

func (g *generator) text() string {
	return g.pick("a", "b c", "{", "}", `{"a": "`, `", "b": [`, "]}", "\n", "  \n", " ", "(", ")", ".", ". ", "[", "]", "'", `"`, "é", "日本", "5", "-", "$", "$1", "# ", "##", "\\", "\\\\", "=", ",", "!", "$!", "#5", "@", "word", "\r\n", "$.", "${", "#{", "a#b", "]]", "*", "$[", "$![0")
}

func (g *generator) reference() string {
	s := g.pick("$", "$", "$", "$!", "$$", "$\\!") + "x"
	open := g.Intn(3) == 0
	if open {
		s = g.pick("${", "$!{", "$!{") + g.name()
	}
	for range g.Intn(3) {
		switch g.Intn(3) {
		case 0:
			s += "." + g.name()
		case 1:
			s += "." + g.name() + "(" + g.params() + ")"
		case 2:
			s += "[" + g.space() + g.pick("0", "1", "-1", `"k"`, "'k'", "true", "$i", "${i}", "$x.y", "k", "1.5") + g.space() + "]"
		}
	}
	if open {
		s += "}"
	}
	return s
}

func (g *generator) name() string {
	return g.pick("x", "y", "input", "a-b", "a_b", "get", "size", "item1", "trueish", "_u", "end", "and")
}

func (g *generator) params() string {
	if g.Intn(3) == 0 || g.depth > 6 {
		return ""
	}
	g.depth++
	defer func() { g.depth-- }()
	s := g.space() + g.operand() + g.space()
	for range g.Intn(2) {
		s += "," + g.space() + g.operand()
	}
	return s
}

func (g *generator) operand() string {
	if g.depth > 7 {
		return "1"
	}
	g.depth++
	defer func() { g.depth-- }()
	switch g.Intn(11) {
	case 0:
		return g.pick(`"a"`, `"a $x b"`, `""`, `"a""b"`, `"\u0041"`, `"#if($x)y#end"`, `"#if($x"`, `"\"`, `"a\"b"`, `"$"`, `"#"`, `"${x"`, `"##"`, `"é$x"`)
	case 1:
		return g.pick(`'a'`, `'$.x'`, `''`, `'it''s'`, `'\'`, "'a\nb'", `'a"b'`)
	case 2:
		return strconv.Itoa(g.Intn(2000) - 1000)
	case 3:
		return g.pick("1.5", "-2.5", ".5", "1.", "1e3", "1.5E-3", "-.5", "99999999999999999999", "1..2")
	case 4:
		return g.pick("true", "false", "null")
	case 5:
		return "[" + g.pick("", " ", g.operand(), g.operand()+", "+g.operand(), "1..3", "$x..5", " 1 .. $y ", "1..", g.operand()+" .. "+g.operand()) + "]"
	case 6:
		return "{" + g.pick("", " ", g.operand()+":"+g.operand(), g.operand()+" : "+g.operand()+", 'k': "+g.operand(), "foo", "a:1") + "}"
	default:
		return g.reference()
	}
}

func (g *generator) expr() string {
	if g.depth > 7 {
		return g.operand()
	}
	g.depth++
	defer func() { g.depth-- }()
	switch g.Intn(7) {
	case 0, 1:
		return g.expr() + g.space() + g.pick("+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||", " and ", " or ", " eq ", " ne ", " lt ", " gt ", " le ", " ge ", "=", " foo ") + g.space() + g.expr()
	case 2:
		return g.pick("!", "! ", "not ", "!!") + g.expr()
	case 3:
		return "(" + g.space() + g.expr() + g.space() + ")"
	default:
		return g.operand()
	}
}

// pieces cuts a template roughly into words and signs.
func pieces(s string) []string {
	var out []string
	start := 0
	for i := 1; i <= len(s); i++ {
		if i == len(s) || utf8.RuneStart(s[i]) && (!isWordChar(s[i]) || !isWordChar(s[i-1])) {
			out = append(out, s[start:i])
			start = i
		}
	}
	return out
}

// mutate drops, doubles, swaps, cuts off or inserts a piece.
func (g *generator) mutate(s string) string {
	p := pieces(s)
	if len(p) == 0 {
		return s
	}
	i := g.Intn(len(p))
	switch g.Intn(5) {
	case 0:
		p[i] = ""
	case 1:
		p[i] += p[i]
	case 2:
		j := g.Intn(len(p))
		p[i], p[j] = p[j], p[i]
	case 3:
		p[i] += g.pick("#", "$", "(", ")", "{", "}", "[", "]", `"`, "'", `\`, "#end", "#else", "##", "#*", "*#", "]]#", "!", ".", ",", " ", "\n", "=", "#if", "x", "true", "-", "0", "..", ":", "@")
	case 4:
		if g.Intn(3) == 0 {
			p = p[:i]
		}
	}
	return strings.Join(p, "")
}
