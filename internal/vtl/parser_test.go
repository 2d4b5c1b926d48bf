package vtl

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestSyntaxErrors(t *testing.T) {
	for _, c := range []struct{ src, at, message string }{
		{"{#if($a)\nx}", "#if", "#if has no #end"},
		{"#foreach($i in $l)x", "#foreach", "#foreach has no #end"},
		{"a#set($a)b", ")b", `unexpected ")" in #set where "=" must stand`},
		{"#set($a = )", ")", `unexpected ")" where a value must stand`},
		{"a\n#end", "#end", "#end without a directive that it could end"},
		{"#else", "#else", "#else without #if"},
		{"#if($a)#else#elseif($b)#end", "#elseif", "#elseif after #else"},
		{"#foreach($a in $b)#else#end", "#else", "#else in #foreach, without #if"},
		{"$input.json('$.a)", "'$.a)", "string has no closing '"},
		{"$input.json('$.a'", "", `template ends in the arguments of json where "," or ")" must stand`},
		{"#set($a = \"x)", "\"x)", `string has no closing "`},
		{"#if($a = 1)x#end", "= 1", `unexpected "=" in #if where an operator or ")" must stand`},
		{"#set($a = null)", "null", `unexpected "null" where a value must stand`},
		{"#set(a = 1)", "a =", `unexpected "a" in #set where a reference must stand`},
		{"cost: 5$", "$", `template ends after "$"`},
		{"#macro()x#end", "#macro", "#macro has no name"},
		{"#[[ x", "#[[", "#[[ has no ]]#"},
		{"${a.b", "", "template ends where } of a reference must stand"},
		{"#set($a = $b ? 1 : 2)", "? 1", `unexpected "?" in the arguments of a directive`},
		{"#if $a x #end", "$a", `unexpected "$a" where "(" of #if must stand`},
		{"$a.b( )", ")", `unexpected ")" in the arguments of b`},
	} {
		_, err := Parse(c.src)
		var e *SyntaxError
		if !errors.As(err, &e) {
			t.Errorf("%q: %v", c.src, err)
			continue
		}
		if e.Message != c.message || !strings.HasPrefix(c.src[e.Offset:], c.at) || c.at == "" && e.Offset != len(c.src) {
			t.Errorf("%q: %q at %q, want %q at %q", c.src, e.Message, c.src[e.Offset:], c.message, c.at)
		}
	}
}

func TestValid(t *testing.T) {
	for _, src := range []string{
		"", "a b", "$ ", "# ", "\\# ", "#ffffff", "$1.50 ", "# title", "a$ b", "$$x", "{\"a\": $x}", "$.ajax()", "${", "$(a)", "#elsewhere",
		"#set($a={\"k\":[1,2]})", "#if($a==\"x\"&&!$b.isEmpty()||$c>0)y#elseif($d)z#{else}w#end", "#[[ $x #if ]]#", "## #if(", "#* #if *#",
		"#foreach($i in [1..3])$i#if($foreach.hasNext),#end#end", "\\#if(", "#set($context.responseOverride.status = 400)", "#* open",
		"$util.escapeJavaScript($input.body).replaceAll(\"\\\\'\",\"'\")", "#foo", "#foo(a b)", "#@m()x#end", "é$x é",
	} {
		if _, err := Parse(src); err != nil {
			t.Errorf("%q: %v", src, err)
		}
	}
}

func TestFault(t *testing.T) {
	for _, c := range []struct{ src, at string }{
		{`a#set($x = "#if($a)")`, `#if($a)")`},
		{"a #evaluate", "#evaluate"},
		{"#stop($a $b)", "#stop"},
		{"#define()x#end", "#define"},
		{`x#foreach`, "#foreach"},
		{`$a.b("\u12")`, `\u12`},
		{`#set($x = "$")`, ""},
	} {
		tpl, err := Parse(c.src)
		if err != nil {
			t.Fatal(err)
		}
		f := tpl.Fault()
		if (f == nil) != (c.at == "") || f != nil && !strings.HasPrefix(c.src[f.Offset:], c.at) {
			t.Errorf("%q: %+v", c.src, f)
		}
		if res := tpl.Eval(Env{}); f != nil && (len(res.Outcomes) != 1 || res.Outcomes[0].Failure == nil) {
			t.Errorf("%q: evaluates to %+v", c.src, res)
		}
	}
}

// hostile are pieces that cost a lot when they are looked at again and again.
var hostile = []string{
	`\`, "$", "#", "$!", "#*", "[", "(", "{", "!", "$a.b(", "$a[", "#if(", "#if($a)", "#foreach($a in $b)", "#set($a = [", "#set($a = {'a':",
	"#set($a = (", "#set($a = 1 + ", "#foo(", "#foo ", `"`, `""`, "'", "$a.b.", " ", " #set", "#set ", "#else ", "##", "$a.b()", "#a", "#macro(a)",
	"#set($a = \"", "$a[$a[", "#{", "x", "é", "#set($a = !", "-", "1", "..", "#end", `\$a`, `\\#if`, "$$", "$!$", "#$a", "#[[", "]]#", "#**", "*#",
}

func TestLongInputsAreCheap(t *testing.T) {
	const size = 1 << 17
	for _, piece := range hostile {
		src := strings.Repeat(piece, size/len(piece))
		start := time.Now()
		tpl, err := Parse(src)
		if d := time.Since(start); d > 3*time.Second {
			t.Errorf("parsing %q again and again takes %v", piece, d)
		}
		start = time.Now()
		if err == nil {
			for _, o := range tpl.Eval(Env{}).Outcomes {
				o.JSON()
				o.MockStatus()
			}
		}
		if d := time.Since(start); d > 3*time.Second {
			t.Errorf("evaluating %q again and again takes %v", piece, d)
		}
	}
}

func TestDeepNestingIsRefused(t *testing.T) {
	_, err := Parse(strings.Repeat("#if($a)", 5000) + strings.Repeat("#end", 5000))
	if !errors.Is(err, ErrTooDeep) {
		t.Errorf("error is %v", err)
	}
	_, err = Parse("#set($a = 1" + strings.Repeat(" + 1", 1<<18) + ")")
	if !errors.Is(err, ErrTooDeep) {
		t.Errorf("error is %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Add(`#set($a = "x$b.c('d')[0]")#if($a == 1)$a#elseif(!$b)${c}#else $!d #end`)
	f.Add(`#macro(m $a)[$a]#end#foreach($i in [1..3])#m($i)#if($foreach.hasNext),#end#end`)
	f.Fuzz(func(t *testing.T, src string) {
		tpl, err := Parse(src)
		var e *SyntaxError
		switch {
		case errors.As(err, &e):
			if e.Offset < 0 || e.Offset > len(src) || e.Message == "" {
				t.Errorf("error %+v", e)
			}
			return
		case err != nil:
			return
		}
		inside := func(start, end int) {
			if start < 0 || end < start || end > len(src) {
				t.Errorf("%d to %d lies outside of %d bytes", start, end, len(src))
			}
		}
		Walk(tpl.Body, func(n Node) { inside(n.Span()) })
		for _, o := range tpl.Eval(Env{}).Outcomes {
			for _, p := range o.Pieces {
				inside(p.Offset, p.End)
			}
			j := o.JSON()
			inside(j.Offset, j.End)
			m := o.MockStatus()
			inside(m.Offset, m.End)
		}
		for _, u := range append(tpl.UnknownFunctions(), tpl.StageVariables()...) {
			inside(u.Offset, u.End)
		}
	})
}

const typical = `#set($inputRoot = $input.path('$'))
#if($inputRoot.kind == "a" || $stageVariables.mode == "b")
#set($context.responseOverride.status = 400)
{"message": "$util.escapeJavaScript($inputRoot.message).replaceAll("\\'", "'")"}
#else
{
  "id": "$context.requestId",
  "items": [
#foreach($item in $inputRoot.items)
    {"name": "$item.name", "value": $item.value}#if($foreach.hasNext),#end
#end
  ],
  "body": $input.json('$')
}
#end
`

func BenchmarkParse(b *testing.B) {
	b.SetBytes(int64(len(typical)))
	for b.Loop() {
		if _, err := Parse(typical); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEval(b *testing.B) {
	tpl, err := Parse(typical)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		tpl.Eval(Env{})
	}
}
