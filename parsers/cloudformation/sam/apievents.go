package sam

import (
	"strings"

	"github.com/apigwlint/apigwlint/parsers/cloudformation/internal/stack"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// apiEvent makes the route and the permission of an Api event.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-api.html
func (t *transformer) apiEvent(tg *target, ev *event) {
	a, apiID := t.apiOf(ev, "RestApiId", implicitREST, typeAPI)
	path, method := ev.props.TextOf("Path"), ev.props.TextOf("Method")
	arn := ev.at.arn("execute-api", apiID, ev.at.lit("/*/"), permissionMethod(method), permissionPath(path, restParameter))
	t.permission(tg, suffixed(ev.id+"Permission", permissionSuffix(a), ""), ev.at, apiGateway, member{"SourceArn", ev.at.text(arn)})
	op, done := a.restOperation(ev, path, method)
	if op == nil {
		return
	}
	t.lambdaIntegration(a, op, tg, ev)
	a.eventAuth(op, ev, path)
	a.requestModel(op, ev)
	a.requestParameters(op, ev)
	done()
}

// permissionSuffix is what the id of a permission ends with: the name of the
// stage, or the word when that is not known.
func permissionSuffix(a *api) value.Text {
	if a == nil {
		return value.Lit("AllStages", source.Span{})
	}
	name := a.props.TextOf("StageName")
	if _, ok := name.Get(); ok {
		return name
	}
	return value.Lit("Stage", name.Span())
}

// restOperation returns the operation that an event is to fill, nil when the
// event adds none, and what to do when it is filled.
func (a *api) restOperation(ev *event, path, method value.Text) (op *tree.Node, done func()) {
	if a == nil || !a.rest || a.body == nil || !a.managed && !a.merge || !isDocument(a.body) {
		return nil, nil
	}
	item, key := eventItem(a.body, path, method)
	if item == nil {
		return nil, nil
	}
	if a.managed {
		op = child(item, key, method.Span())
		if op == nil || hasIntegration(op) {
			return nil, nil // defined twice, which the translator refuses
		}
		return op, func() {}
	}
	op = ev.at.mapping()
	return op, func() {
		if onto := child(item, key, method.Span()); onto != nil {
			overlay(onto, op)
		}
	}
}

// eventItem returns the path item of an event and the key of its method. What is
// not known of them opens the document.
func eventItem(body *tree.Node, path, method value.Text) (item *tree.Node, key string) {
	p, ok := path.Get()
	if !ok {
		if path.Present() != tri.No {
			openPaths(body)
		}
		return nil, ""
	}
	item = pathItem(body, p, path.Span())
	m, ok := method.Get()
	if !ok {
		if item != nil && method.Present() != tri.No {
			item.Open = true
		}
		return nil, ""
	}
	return item, methodKey(m)
}

// lambdaIntegration writes the integration with a function into an operation.
func (t *transformer) lambdaIntegration(a *api, op *tree.Node, tg *target, ev *event) {
	at := ev.at
	in := at.mapping(
		member{"type", at.str("aws_proxy")},
		member{"httpMethod", at.str("POST")},
		member{"uri", at.text(at.lambdaURI(at.here(tg.arn)))},
		member{"timeoutInMillis", ev.props.Get("TimeoutInMillis")},
		member{"credentials", a.integrationCredentials(ev)},
	)
	t.transferMode(in, tg, ev)
	put(op, xIntegration, at.span(), in)
	if op.Get("responses") == nil {
		put(op, "responses", at.span(), at.mapping())
	}
}

// transferMode turns an integration into one that streams.
func (t *transformer) transferMode(in *tree.Node, tg *target, ev *event) {
	mode := ev.props.TextOf("ResponseTransferMode")
	at := place(mode.Span())
	switch stream := mode.Is("RESPONSE_STREAM"); {
	case stream == tri.Yes:
		put(in, "uri", at.span(), ev.at.text(ev.at.join(ev.at.lit("arn:"), ev.at.pseudo("Partition"), ev.at.lit(":apigateway:"), ev.at.pseudo("Region"),
			ev.at.lit(":lambda:path/2021-11-15/functions/"), ev.at.here(tg.arn), ev.at.lit("/response-streaming-invocations"))))
		put(in, "responseTransferMode", at.span(), at.str("STREAM"))
	case stream == tri.Maybe:
		put(in, "uri", at.span(), at.unknown())
		put(in, "responseTransferMode", at.span(), at.unknown())
	case mode.Present() == tri.Yes && mode.Is("BUFFERED") == tri.No:
		// Any other value leaves the integration as it is.
		t.stack.Ignored = append(t.stack.Ignored, stack.Ignored{At: in.Place(), Name: "ResponseTransferMode", Value: mode})
	}
}

// machineAPIEvent makes the route of an Api event of a state machine, and the
// role with which API Gateway starts it.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-statemachine-statemachineapi.html
func (t *transformer) machineAPIEvent(tg *target, ev *event) {
	at := ev.at
	a, _ := t.apiOf(ev, "RestApiId", implicitREST, typeAPI)
	role := ev.id + "Role"
	t.startRole(tg, ev, role, apiGateway)
	path, method := ev.props.TextOf("Path"), ev.props.TextOf("Method")
	op, done := a.restOperation(ev, path, method)
	if op == nil {
		return
	}
	status := func(s string) *tree.Node { return at.mapping(member{"statusCode", at.str(s)}) }
	put(op, xIntegration, at.span(), at.mapping(
		member{"type", at.str("aws")},
		member{"httpMethod", at.str("POST")},
		member{"uri", at.text(at.join(at.lit("arn:"), at.pseudo("Partition"), at.lit(":apigateway:"), at.pseudo("Region"), at.lit(":states:action/StartExecution")))},
		member{"credentials", at.text(at.ref(role, iamRole, "Arn"))},
		member{"requestTemplates", at.mapping(member{"application/json", startTemplate(tg, ev)})},
		member{"responses", at.mapping(member{"200", status("200")}, member{"400", status("400")})},
		member{"timeoutInMillis", ev.props.Get("TimeoutInMillis")},
	))
	if op.Get("responses") == nil {
		put(op, "responses", at.span(), at.mapping(
			member{"200", at.mapping(member{"description", at.str("OK")})},
			member{"400", at.mapping(member{"description", at.str("Bad Request")})},
		))
	}
	a.eventAuth(op, ev, path)
	done()
}

// startTemplate is the mapping template that starts a state machine with the body.
func startTemplate(tg *target, ev *event) *tree.Node {
	at := ev.at
	input := `{"input": "$util.escapeJavaScript($input.json('$'))", "stateMachineArn": "`
	switch isTrue(ev.props, "UnescapeMappingTemplate") {
	case tri.Yes:
		input = `{"input": "$util.escapeJavaScript($input.json('$')).replaceAll("\\'","'")", "stateMachineArn": "`
	case tri.Maybe:
		return at.unknown()
	}
	return at.text(at.join(at.lit(input), at.here(tg.arn), at.lit(`"}`)))
}

// requestModel writes the body's model into an operation, and the validator
// that it asks for.
func (a *api) requestModel(op *tree.Node, ev *event) {
	model := ev.props.Get("RequestModel")
	name, ok := model.Get("Model").Str()
	if !ok {
		return
	}
	at := place(model.Place())
	name = strings.ToLower(name)
	if a.body.Get("swagger") != nil {
		appendTo(op, "parameters", at, at.mapping(
			member{"in", at.str("body")}, member{"name", at.str(name)},
			member{"schema", at.mapping(member{"$ref", at.str("#/definitions/" + name)})},
			member{"required", model.Get("Required")},
		))
	} else if isVersion3(a.body) {
		put(op, "requestBody", at.span(), at.mapping(
			member{"content", at.mapping(member{"application/json", at.mapping(
				member{"schema", at.mapping(member{"$ref", at.str("#/components/schemas/" + name)})})})},
			member{"required", model.Get("Required")},
		))
	}
	body, parameters := isTrue(model, "ValidateBody"), isTrue(model, "ValidateParameters")
	if model.Has("ValidateBody") == tri.No && model.Has("ValidateParameters") == tri.No || body == tri.Maybe || parameters == tri.Maybe {
		return
	}
	validator := map[[2]bool]string{{true, true}: "body-and-params", {true, false}: "body-only", {false, true}: "params-only", {false, false}: "no-validation"}[[2]bool{body == tri.Yes, parameters == tri.Yes}]
	if all := child(a.body, xRequestValidators, at.span()); all != nil && all.Get(validator) == nil {
		put(all, validator, at.span(), at.mapping(
			member{"validateRequestBody", at.boolean(body == tri.Yes)}, member{"validateRequestParameters", at.boolean(parameters == tri.Yes)}))
	}
	put(op, xRequestValidator, at.span(), at.str(validator))
}

// requestParameters writes declared parameters into an operation: names, or maps
// from a name to its settings.
func (a *api) requestParameters(op *tree.Node, ev *event) {
	items, all := ev.props.Get("RequestParameters").Members()
	if !all {
		put(op, "parameters", ev.at.span(), ev.at.unknown())
		return
	}
	for _, item := range items {
		at := place(item.Span)
		name, ok := item.Str()
		required, caching := at.boolean(false), tri.No
		if item.Is(tree.Map) && len(item.Entries) > 0 {
			name, ok = item.Entries[0].Key, true
			settings := item.Entries[0].Value
			if n := settings.Get("Required"); n != nil {
				required = n
			}
			caching = set(settings, "Caching")
		}
		location, rest, cut := strings.Cut(strings.TrimPrefix(name, "method.request."), ".")
		if !ok || !cut {
			continue
		}
		if location == "querystring" {
			location = "query"
		}
		appendTo(op, "parameters", at, at.mapping(
			member{"in", at.str(location)}, member{"name", at.str(rest)}, member{"required", required}, member{"type", at.str("string")}))
		if caching == tri.Yes {
			appendTo(op.Get(xIntegration), "cacheKeyParameters", at, at.str(name))
		}
	}
}

// appendTo adds an item to the list under a key.
func appendTo(m *tree.Node, key string, at place, item *tree.Node) {
	have := m.Get(key)
	switch {
	case have == nil:
		put(m, key, at.span(), at.list(item))
	case have.Is(tree.List):
		have.Items = append(have.Items, item)
	}
}
