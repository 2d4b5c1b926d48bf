package value_test

import (
	"path"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	. "github.com/apigwlint/apigwlint/value"
)

var nowhere source.Span

// text builds a text from "lit${Name}lit"; a name that begins with "Id" is the id of a resource.
func text(s string) Text {
	var parts []Part
	for {
		lit, rest, ok := strings.Cut(s, "${")
		parts = append(parts, Part{Lit: lit})
		if !ok {
			return Join(nowhere, parts...)
		}
		name, tail, _ := strings.Cut(rest, "}")
		ref := Ref{Kind: Parameter, Name: name}
		if strings.HasPrefix(name, "Id") {
			ref = Ref{Kind: Resource, Name: name, Segment: true}
		}
		parts = append(parts, Part{Ref: &ref})
		s = tail
	}
}

func TestZeroValuesDecideNothing(t *testing.T) {
	var o Of[int]
	var x Text
	var s Set[int]
	var m Map[int]
	for name, got := range map[string]tri.Bool{
		"Of.Present": o.Present(), "Of.Is": o.Is(func(int) bool { return true }),
		"Text.Present": x.Present(), "Text.Is": x.Is(""), "Text.Contains": x.Contains("a"),
		"Text.HasPrefix": x.HasPrefix(""), "Text.HasSuffix": x.HasSuffix(""), "Text.Equal": x.Equal(Lit("", nowhere)),
		"Text.Matches": x.Matches(func(string) bool { return true }), "Set.Empty": s.Empty(),
		"Set.Any": s.Any(func(int) tri.Bool { return tri.No }), "Map.Has": m.Has("a"), "Map.Present": m.Present(),
		"Glob pattern": Glob(x, Lit("a", nowhere), Wildcard), "Glob subject": Glob(Lit("*", nowhere), x, Wildcard),
	} {
		if got != tri.Maybe {
			t.Errorf("%s of the zero value is %v", name, got)
		}
	}
}

func TestAbsentIsNotUnknown(t *testing.T) {
	if Absent[int](nowhere).Present() != tri.No || NoText(nowhere).Is("") != tri.No || NoMap[int](nowhere).Has("a") != tri.No {
		t.Error("an absent setting is known not to be there")
	}
	if n, ok := Absent[int](nowhere).Or(29).Get(); !ok || n != 29 {
		t.Errorf("the default of an absent setting is %v, %v", n, ok)
	}
	if _, ok := Unknown[int](nowhere).Or(29).Get(); ok {
		t.Error("an unknown setting has no default")
	}
}

// fillings are strings that holes are filled with in TestSoundness. Those of a
// segment hold neither "/" nor ":".
var (
	fillings = []string{"", "a", "b", "ab", "a/b", ":", "/a"}
	segments = []string{"a", "b", "ab"}
)

// fill calls f with every pair of strings that the holes of t and u can become.
func fill(t, u Text, f func(a, b string)) {
	var refs []Ref
	seen := map[Ref]bool{}
	for _, x := range []Text{t, u} {
		for r := range x.Refs() {
			if !seen[r] {
				seen[r] = true
				refs = append(refs, r)
			}
		}
	}
	var walk func(i int, with map[Ref]string)
	walk = func(i int, with map[Ref]string) {
		if i == len(refs) {
			f(render(t, with), render(u, with))
			return
		}
		choices := fillings
		if refs[i].Segment {
			choices = segments
		}
		for _, c := range choices {
			with[refs[i]] = c
			walk(i+1, with)
		}
	}
	walk(0, map[Ref]string{})
}

func render(t Text, with map[Ref]string) string {
	var b strings.Builder
	for _, p := range t.Parts() {
		if p.Ref != nil {
			b.WriteString(with[*p.Ref])
		} else {
			b.WriteString(p.Lit)
		}
	}
	return b.String()
}

// TestSoundness fills the holes in every way and compares what comes out with
// what was claimed before: Yes must always hold, No never.
func TestSoundness(t *testing.T) {
	samples := []string{"", "a", "ab", "${A}", "a${A}", "${A}b", "a${A}b", "${A}${B}", "${A}${A}", "ab${A}ab", "${Id}/a", "a/${Id}", "${Id}", "a/*/b", "*${A}*", "${Id}/*/a", "*", "a*b", "?", "a?", "${A}?"}
	check := func(name string, claim tri.Bool, holds bool) {
		t.Helper()
		if claim == tri.Yes && !holds || claim == tri.No && holds {
			t.Errorf("%s is claimed to be %v, and is %v", name, claim, holds)
		}
	}
	for _, a := range samples {
		for _, b := range samples {
			x, y := text(a), text(b)
			equal, glob := x.Equal(y), Glob(x, y, Wildcard)
			fill(x, y, func(s, u string) {
				check(a+" equal "+b+" with "+s+", "+u, equal, s == u)
				check(a+" glob "+b+" with "+s+", "+u, glob, like(s, u))
			})
			if s, ok := y.Get(); ok {
				is, pre, suf, con := x.Is(s), x.HasPrefix(s), x.HasSuffix(s), x.Contains(s)
				fill(x, y, func(u, _ string) {
					check(a+" is "+s+" as "+u, is, u == s)
					check(a+" prefix "+s+" as "+u, pre, strings.HasPrefix(u, s))
					check(a+" suffix "+s+" as "+u, suf, strings.HasSuffix(u, s))
					check(a+" contains "+s+" as "+u, con, strings.Contains(u, s))
				})
			}
		}
	}
}

// like is IAM's StringLike for strings without holes, by way of path.Match,
// whose star stops at a slash.
func like(pattern, s string) bool {
	hide := strings.NewReplacer("/", "\x00")
	ok, err := path.Match(hide.Replace(pattern), hide.Replace(s))
	return err == nil && ok
}

func TestGlobDecides(t *testing.T) {
	for _, tt := range []struct {
		pattern, subject string
		want             tri.Bool
	}{
		{"arn:${IdApi}/*/GET/orders", "arn:${IdApi}/${Stage}/GET/orders", tri.Yes},
		{"arn:${IdApi}/*/GET/orders", "arn:${IdApi}/prod/POST/orders", tri.No},
		{"arn:${IdApi}/*/GET/orders/*", "arn:${IdApi}/prod/GET/orders", tri.No},
		{"arn:${IdApi}/*/*/*", "arn:${IdApi}/prod/$default", tri.No},
		{"arn:${IdApi}/*/*", "arn:${IdApi}/prod/$default", tri.Yes},
		{"arn:${IdApi}", "arn:${IdApi}/prod/$default", tri.No},
		{"arn:${IdApi}/prod/*", "arn:${IdApi}/${Stage}/GET/a", tri.Maybe},
		{"arn:${IdOther}/*", "arn:${IdApi}/prod/GET/a", tri.Maybe},
		{"${Arn}/*/*", "arn:${IdApi}/prod/GET/a", tri.Maybe},
		{"${Arn}/POST", "arn:${IdApi}/prod/GET", tri.No},
		{"${IdFn}", "${IdFn}:live", tri.No},
		{"${IdFn}:*", "${IdFn}:live", tri.Yes},
		{"${Param}", "${Param}:live", tri.Maybe},
	} {
		if got := Glob(text(tt.pattern), text(tt.subject), Wildcard); got != tt.want {
			t.Errorf("%s covers %s: %v, want %v", tt.pattern, tt.subject, got, tt.want)
		}
	}
}

func TestSlices(t *testing.T) {
	x := text("arn:${A}:fn:${B}/end")
	f, _ := x.Flat()
	i := strings.Index(f.S, ":fn:")
	if got := f.Slice(i+4, len(f.S)).String(); got != "${B}/end" {
		t.Errorf("after :fn: comes %q", got)
	}
	if got := f.Slice(0, i).String(); got != "arn:${A}" {
		t.Errorf("before :fn: comes %q", got)
	}
}

func TestMerge(t *testing.T) {
	e := func(k string, v int) Entry[int] { return Entry[int]{Key: Lit(k, nowhere), Value: v} }
	m := NewMap(nowhere, e("a", 1), e("b", 2)).Merge(NewMap(nowhere, e("b", 3)))
	if v, _ := m.Get("b"); v != 3 || m.Len() != 2 || m.Has("c") != tri.No {
		t.Errorf("merged into %+v", m)
	}
	if open := m.Merge(OpenMap[int](nowhere)); open.Has("c") != tri.Maybe {
		t.Error("a map merged with an open one is open")
	}
}

func TestFlatSlice(t *testing.T) {
	ref := Ref{Kind: Resource, Name: "r"}
	whole := Join(source.Span{}, Part{Lit: "ab"}, Part{Ref: &ref}, Part{Lit: "c"}, Part{Lit: "de"}, Part{Ref: &ref}, Part{Ref: &ref})
	f, ok := whole.Flat()
	if !ok {
		t.Fatal("not written down")
	}
	// Every slice that cuts no hole is the same part of the string.
	for i := range len(f.S) + 1 {
		for j := i; j <= len(f.S); j++ {
			if !utf8.ValidString(f.S[i:j]) {
				continue
			}
			if got := f.Slice(i, j).String(); got != strings.ReplaceAll(f.S[i:j], HoleString, "${r}") {
				t.Errorf("%d to %d: %q", i, j, got)
			}
		}
	}
}

// TestConcat requires that a text of many parts is that of appending them one by
// one, and takes no time that grows with the square of their number.
func TestConcat(t *testing.T) {
	p := Ref{Kind: Parameter, Name: "P"}
	texts := []Text{Lit("a", nowhere), Lit("b", nowhere).Assuming(p), Hole(p, nowhere), Lit("c", nowhere).Assuming(p)}
	one := Lit("", nowhere)
	for _, u := range texts {
		one = one.Append(u)
	}
	all := Concat(nowhere, texts...)
	if all.String() != one.String() || len(all.Assumes()) != 1 || all.Span() != nowhere {
		t.Errorf("%v, not %v, assuming %v", all, one, all.Assumes())
	}
	if Concat(nowhere, texts[0], NoText(nowhere)).Present() != tri.Maybe {
		t.Error("a text that is not there ends up as an empty one")
	}
	many := make([]Text, 200_000)
	for i := range many {
		many[i] = Hole(p, nowhere)
	}
	if n := len(Concat(nowhere, many...).Parts()); n != len(many) {
		t.Errorf("%d parts", n)
	}
}
