package model_test

import (
	"strings"
	"testing"
	"time"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

func TestDump(t *testing.T) {
	f := source.NewFile("t.yaml", []byte("line\nname: x\n"))
	at := f.Span(11, 12)
	fn := &model.Function{ID: "Fn", Name: value.Lit("x", at), Timeout: value.Known(3*time.Second, at), OtherTriggers: tri.No}
	api := &model.API{ID: "Api", Kind: model.HTTP, Name: value.NoText(at), Stages: value.Closed[*model.Stage]()}
	api.BinaryMediaTypes = value.Open(value.Lit("a/b", at), value.UnknownText(at))
	route := &model.Route{
		API: api, ID: "R", Method: value.NoText(at), Path: value.Lit("$default", at),
		RequestModels: value.OpenMap(at, value.Entry[value.Text]{Key: value.Lit("k", at), Value: value.NoText(at)}),
		Integration: value.Known(&model.Integration{
			Lambda: value.Known(&model.Invocation{Function: fn, Name: value.Hole(value.Ref{Kind: value.Resource, Name: "Fn", Attr: "Arn"}, at)}, at),
		}, at),
	}
	api.Routes = value.Open(route)
	api.Deployments = value.Closed(&model.Deployment{ID: "D", Reaches: value.Closed(route)})
	m := &model.Model{APIs: []*model.API{api}, Functions: value.Closed(fn), Roles: value.Closed[*model.Role]()}

	const want = `APIs:
  - Api
    Kind: HTTP
    BinaryMediaTypes: ["a/b", ?, …]
    Routes:
      - $default (R)
        Path: "$default"
        Integration:
          Lambda:
            Function: -> Fn
            Name: "${Fn.Arn}"
        RequestModels:
          "k": -
          …
        absent: Method
      …
    Deployments:
      - D
        Reaches:
          - -> $default (R)
    absent: Name, Stages
Functions:
  - Fn
    Name: "x"
    Timeout: 3s
    OtherTriggers: no
absent: Roles
`
	if got := model.Dump(m, false); got != want {
		t.Errorf("Dump returned\n%s\nwant\n%s", got, want)
	}
	const place = `Name: "x"  @t.yaml:2:7`
	if got := model.Dump(&model.Model{Functions: value.Open(fn)}, true); !strings.Contains(got, place) {
		t.Errorf("with places, Dump returned\n%s\nwithout %s", got, place)
	}
}
