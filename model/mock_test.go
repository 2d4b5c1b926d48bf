package model_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

func TestReadMock(t *testing.T) {
	for _, tt := range []struct {
		template string
		kind     model.MockKind
		code     int
	}{
		{`{"statusCode": 200}`, model.MockStatus, 200},
		{`{statusCode: 200}`, model.MockStatus, 200},
		{`{ 'statusCode' : 204 , }`, model.MockStatus, 204},
		{"{\n  \"statusCode\": 200,\n  \"a\": [1, {\"b\": null}, 'x',],\n}\n", model.MockStatus, 200},
		{`{"statusCode": 200, "id": "$context.requestId"}`, model.MockStatus, 200},
		{`{"statusCode": 200, "body": $input.json('$.a')}`, model.MockStatus, 200},
		{`{"statusCode": 200, "statusCode": 404}`, model.MockStatus, 404},
		{`{"body": {"statusCode": 200}}`, model.MockNone, 0},
		{`{"status": 200}`, model.MockNone, 0},
		{`{}`, model.MockNone, 0},
		{` `, model.MockNone, 0},
		{`{"statusCode": "200"}`, model.MockQuoted, 0},
		{`{'statusCode': '200'}`, model.MockQuoted, 0},
		{`"statusCode": 200`, model.MockBraces, 0},
		{`statusCode: 200`, model.MockBraces, 0},
		// What is computed, or not understood, is not decided.
		{`{"statusCode": $input.params('code')}`, model.MockUnknown, 0},
		{`{"statusCode": "$code"}`, model.MockUnknown, 0},
		{`{"statusCode": ${code}}`, model.MockUnknown, 0},
		{`#set($s = 200){"statusCode": $s}`, model.MockStatus, 200},
		{`#if($input.path('$.x'))#set($s = 200)#else#set($s = 200)#end{"statusCode": $s}`, model.MockStatus, 200},
		{`#if($input.path('$.x')){"statusCode": 200}#else{"statusCode": "500"}#end`, model.MockUnknown, 0},
		{`#if($input.path('$.x')){"statusCode": 200}#end`, model.MockUnknown, 0},
		{`{"$name": 200}`, model.MockNone, 0}, // an undefined reference is written as it stands
		{`{"StatusCode": 200}`, model.MockUnknown, 0},
		{`{"a": $input.json('$')}`, model.MockUnknown, 0},
		{`{"statusCode": 200`, model.MockUnknown, 0},
		{`{"statusCode": 200} trailing`, model.MockUnknown, 0},
		{`{"statusCode": null}`, model.MockUnknown, 0},
		{`{"statusCode": 2$x}`, model.MockUnknown, 0},
		{`$input.json('$')`, model.MockUnknown, 0},
		{`200`, model.MockUnknown, 0},
		{`{"a"`, model.MockUnknown, 0},
		{`{`, model.MockUnknown, 0},
		{`{"a": "`, model.MockUnknown, 0},
		{`{"a": [1`, model.MockUnknown, 0},
	} {
		got := model.ReadMock(value.Lit(tt.template, source.Span{}))
		code := 0
		if len(got.Codes) == 1 {
			code = got.Codes[0]
		}
		if got.Kind != tt.kind || code != tt.code {
			t.Errorf("%s: kind %d codes %v, want %d %d", tt.template, got.Kind, got.Codes, tt.kind, tt.code)
		}
		if (got.Kind == model.MockStatus || got.Kind == model.MockQuoted) && !strings.Contains(tt.template, "#") {
			if raw := tt.template[got.Start:got.End]; raw != got.Raw {
				t.Errorf("%s: the value is at %q, not %q", tt.template, raw, got.Raw)
			}
		}
	}
	if got := model.ReadMock(value.Hole(value.Ref{Name: "x"}, source.Span{})); got.Kind != model.MockUnknown {
		t.Errorf("a hole is of kind %d", got.Kind)
	}
	two := `#if($input.path('$.x')){"statusCode": 200}#else{"statusCode": 404}#end`
	if got := model.ReadMock(value.Lit(two, source.Span{})); got.Kind != model.MockStatus || !slices.Equal(slices.Sorted(slices.Values(got.Codes)), []int{200, 404}) {
		t.Errorf("two paths give kind %d, codes %v", got.Kind, got.Codes)
	}
	if got := model.ReadMock(value.Text{}); got.Kind != model.MockUnknown {
		t.Errorf("an unknown template is of kind %d", got.Kind)
	}
}

func FuzzReadMock(f *testing.F) {
	for _, s := range []string{`{"statusCode": 200}`, `{a:[`, `{'`, `{a:$x('`, "{\\"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := model.ReadMock(value.Lit(s, source.Span{}))
		if got.Start > got.End || got.End > len(s) {
			t.Errorf("%q: from %d to %d", s, got.Start, got.End)
		}
	})
}

func TestFindJava(t *testing.T) {
	for _, tt := range []struct {
		pattern, subject string
		want             tri.Bool
	}{
		{`.*`, "", tri.Yes},
		{`.+`, "", tri.No},
		{`^$|not found`, "", tri.Yes},
		{`(.|\n)*`, "", tri.Yes},
		{`4\d{2}`, "404", tri.Yes},
		{`4\d{2}`, "200", tri.No},
		{`00`, "200", tri.Yes}, // as a part
		{`[45][0-9]{2}`, "500", tri.Yes},
		{`(?!200)\d+`, "200", tri.Yes}, // in "00"
		// What Java reads in a way of its own.
		{`\d++`, "200", tri.Yes},
		{`[0-9&&[^2]]+`, "200", tri.Yes},
		{`[1-3[5-9]]`, "200", tri.Yes},
		{`\Q200\E`, "200", tri.Yes},
		{`\p{Digit}+`, "200", tri.Yes},
		{`[4-5&&[^4]]\d\d`, "404", tri.No},
		// What Java refuses, or what is not understood.
		{`\X`, "200", tri.Maybe},
		{`a{,3}`, "200", tri.Maybe},
		{`\d{3`, "200", tri.Maybe},
		{`{`, "200", tri.Maybe},
		{`(`, "200", tri.Maybe},
	} {
		if got := model.FindJava(tt.pattern, tt.subject); got != tt.want {
			t.Errorf("%s in %q: %v, want %v", tt.pattern, tt.subject, got, tt.want)
		}
	}
	if got := model.FindJava(`^(a+)+$`, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"); got != tri.Maybe {
		t.Errorf("an expression that takes forever: %v", got)
	}
}
