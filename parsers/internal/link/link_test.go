package link_test

import (
	"strings"
	"testing"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/link"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var nowhere source.Span

// text builds a text from "lit${Name.Attr}lit"; ${P…} is a parameter and
// ${stageVariables.x} stays as it is.
func text(s string) value.Text {
	var parts []value.Part
	for {
		lit, rest, ok := strings.Cut(s, "${")
		parts = append(parts, value.Part{Lit: lit})
		if !ok {
			return value.Join(nowhere, parts...)
		}
		name, tail, _ := strings.Cut(rest, "}")
		s = tail
		if strings.HasPrefix(name, "stageVariables.") {
			parts = append(parts, value.Part{Lit: "${" + name + "}"})
			continue
		}
		id, attr, _ := strings.Cut(name, ".")
		ref := value.Ref{Kind: value.Resource, Name: id, Attr: attr, Segment: attr == ""}
		switch {
		case strings.HasPrefix(id, "AWS::"):
			ref = value.Ref{Kind: value.Pseudo, Name: id[5:], Segment: true}
		case strings.HasPrefix(id, "P"):
			ref = value.Ref{Kind: value.Parameter, Name: id}
		}
		parts = append(parts, value.Part{Ref: &ref})
	}
}

func ref(id, attr string) value.Ref { return value.Ref{Kind: value.Resource, Name: id, Attr: attr} }

// world is a linker that knows the function Fn, called orders, its alias live
// under the id Alias and its version Version, the function Stack, whose name
// holds a pseudo parameter, and the role Role, called caller.
func world() *link.Linker {
	l := link.New()
	fn := &model.Function{ID: "Fn", Name: text("orders")}
	l.Register(ref("Fn", ""), link.Target{Function: fn})
	l.Register(ref("Fn", "Arn"), link.Target{Function: fn})
	other := &model.Function{ID: "Stack", Name: text("${AWS::StackName}-fn")}
	l.Register(ref("Stack", ""), link.Target{Function: other})
	l.Register(ref("Stack", "Arn"), link.Target{Function: other})
	live, version := text("live"), text("${Version.Version}")
	l.Register(ref("Alias", ""), link.Target{Function: fn, Qualifier: &live})
	l.Register(ref("Version", ""), link.Target{Function: fn, Qualifier: &version})
	l.Register(ref("Version", "Version"), link.Target{Function: fn, Qualifier: &version, QualifierOnly: true})
	role := &model.Role{ID: "Role", Name: text("caller")}
	l.Register(ref("Role", ""), link.Target{Role: role})
	l.Register(ref("Role", "Arn"), link.Target{Role: role})
	l.Register(ref("Listener", ""), link.Target{LoadBalancer: &model.LoadBalancer{ID: "NLB"}})
	return l
}

func show(t value.Text) string {
	switch t.Present() {
	case tri.Yes:
		return t.String()
	case tri.No:
		return "-"
	}
	return "?"
}

func TestInvocation(t *testing.T) {
	l := world()
	for _, tt := range []struct{ name, function, qualifier, region, account string }{
		{"${Fn}", "Fn", "-", "-", "-"},
		{"${Fn.Arn}", "Fn", "-", "-", "-"},
		{"orders", "Fn", "-", "-", "-"},
		{"orders:live", "Fn", "live", "-", "-"},
		{"orders:$LATEST", "Fn", "$LATEST", "-", "-"},
		{"function:orders", "Fn", "-", "-", "-"},
		{"123456789012:function:orders", "Fn", "-", "-", "123456789012"},
		{"123456789012:function:orders:3", "Fn", "3", "-", "123456789012"},
		{"us-east-1:123456789012:function:orders", "Fn", "-", "us-east-1", "123456789012"},
		{"arn:aws:lambda:us-east-1:123456789012:function:orders", "Fn", "-", "us-east-1", "123456789012"},
		{"arn:aws:lambda:us-east-1:123456789012:function:orders:live", "Fn", "live", "us-east-1", "123456789012"},
		{"arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${Fn}", "Fn", "-", "${AWS::Region}", "${AWS::AccountId}"},
		{"arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:${Fn}:live", "Fn", "live", "${AWS::Region}", "${AWS::AccountId}"},
		{"${Fn.Arn}:live", "Fn", "live", "-", "-"},
		{"${Fn}:${PAlias}", "Fn", "${PAlias}", "-", "-"},
		{"${Alias}", "Fn", "live", "-", "-"},
		{"${Version}", "Fn", "${Version.Version}", "-", "-"},
		{"${Fn.Arn}:${Version.Version}", "Fn", "${Version.Version}", "-", "-"},
		{"${AWS::StackName}-fn", "Stack", "-", "-", "-"},
		{"arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:${AWS::StackName}-fn:v1", "Stack", "v1", "${AWS::Region}", "${AWS::AccountId}"},
		{"${AWS::StackName}-other", "", "-", "-", "-"},
		{"other", "", "-", "-", "-"},
		{"${PArn}", "", "?", "-", "-"},
		{"${PName}:live", "", "live", "-", "-"},
		{"${stageVariables.fn}", "", "?", "-", "-"},
		{"${stageVariables.fn}:live", "", "live", "-", "-"},
		{"arn:aws:lambda:us-east-1:123456789012:function:${stageVariables.fn}", "", "?", "us-east-1", "123456789012"},
		{"${Fn.Arn}:${stageVariables.alias}", "Fn", "${stageVariables.alias}", "-", "-"},
		{"${Version.Version}", "", "-", "-", "-"}, // a number alone is no function
	} {
		inv := l.Invocation(text(tt.name))
		function := ""
		if inv.Function != nil {
			function = inv.Function.ID
		}
		if function != tt.function || show(inv.Qualifier) != tt.qualifier || show(inv.Region) != tt.region || show(inv.Account) != tt.account {
			t.Errorf("%s names function %q, qualifier %s, region %s, account %s; want %q, %s, %s, %s", tt.name,
				function, show(inv.Qualifier), show(inv.Region), show(inv.Account), tt.function, tt.qualifier, tt.region, tt.account)
		}
	}
	if inv := l.Invocation(value.UnknownText(nowhere)); inv.Function != nil || inv.Qualifier.Present() != tri.Maybe {
		t.Error("an unknown name names something")
	}
}

func TestFromURI(t *testing.T) {
	l := world()
	const path = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
	for _, tt := range []struct {
		uri     string
		present tri.Bool
		names   string
	}{
		{path + "${Fn.Arn}/invocations", tri.Yes, "Fn"},
		{path + "${Fn.Arn}:live/invocations", tri.Yes, "Fn:live"},
		{path + "${Alias}/invocations", tri.Yes, "Fn:live"},
		{path + "arn:aws:lambda:us-east-1:123456789012:function:orders/invocations", tri.Yes, "Fn"},
		{"arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/${Fn.Arn}/response-streaming-invocations", tri.Yes, "Fn"},
		{path + "${PArn}/invocations", tri.Yes, "${PArn}"},
		{path + "${Fn.Arn}", tri.Maybe, ""},
		{path + "${Fn.Arn}/configuration", tri.No, ""},
		{"${Fn.Arn}", tri.Yes, "Fn"},
		{"${Fn.Arn}:live", tri.Yes, "Fn:live"},
		{"${PArn}:live", tri.Maybe, ""},
		{"${Alias}", tri.Yes, "Fn:live"},
		{"arn:aws:lambda:us-east-1:123456789012:function:orders", tri.Yes, "Fn"},
		{"${Listener}", tri.No, ""},
		{"${Version.Version}", tri.Maybe, ""},
		{"${PUri}", tri.Maybe, ""},
		{"https://${PHost}/x", tri.No, ""},
		{"arn:aws:apigateway:us-east-1:sqs:path/1/queue", tri.No, ""},
		{"arn:aws:apigateway:us-east-1:${PService}:path/x", tri.Maybe, ""},
		{"", tri.No, ""},
	} {
		of := l.FromURI(text(tt.uri))
		names := ""
		if inv, ok := of.Get(); ok {
			names = inv.String()
		}
		if of.Present() != tt.present || names != tt.names {
			t.Errorf("%q invokes a function: %v (%s), want %v (%s)", tt.uri, of.Present(), names, tt.present, tt.names)
		}
	}
}

func TestRole(t *testing.T) {
	l := world()
	for name, want := range map[string]bool{
		"${Role.Arn}": true, "${Role}": true, "caller": true,
		"arn:aws:iam::123456789012:role/caller":                          true,
		"arn:${AWS::Partition}:iam::${AWS::AccountId}:role/path/${Role}": true,
		"arn:aws:iam::123456789012:role/caller/other":                    false,
		"arn:aws:iam::*:user/*":                                          false, "${PRole}": false, "${Fn.Arn}": false,
	} {
		if got := l.Role(text(name)) != nil; got != want {
			t.Errorf("%s names a role: %v, want %v", name, got, want)
		}
	}
}

func TestTwoOfOneName(t *testing.T) {
	l := world()
	l.Register(ref("Twin", ""), link.Target{Function: &model.Function{ID: "Twin", Name: text("orders")}})
	if inv := l.Invocation(text("orders")); inv.Function != nil {
		t.Errorf("a name that two functions have names %s", inv.Function.ID)
	}
}

// TestFinishResolvesStages shows that each stage has its own function when the
// URI names stage variables, and that a stage without them has none.
func TestFinishResolvesStages(t *testing.T) {
	l := world()
	variables := func(name string) value.Map[value.Text] {
		return value.NewMap(nowhere, value.Entry[value.Text]{Key: text("fn"), Value: text(name)})
	}
	prod := &model.Stage{ID: "prod", Variables: variables("orders:live"), CanaryVariables: value.NoMap[value.Text](nowhere)}
	test := &model.Stage{ID: "test", Variables: value.NoMap[value.Text](nowhere), CanaryVariables: value.NoMap[value.Text](nowhere)}
	in := &model.Integration{Type: text("AWS_PROXY"), URI: text("arn:aws:apigateway:r:lambda:path/2015-03-31/functions/arn:aws:lambda:r:123456789012:function:${stageVariables.fn}/invocations")}
	api := &model.API{
		Routes: value.Closed(&model.Route{Integration: value.Known(in, nowhere)}),
		Stages: value.Closed(prod, test),
	}
	l.Finish(&model.Model{APIs: []*model.API{api}})
	inv, ok := in.Lambda.Get()
	if !ok || len(inv.ByStage) != 1 {
		t.Fatalf("the integration invokes %+v", inv)
	}
	if got := inv.On(prod); got.Function == nil || got.Function.ID != "Fn" || show(got.Qualifier) != "live" {
		t.Errorf("on prod it invokes %s", got)
	}
	if got := inv.On(test); got != inv {
		t.Errorf("on test it invokes %s", got)
	}
}
