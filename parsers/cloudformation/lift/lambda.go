package lift

import (
	"time"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/link"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// functions lifts the resources of AWS Lambda that API Gateway has to do with.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/AWS_Lambda.html
func (l *lifter) functions() {
	var functions []*model.Function
	for r := range l.of("AWS::Lambda::Function") {
		fn := l.function(r)
		functions = append(functions, fn)
		l.link.Register(r.ref(""), link.Target{Function: fn})
		l.link.Register(r.ref("Arn"), link.Target{Function: fn})
	}
	for r := range l.of("AWS::Lambda::Version") {
		l.version(r)
	}
	for r := range l.of("AWS::Lambda::Alias") {
		l.alias(r)
	}
	l.model.Functions = value.SetOf(functions, l.closed)
}

func (l *lifter) function(r *resource) *model.Function {
	p := r.props
	name := p.TextOf("FunctionName")
	if name.Present() == tri.No {
		name = r.hole("") // CloudFormation makes the name up, and Ref returns it
	}
	fn := &model.Function{
		ID: r.ID, Name: name, ARN: r.hole("Arn"),
		Timeout:     p.DurationOf("Timeout", time.Second),
		Runtime:     p.TextOf("Runtime"),
		Handler:     p.TextOf("Handler"),
		Concurrency: p.IntOf("ReservedConcurrentExecutions"),
		Span:        r.Span,
	}
	fn.Events = r.Body.TextOf("Type").Is("AWS::Serverless::Function")
	fn.InVPC = inVPC(p)
	fn.Code = code(r)
	fn.Published, fn.OtherTriggers = l.published(r), l.otherTriggers(r)
	return fn
}

// version registers what the references to a version stand for. Its number is
// not known before deployment.
func (l *lifter) version(r *resource) {
	fn := l.link.Invocation(r.props.TextOf("FunctionName")).Function
	if fn == nil {
		return
	}
	number := r.hole("Version")
	l.link.Register(r.ref(""), link.Target{Function: fn, Qualifier: &number})
	l.link.Register(r.ref("FunctionArn"), link.Target{Function: fn, Qualifier: &number})
	l.link.Register(r.ref("Version"), link.Target{Function: fn, Qualifier: &number, QualifierOnly: true})
}

// alias registers what the references to an alias stand for.
func (l *lifter) alias(r *resource) {
	fn := l.link.Invocation(r.props.TextOf("FunctionName")).Function
	if fn == nil {
		return
	}
	name := r.props.TextOf("Name")
	l.link.Register(r.ref(""), link.Target{Function: fn, Qualifier: &name})
	l.link.Register(r.ref("AliasArn"), link.Target{Function: fn, Qualifier: &name})
}

// permissions lifts statements of functions' resource policies.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-permission.html
func (l *lifter) permissions() {
	var permissions []*model.Permission
	for r := range l.of("AWS::Lambda::Permission") {
		p := r.props
		permission := &model.Permission{
			ID:               r.ID,
			FunctionName:     p.TextOf("FunctionName"),
			Principal:        p.TextOf("Principal"),
			Action:           p.TextOf("Action"),
			SourceARN:        p.TextOf("SourceArn"),
			SourceAccount:    p.TextOf("SourceAccount"),
			EventSourceToken: p.TextOf("EventSourceToken"),
			URLAuthType:      p.TextOf("FunctionUrlAuthType"),
			Generated:        tri.Of(r.Generated),
			Span:             r.Span,
		}
		// The other condition on calls that come through the function's URL.
		if url := p.TextOf("InvokedViaFunctionUrl"); url.Is("false") != tri.Yes && permission.URLAuthType.Present() == tri.No {
			permission.URLAuthType = url
		}
		permissions = append(permissions, permission)
	}
	l.model.Permissions = value.SetOf(permissions, l.closed)
}
