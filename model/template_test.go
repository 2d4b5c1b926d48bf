package model_test

import (
	"testing"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
)

func TestBrokenTemplates(t *testing.T) {
	for template, want := range map[string]tri.Bool{
		`{"a": 1}`:                            tri.No,
		`#if(true) 1 #end`:                    tri.No,
		`#if(true) 1`:                         tri.Yes,
		`#if($x) "${Queue.Arn}"`:              tri.Yes,   // an ARN has no #end
		`#if($x) "${text}"`:                   tri.Maybe, // a parameter may have one
		`#if(${flag}) 1 #end`:                 tri.Maybe,
		`#if(${Fn}) 1 #end`:                   tri.Maybe, // it may be a word, or a number
		`#set($x ) ${text}`:                   tri.Yes,   // whatever follows
		`${text} #set($x )`:                   tri.Maybe, // within a comment, perhaps
		`#set($x = "${text}") $x`:             tri.No,
		`#if(true)#if(true)#end ${text}`:      tri.Maybe,
		`#end ${text}`:                        tri.Yes,
		`#set($x = "${AWS::Region}`:           tri.Yes,
		`#foreach($x in [1, 2]) ${Fn.Arn} $x`: tri.Yes,
	} {
		read, ok := model.ReadTemplate(text(template))
		if !ok {
			t.Fatalf("%s: not read", template)
		}
		if _, got := read.Broken(); got != want {
			t.Errorf("%s: broken is %v, want %v", template, got, want)
		}
	}
	if _, ok := model.ReadTemplate(absent()); ok {
		t.Error("a template that is left out is read")
	}
}

func TestTemplatesWithoutJSON(t *testing.T) {
	for template, want := range map[string]tri.Bool{
		`{"a": 1}`:                             tri.No,
		`{"a": 1,}`:                            tri.Yes,
		`{"a": ${Table}}`:                      tri.Maybe, // it may be a number
		`{"a": "${Table}",}`:                   tri.Yes,
		`{"a": "${text}",}`:                    tri.Maybe,
		`{"a": ${Table.Arn} 1}`:                tri.Yes,
		`$input.body`:                          tri.No,
		`$input.json('$')`:                     tri.No,
		``:                                     tri.No,
		`#if($input.body) yes #else no #end`:   tri.Yes,
		`#if($input.body) yes #else 1 #end`:    tri.No,
		`#if($input.body) `:                    tri.No, // it fails anyway
		`{"a": $input.path('$.a')}`:            tri.No,
		`{"a": $undefined}`:                    tri.Yes,
		`Action=SendMessage&MessageBody=hello`: tri.Yes,
	} {
		read, _ := model.ReadTemplate(text(template))
		if _, got := read.NeverJSON(); got != want {
			t.Errorf("%s: never JSON is %v, want %v", template, got, want)
		}
	}
}
