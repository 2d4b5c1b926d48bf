package vtl

import (
	"encoding/base64"
	"math/rand"
	"regexp"
	"strings"
	"testing"
)

// A writer makes random templates that do something, out of what real mapping
// templates are made of.
type writer struct {
	*generator
}

func (g *writer) template() string {
	g.depth = 0
	s := ""
	if g.Intn(3) == 0 {
		s = "#macro(m $p $q)" + g.block() + "<$p|$q>#end"
	}
	return s + g.block()
}

func (g *writer) block() string {
	var b strings.Builder
	for range 1 + g.Intn(4) {
		b.WriteString(g.statement())
	}
	return b.String()
}

func (g *writer) statement() string {
	if g.depth > 3 {
		return g.text()
	}
	g.depth++
	defer func() { g.depth-- }()
	switch g.Intn(20) {
	case 0, 1, 2:
		return g.text()
	case 3, 4, 5, 6:
		return g.rendered()
	case 7, 8, 9:
		return "#set(" + g.pick("$a", "$b", "$c", "$l", "$m", "${a}", "$m.k", "$l[0]", "$context.responseOverride.status", "$p") + " = " + g.expr() + ")" + g.pick("", "\n")
	case 10, 11, 12:
		s := "#if(" + g.cond() + ")" + g.block()
		for g.Intn(3) == 0 {
			s += "#elseif(" + g.cond() + ")" + g.block()
		}
		if g.Intn(2) == 0 {
			s += "#else " + g.block()
		}
		return s + g.pick("#end", "#end\n")
	case 13, 14:
		return "#foreach(" + g.pick("$i", "$a") + " in " + g.pick("$l", "$m", "[1..3]", "[1,'x']", "$input.path('$.items')", "$a", "$m.keySet()", "$m.entrySet()", "[]") + ")" + g.block() + g.pick("", "$foreach.count", "$velocityCount", "#if($foreach.hasNext),#end", "#break") + "#end"
	case 15:
		return g.pick("#m("+g.simple()+" "+g.simple()+")", "#m()", "#unknown", "#unknown($a)", "#define($d)"+g.block()+"#end", "$d", "#stop", "#break", "#evaluate('$a')", "#[[ $a ]]#", "#literal()$a#end")
	case 16:
		return strings.Repeat(`\`, 1+g.Intn(3)) + g.pick("$a", "$zz", "$!a", "#if", "#set", "#x", "$input.path('$.a')", "!")
	case 17:
		return g.pick("$l.add("+g.simple()+")", "$m.put('k',"+g.simple()+")", "$!m.put('a',"+g.simple()+")", "$!l.remove(0)", "$!m.remove('k')", "$l.clear()", "$context.responseOverride.put('status',"+g.simple()+")", "$!a.put('a', 1)", "$!a.add(5)")
	case 18:
		return "#set($l = [" + g.simple() + ", " + g.simple() + "])"
	default:
		return "#set($m = {'k': " + g.simple() + ", 'a': " + g.simple() + "})"
	}
}

func (g *writer) text() string {
	return g.pick("a", " ", "{", "}", `"`, ",", "\n", ":", "x y", "é", "$ ", "# ", "1")
}

func (g *writer) unknown() string {
	return g.pick("$input.path('$.a')", "$input.path('$')", "$input.path('$.b')", "$input.json('$.a')", "$input.params('a')", "$input.params('x')", "$input.params().get('header').get('b')", "$input.body", "$context.httpMethod", "$context.identity.sourceIp", "$context.nothing", "$stageVariables.v", "$stageVariables.get('v')", "$util.escapeJavaScript($input.params('a'))", "$util.parseJson($input.body)", "$input.path('$').a", "$input.path('$').items.size()", "$input.params().header.keySet()")
}

func (g *writer) simple() string {
	return g.pick("$a", "$b", "$l", "$m", "$zz", "'t'", `"s"`, "1", "0", "true", "$i", "$p", g.unknown(), `"<$a>"`, "$q", "$c", "[1]", "'200'", "404")
}

func (g *writer) rendered() string {
	return g.pick("$a", "$!a", "${a}", "$!{b}", "$b", "$c", "$l", "$m", "$i", "$!i", "$p", "$zz", "$!zz", "$l.size()", "$l[0]", "$l.get(1)", "$m.k", "$m.get('a')", "$m.size()", "$m.keySet()", "$l.contains('t')", "$l.isEmpty()", "$a.length()", "$a.k", "$b.toUpperCase()", "$a.substring(0,1)", "$a.replace('a','z')", "$a.replaceAll('[ab]','z')", "$a.split(',').size()", "$m.containsKey('k')", "$i.key", "$i.value", "$foreach.index", "$util.base64Encode('x')", "$util.base64Encode($a)", "$util.urlEncode($a)", "$util.nothing(1)", "$input.nothing", "$context.requestId", "$context.responseOverride.status", "$zz.foo('x')", "$a.isEmpty()", "$a.equals($b)", "$m", g.unknown(), g.unknown())
}

func (g *writer) cond() string {
	return g.pick(g.simple(), g.simple()+" == "+g.simple(), g.simple()+" != "+g.pick("'a'", "''", "1", "true", "$zz"), "!"+g.simple(), "$a && $b", "$a || !$c", "$l.size() > 0", g.simple()+" > "+g.pick("0", "1", "$a"), "$a.equals('t')", "$a.isEmpty()", "$l.contains($a)", "$m.containsKey('k')", "(("+g.simple()+" == 't') || $b)", g.unknown()+" == "+g.pick("'a'", "'b'", "1", g.unknown()), g.unknown())
}

func (g *writer) expr() string {
	return g.pick(g.simple(), g.simple(), g.unknown(), g.simple()+" + "+g.simple(), "1 + 2", "5 / 2", "7 % 0", "1.5 * 2", `"$a-$zz-$!b"`, `"#if($a)y#{else}n#end"`, "$a == $b", "!$a", "[$a, $b]", "{'k': $a}", "[1..2]", "$l.size() + 1", "$m.put('k', 1)", "'x,y'.length", "$a.split(',')", "$b.toLowerCase()", "$l.get(0)", "$d", "'lit'", "400", "'500'", "$context.responseOverride", `"a""b"`)
}

// pattern returns a regular expression for the output of an outcome.
func pattern(pieces []Piece) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	for _, p := range pieces {
		if p.Hole != nil {
			b.WriteString(".*")
		} else {
			b.WriteString(regexp.QuoteMeta(p.Text))
		}
	}
	return regexp.MustCompile(b.String() + `\z`)
}

// admits reports whether the result allows for an output and a status.
func admits(outcomes []Outcome, patterns []*regexp.Regexp, text, status string) bool {
	for i, o := range outcomes {
		if o.Failure != nil || !patterns[i].MatchString(text) {
			continue
		}
		want := Override{Value: "null", Known: true}
		if n := len(o.Overrides); n > 0 {
			want = o.Overrides[n-1]
		}
		if !want.Known || want.Value == status {
			return true
		}
	}
	return false
}

// checkSound renders templates for several requests and reports outputs that
// evaluation did not foresee.
func checkSound(t *testing.T, templates []string) {
	t.Helper()
	lines := make([]string, len(templates))
	for i, s := range templates {
		lines[i] = base64.StdEncoding.EncodeToString([]byte(s))
	}
	bad, complete, known := 0, 0, 0
	for i, line := range runOracle(t, lines, "Render.java", "6") {
		tpl, err := Parse(templates[i])
		if err != nil {
			continue
		}
		res := tpl.Eval(Env{})
		if !res.Complete {
			continue
		}
		complete++
		patterns := make([]*regexp.Regexp, len(res.Outcomes))
		for j, o := range res.Outcomes {
			patterns[j] = pattern(o.Pieces)
		}
		if isKnown(res) {
			known++
		}
		for w, answer := range strings.Split(line, "\t") {
			a, b, _ := strings.Cut(answer, " ")
			if a == "!" {
				if isKnown(res) && res.Outcomes[0].Failure == nil {
					t.Errorf("%q fails: %s", templates[i], unbase64(t, b))
					bad++
				}
				continue
			}
			text, status := unbase64(t, a), unbase64(t, b)
			if !admits(res.Outcomes, patterns, text, status) {
				t.Errorf("%q in world %d: %q %s, not one of", templates[i], w, text, status)
				for _, o := range res.Outcomes {
					t.Logf("   %v %v %v %v", show(o.Pieces), o.Decisions, o.Overrides, o.Failure)
				}
				bad++
				break
			}
		}
		if bad > 5 {
			t.Fatal("too many")
		}
	}
	t.Logf("%d templates: %d decided, %d of them the same for every request", len(templates), complete, known)
}

// isKnown reports whether nothing depends on the request.
func isKnown(res Result) bool {
	if len(res.Outcomes) != 1 || len(res.Outcomes[0].Decisions) > 0 {
		return false
	}
	for _, p := range res.Outcomes[0].Pieces {
		if p.Hole != nil {
			return false
		}
	}
	return true
}

// show writes pieces with holes in guillemets.
func show(pieces []Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		if p.Hole != nil {
			b.WriteString("«" + p.Hole.Source + "»")
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

func TestOutcomesAreSound(t *testing.T) {
	g := &writer{&generator{Rand: rand.New(rand.NewSource(1))}}
	var templates []string
	for range 700 {
		templates = append(templates, g.template(), g.generator.template())
	}
	checkSound(t, templates)
}
