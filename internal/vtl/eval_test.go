package vtl

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apigwlint/apigwlint/tri"
)

func mustParse(t testing.TB, src string) *Template {
	t.Helper()
	tpl, err := Parse(src)
	if err != nil {
		t.Fatalf("%q: %v", src, err)
	}
	return tpl
}

// stage is a stage with one variable.
var stage = Env{StageVariable: func(name string) (string, bool) { return "blue", name == "colour" }}

func TestOutcomes(t *testing.T) {
	for _, c := range []struct {
		src  string
		want []string
	}{
		{"a b", []string{"a b"}},
		{"$a", []string{"$a"}},
		{"$!a ${a} $!{a.b}", []string{" ${a} "}},
		{"#set($a = 1)$a \\$a \\\\$a", []string{"1 $a \\1"}},
		{"#set($a = 1 + 2 * 3)$a", []string{"7"}},
		{"#set($a = 'x$b')$a #set($b = \"$a!\")$b", []string{"x$bx$b!"}},
		{"#if($input.path('$.a') == 1)x#{else}y#end", []string{"y", "x"}},
		{"#if($stageVariables.colour == 'blue')x#{else}y#end", []string{"x"}},
		{"#if($stageVariables.get('other') == 'blue')x#{else}y#end", []string{"y", "x"}},
		{"#if($context.httpMethod == 'GET')a#end#if($context.httpMethod == 'POST')b#end#if($context.httpMethod == 'GET')c#end", []string{"", "b", "ac"}},
		{"#if($a)x#end#if(1)y#end#if(!$a)z#end", []string{"z"}},
		{"[#foreach($i in [1..3])$i#if($foreach.hasNext),#end#end]", []string{"[1,2,3]"}},
		{"[#foreach($i in $input.path('$.x'))<$i>#end]", []string{"[]", "[<«$i»>]", "[«#foreach($i in $input.path('$.x'))<$i>#end»]"}},
		{"#set($m = {'a': [1, 'b']})$m.a $m.size() $m.get('a').get(1) $m", []string{"[1, b] 1 b {a=[1, b]}"}},
		{"#set($l = [])$l.add('x')$l.size()$l[0]$l[-1]", []string{"true1xx"}},
		{"#macro(m $p)<$p>#end#m('a')#m($q)#m()", []string{"<a><$q><$p>"}},
		{"#define($d)[$a]#end#set($a = 1)$d", []string{"[1]"}},
		{"a#stop b", []string{"a"}},
		{"#foreach($i in [1..9])$i#if($i == 2)#break#end#end", []string{"12"}},
		{"#set($a = $zz)$a#set($a = 'x')#set($a = $zz)$a", []string{"$ax"}},
		{"#set($a = 'a,b,,')$a.split(',').size() $a.replace(',', ';') $a.substring(1, 3) $a.toUpperCase()", []string{"2 a;b;; ,b A,B,,"}},
		{"#set($a = $input.params('x'))$a.length() $util.urlEncode($a)", []string{"«$a.length()» «$util.urlEncode($a)»"}},
		{"$util.base64Encode('ab')", []string{"YWI="}},
		{"#set(${x} = 1)$x", []string{"$x"}},
		{"$!5 #[[ $x ]]# a## b\nc#* d *#e", []string{"$5  $x  ace"}},
		{"#unknown($a) #fff", []string{"#unknown($a) #fff"}},
		{"#set($x = {})#set($x.y = $input.body)#if($x.y)1#else 2#end", []string{" 2", "1"}},
		{"$esc.newline", []string{"«$esc.newline»"}},
	} {
		res := mustParse(t, c.src).Eval(stage)
		var got []string
		for _, o := range res.Outcomes {
			got = append(got, show(o.Pieces))
		}
		if !res.Complete || !slices.Equal(got, c.want) {
			t.Errorf("%q: %q (%v), want %q", c.src, got, res.Complete, c.want)
		}
	}
}

func TestTooManyPathsAreUndecided(t *testing.T) {
	src := ""
	for i := range 7 {
		src += fmt.Sprintf("#if($input.path('$.%d'))x#end", i)
	}
	res := mustParse(t, src).Eval(Env{})
	if res.Complete || len(res.Outcomes) != maxPaths {
		t.Errorf("%d outcomes, complete: %v", len(res.Outcomes), res.Complete)
	}
	if some, every := res.CanBeJSON(); some != tri.Maybe || every != tri.Maybe {
		t.Errorf("JSON: %v, %v", some, every)
	}
	if res := mustParse(t, "#macro(m)#m()#m()#end#m()").Eval(Env{}); len(res.Outcomes) != 1 || res.Outcomes[0].Failure == nil {
		t.Errorf("endless macro: %+v", res)
	}
	if res := mustParse(t, "#set($l = [1, 2])#foreach($i in $l)$l.add(3)#end").Eval(Env{}); res.Complete {
		t.Error("a loop over a list that grows is complete")
	}
	grow := "#set($a = 'x')" + strings.Repeat("#set($a = \"$a$a\")", 40)
	if res := mustParse(t, grow).Eval(Env{}); res.Complete {
		t.Error("a string of a terabyte is complete")
	}
}

func TestFailures(t *testing.T) {
	for _, c := range []struct{ src, at string }{
		{"#set($l = [1])a$l[1]", "$l[1]"},
		{"#set($s = 'ab')$s.substring(1, 9)", "$s.sub"},
		{"#foreach($x)a#end", "#foreach"},
	} {
		res := mustParse(t, c.src).Eval(Env{})
		if len(res.Outcomes) != 1 || res.Outcomes[0].Failure == nil || !strings.HasPrefix(c.src[res.Outcomes[0].Failure.Offset:], c.at) {
			t.Errorf("%q: %+v", c.src, res)
		}
	}
}

func TestMockStatus(t *testing.T) {
	for _, c := range []struct {
		src  string
		want string
	}{
		{`{"statusCode": 200}`, "[1:200]"},
		{`{statusCode: 200,}`, "[1:200]"},
		{`{'statusCode' : 404}`, "[1:404]"},
		{`{"statusCode": "200"}`, `[3:"200"]`},
		{`{}`, "[2:]"},
		{``, "[2:]"},
		{"\n  ", "[2:]"},
		{`"statusCode": 200`, `[4:"statusCode": 200]`},
		{`{"message": $input.json('$.m')}`, "[0:]"},
		{`{"message": "$context.requestId", "statusCode": 503}`, "[1:503]"},
		{`{"statusCode": $input.params('s')}`, "[0:]"},
		{`#set($s = 201){"statusCode": $s}`, "[1:201]"},
		{`#set($s = "201"){"statusCode": "$s"}`, `[3:"201"]`},
		{`{#if($input.params('fail') == 'true')"statusCode": 500#{else}"statusCode": 200#end}`, "[1:200] [1:500]"},
		{"#if($input.params('scope') == 'internal'){\"statusCode\": 200}#{else}{\"code\": 500}#end", "[2:] [1:200]"},
		{"#set($s = 200)#if($input.path('$.x'))#set($s = 404)#end{\"statusCode\": $s}", "[1:200] [1:404]"},
		{"#foreach($h in $input.params().header.keySet())#end{\"statusCode\": 200}", "[1:200] [1:200] [0:]"},
		{`{"statusCode": 200, "a": {"statusCode": 500}}`, "[1:200]"},
		{"## comment\n{\"statusCode\": 200}", "[1:200]"},
	} {
		var got []string
		for _, o := range mustParse(t, c.src).Eval(Env{}).Outcomes {
			m := o.MockStatus()
			s := fmt.Sprintf("[%d:%s]", m.Kind, m.Raw)
			if m.Kind == MockUndecided {
				s = "[0:]"
			}
			got = append(got, s)
			if m.Kind == MockInteger && !strings.Contains(c.src[m.Offset:m.End], m.Raw) && !strings.Contains(c.src[m.Offset:m.End], "$") {
				t.Errorf("%q: %q comes from %q", c.src, m.Raw, c.src[m.Offset:m.End])
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%q: %v, want %s", c.src, got, c.want)
		}
	}
}

func TestJSON(t *testing.T) {
	for _, c := range []struct {
		src         string
		some, every tri.Bool
		at          string // what is wrong
	}{
		{`{"a": [1, -2.5e3, true, null, "x\n\u00e9"]}`, tri.Yes, tri.Yes, ""},
		{`$input.json('$')`, tri.Yes, tri.Yes, ""},
		{`{"a": $input.json('$.a'), "b": "$stageVariables.b"}`, tri.Yes, tri.Yes, ""},
		{`{"a": "$input.path('$.a')"}`, tri.Maybe, tri.Maybe, ""},
		{`{"a": $input.path('$.a')}`, tri.Maybe, tri.Maybe, ""},
		{`{"a": 1,}`, tri.No, tri.No, "}"},
		{`{"a": 1 "b": 2}`, tri.No, tri.No, `"b"`},
		{`{"a": $nothing}`, tri.No, tri.No, "$nothing"},
		{`{"a": $input.json('$.a') "b": 2}`, tri.No, tri.No, `"b"`},
		{`{a: 1}`, tri.No, tri.No, "a:"},
		{`{"a": 01}`, tri.No, tri.No, "01"},
		{`{"a": "x`, tri.No, tri.No, ""},
		{`{"a": 'x'}`, tri.No, tri.No, "'x'"},
		{"{\"a\": \"x\ny\"}", tri.No, tri.No, "\n"},
		{`{"a": "it\'s"}`, tri.No, tri.No, "'"},
		{`[#foreach($i in [1..3])$i,#end]`, tri.No, tri.No, "]"},
		{`[#foreach($i in $input.path('$.l'))"x"#if($foreach.hasNext),#end#end]`, tri.Maybe, tri.Maybe, ""},
		{`{#if($context.a)"a": 1#end}`, tri.Yes, tri.Yes, ""},
		{`{"b": 2#if($context.a) "a": 1#end}`, tri.Maybe, tri.Maybe, `"a"`},
		{``, tri.Maybe, tri.Maybe, ""},
		{`$input.body`, tri.Maybe, tri.Maybe, ""},
		{`{"a": 1} x`, tri.No, tri.No, "x"},
		{`{"a": 1$input.path('$.b')}`, tri.Maybe, tri.Maybe, ""},
		{`{"a":, "b": 1}`, tri.No, tri.No, ","},
		{`#set($x = {"a": 1}){"x": $x}`, tri.No, tri.No, "$x"},
	} {
		res := mustParse(t, c.src).Eval(Env{})
		some, every := res.CanBeJSON()
		if some != c.some || every != c.every {
			t.Errorf("%q: some %v, every %v; want %v, %v", c.src, some, every, c.some, c.every)
		}
		for _, o := range res.Outcomes {
			if j := o.JSON(); j.Valid == tri.No && (j.Message == "" || !strings.HasPrefix(c.src[j.Offset:], c.at)) {
				t.Errorf("%q: %q at %q", c.src, j.Message, c.src[j.Offset:])
			}
		}
	}
}

func TestPlaces(t *testing.T) {
	src := `#set($b = $util.escapeJavaScript($input.body)){"a": "$input.path('$.a')", "b": "$b", ` +
		`"c": "$util.escapeJavaScript($input.params('c')).replaceAll("\\'","'")", "d": $input.path('$.d'), "e": "$input.json('$.e')", "f": "$context.requestId", ` +
		`"g": "$util.escapeJavaScript($input.params('c')).replaceAll("\'","'")", "h": "$input.params('h')", "i": "$util.urlEncode($input.body)"}`
	var got []string
	for _, p := range mustParse(t, src).Eval(Env{}).Places() {
		got = append(got, fmt.Sprintf("%d %s", p.Kind, src[p.Offset:p.End]))
	}
	want := []string{"0 $input.path('$.a')", "1 $b", "2 $input.path('$.d')", "3 $input.json('$.e')",
		`1 $util.escapeJavaScript($input.params('c')).replaceAll("\'","'")`, // in Velocity one backslash escapes the quote for the regular expression only
		"0 $input.params('h')"}
	if !slices.Equal(got, want) {
		t.Errorf("places are %q, want %q", got, want)
	}
}

func TestUses(t *testing.T) {
	src := `$util.toJson($x) $util.escapeJavaScript("$util.qr(1)") $ctx.args $input.path('$') $input.header('x') $context.arguments.id \$util.foo()` +
		` $stageVariables.a ${stageVariables.b} $stageVariables.get('c') $stageVariables["d"] "$stageVariables.get($e)" #set($f = "x$stageVariables.f")`
	tpl := mustParse(t, src)
	var got []string
	for _, u := range tpl.UnknownFunctions() {
		got = append(got, u.Name+"@"+src[u.Offset:u.End])
	}
	want := []string{"$util.toJson@$util.toJson($x)", "$util.qr@$util.qr(1)", "$ctx@$ctx.args", "$input.header@$input.header('x')", "$context.arguments@$context.arguments.id"}
	if !slices.Equal(got, want) {
		t.Errorf("unknown functions are %q", got)
	}
	got = nil
	for _, u := range tpl.StageVariables() {
		got = append(got, u.Name+"@"+src[u.Offset:u.End])
	}
	want = []string{"a@$stageVariables.a", "b@${stageVariables.b}", "c@$stageVariables.get('c')", `d@$stageVariables["d"]`, "f@$stageVariables.f"}
	if !slices.Equal(got, want) {
		t.Errorf("stage variables are %q", got)
	}
	if u := mustParse(t, "#set($util = {})$util.foo()").UnknownFunctions(); u != nil {
		t.Errorf("a variable is taken for $util: %v", u)
	}
}

func TestOverrides(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"#set($context.responseOverride.status = 400)", "400"},
		{"#set($s = '404')#set($context.responseOverride.status = $s)", "404"},
		{"#set($context.responseOverride.status = $input.path('$.s'))", "?"},
		{"#set($o = $context.responseOverride)#set($o.status = 201)", "201"},
		{"$context.responseOverride.put('status', 202)", "202"},
		{"#set($context.responseOverride = {'status': 444})", "444"},
		{"#set($context.responseOverride['status'] = 445)", "445"},
		{"#set($context.responseOverride.header.status = 'x')", ""},
		{"#set($context.requestOverride.path.status = 1)", ""},
		{"#foreach($i in [1])#set($context.responseOverride.status = $i)#end", "1"},
		{"#if($a)#set($context.responseOverride.status = 400)#end", ""},
		{"#set($context.responseOverride.status = 'abc')", "abc"},
	} {
		res := mustParse(t, c.src).Eval(Env{})
		got := ""
		for _, o := range res.Outcomes {
			for _, v := range o.Overrides {
				if v.Known {
					got += v.Value
				} else {
					got += "?"
				}
			}
		}
		if got != c.want {
			t.Errorf("%q: status %q, want %q", c.src, got, c.want)
		}
	}
}

func TestLongLoops(t *testing.T) {
	for _, c := range []struct {
		src  string
		want int
	}{
		{"#foreach($i in [1..1000])x#end", 0},
		{"#foreach($i in [1..1001])x#end", 1001},
		{"#foreach($i in [100000..1])x#end", 100000},
		{"#set($r = [0..5000])#foreach($i in $r)x#end", 5001},
		{"#foreach($i in [1..$input.path('$.n')])x#end", 0},
	} {
		got := 0
		for _, o := range mustParse(t, c.src).Eval(Env{}).Outcomes {
			for _, l := range o.Loops {
				got = l.Count
				if !strings.HasPrefix(c.src[l.Offset:], "[") && !strings.HasPrefix(c.src[l.Offset:], "$r") {
					t.Errorf("%q: loop over %q", c.src, c.src[l.Offset:l.End])
				}
			}
		}
		if got != c.want {
			t.Errorf("%q: %d iterations, want %d", c.src, got, c.want)
		}
	}
}
