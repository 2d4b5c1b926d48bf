package model_test

import (
	"testing"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

func TestLostVariables(t *testing.T) {
	f := source.NewFile("t.tf", []byte("https://${stageVariables.host}/a"))
	at := f.Span(8, 30)
	lost := value.Lit("https://", f.Span(0, 8)).Append(value.Hole(model.LostVariable("host"), at)).Append(value.Lit("/a", f.Span(30, 32)))
	uses := model.LostVariables(lost)
	if len(uses) != 1 || uses[0].Name != "host" || uses[0].Span != at {
		t.Fatalf("%+v", uses)
	}
	flat, _ := lost.Flat()
	if got := flat.S[uses[0].Start:uses[0].End]; got != value.HoleString {
		t.Errorf("it stands at %q", got)
	}
	for _, other := range []value.Text{
		value.Lit("https://${stageVariables.host}/a", at),
		value.Hole(value.Ref{Kind: value.Other, Name: "stageVariables.host"}, at), // a placeholder of a build
		value.Hole(value.Ref{Kind: value.Resource, Name: "stageVariables", Attr: "host"}, at),
		value.UnknownText(at),
		value.NoText(at),
	} {
		if got := model.LostVariables(other); len(got) > 0 {
			t.Errorf("%v: %+v", other, got)
		}
	}
}

func TestUnresolved(t *testing.T) {
	at := source.NewFile("t.yaml", []byte("x")).Span(0, 1)
	got := model.Unresolved(value.Lit("path/${stageVariables.path}/invocations", at))
	for pattern, want := range map[string]tri.Bool{
		"path/2015-03-31/invocations": tri.Maybe,
		"path/2015-03-31":             tri.No,
		"*":                           tri.Yes,
	} {
		if is := value.Glob(value.Lit(pattern, at), got, value.Wildcard); is != want {
			t.Errorf("%s: %v, want %v", pattern, is, want)
		}
	}
	if plain := value.Lit("path/a", at); model.Unresolved(plain).Is("path/a") != tri.Yes {
		t.Error("a text without stage variables changes")
	}
}

func TestRefusedByJava(t *testing.T) {
	for pattern, want := range map[string]bool{
		`*error*`: true, `(`: true, `[0-9`: true, `.*error.*`: false, `\d++`: false, `(?<=a)b`: false, `\X`: false, ``: false,
	} {
		if why, refused := model.RefusedByJava(pattern); refused != want || refused != (why != "") {
			t.Errorf("%s: %v, %q", pattern, refused, why)
		}
	}
}
