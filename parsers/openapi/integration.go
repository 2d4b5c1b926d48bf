package openapi

import (
	"strings"
	"time"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// integrationOf lifts the integration of an operation.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html
func (l *lifter) integrationOf(op *tree.Node) value.Of[*model.Integration] {
	n := op.Get(extension + "integration")
	if n == nil {
		// What cannot be seen of the document may replace what can be seen.
		if op.Has(extension+"integration") == tri.No && !l.body.Open {
			return value.Absent[*model.Integration](op.Place())
		}
		return value.Unknown[*model.Integration](op.Place())
	}
	if ref := reference(n); ref != nil && !l.alone && (l.api.Kind == model.REST || l.doc.dangling(ref)) {
		// The collection that it refers to is there for HTTP APIs only; the
		// import into a REST API leaves the method without an integration.
		return value.Absent[*model.Integration](ref.Span)
	}
	n = l.plain(n)
	if !n.Is(tree.Map) {
		return value.Unknown[*model.Integration](n.Place())
	}
	return value.Known(l.integration(n), n.Place())
}

func (l *lifter) integration(n *tree.Node) *model.Integration {
	tls := member(n, "tlsConfig")
	in := &model.Integration{
		Type:              upper(n, "type"),
		Subtype:           n.TextOf("integrationSubtype"),
		URI:               l.uri(n, "uri"),
		Method:            n.TextOf("httpMethod"),
		Credentials:       n.TextOf("credentials"),
		Timeout:           n.DurationOf("timeoutInMillis", time.Millisecond),
		ConnectionType:    upper(n, "connectionType"),
		ConnectionID:      n.TextOf("connectionId"),
		TargetARN:         n.TextOf("integrationTarget"),
		TLSServerName:     tls.TextOf("serverNameToVerify"),
		InsecureTLS:       tls.BoolOf("insecureSkipVerification"),
		PayloadFormat:     n.TextOf("payloadFormatVersion"),
		TransferMode:      upper(n, "responseTransferMode"),
		Passthrough:       upper(n, "passthroughBehavior"),
		ContentHandling:   upper(n, "contentHandling"),
		RequestTemplates:  n.TextMapOf("requestTemplates"),
		RequestParameters: n.TextMapOf("requestParameters"),
		Responses:         l.integrationResponses(n),
		Imported:          tri.Yes,
		Span:              n.Place(),
	}
	return in
}

// member returns a member of a map that holds settings of its owner: an empty
// map in the owner's place when it is left out, so that its settings are absent.
func member(n *tree.Node, key string) *tree.Node {
	if m := n.Get(key); m != nil {
		return m
	}
	m := tree.NewMap(n.Span)
	m.Head = n.Head
	m.Open = n.Has(key) != tri.No
	return m
}

// upper returns a member whose case API Gateway does not mind.
func upper(n *tree.Node, key string) value.Text { return n.TextOf(key).Map(strings.ToUpper) }

// uri returns a URI. In a file of its own a bare word is the name of something
// that is put in before the import.
func (l *lifter) uri(n *tree.Node, key string) value.Text {
	t := n.TextOf(key)
	if s, ok := t.Get(); ok && l.alone && s != "" && !strings.Contains(s, ":") {
		return value.Hole(value.Ref{Kind: value.Other, Name: s}, t.Span()).Assuming(t.Assumes()...)
	}
	return t
}

// integrationResponses lifts the responses of a REST API's integration, which
// are listed by selection pattern.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration-responses.html
func (l *lifter) integrationResponses(n *tree.Node) value.Set[*model.IntegrationResponse] {
	responses := n.Get("responses")
	if responses == nil {
		if mapped := n.Get("responseParameters"); mapped != nil {
			return l.mappedResponses(mapped)
		}
		return value.SetOf[*model.IntegrationResponse](nil, n.Has("responses") == tri.No)
	}
	var out []*model.IntegrationResponse
	for _, e := range responses.Entries {
		if e.Value.Is(tree.Null) {
			continue
		}
		pattern := value.Lit(e.Key, e.KeySpan)
		if e.Key == "default" {
			pattern = value.NoText(e.KeySpan)
		}
		out = append(out, &model.IntegrationResponse{
			Status:          e.Value.TextOf("statusCode"),
			Pattern:         pattern,
			ContentHandling: upper(e.Value, "contentHandling"),
			Parameters:      e.Value.TextMapOf("responseParameters"),
			Templates:       e.Value.TextMapOf("responseTemplates"),
			Span:            e.KeySpan,
		})
	}
	return value.SetOf(out, responses.Is(tree.Map) && !responses.Open)
}

// mappedResponses lifts the parameter mappings of an HTTP API's integration,
// which are listed by status.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html
func (l *lifter) mappedResponses(mapped *tree.Node) value.Set[*model.IntegrationResponse] {
	var out []*model.IntegrationResponse
	for _, e := range mapped.Entries {
		if !e.Value.Is(tree.Map) {
			continue
		}
		out = append(out, &model.IntegrationResponse{
			Status: value.Lit(e.Key, e.KeySpan), Pattern: value.NoText(e.KeySpan),
			ContentHandling: value.NoText(e.KeySpan),
			Parameters:      mapped.TextMapOf(e.Key),
			Templates:       value.NoMap[value.Text](e.KeySpan),
			Span:            e.KeySpan,
		})
	}
	return value.SetOf(out, mapped.Is(tree.Map) && !mapped.Open)
}

// follow returns what stands in the place of a node.
func (l *lifter) follow(n *tree.Node) *tree.Node { return l.doc.follow(n) }

// plain returns a node without references and, in a file of its own, with holes
// in the place of placeholders.
func (l *lifter) plain(n *tree.Node) *tree.Node {
	n = l.follow(n)
	if n == nil || !l.alone || !l.needsWork(n, 0) {
		return n
	}
	return l.rewrite(n, 0)
}

// maxNesting is how deep settings are nested, and maxExpansion how many nodes
// the references within all settings of a document may stand for.
const (
	maxNesting   = 64
	maxExpansion = 1_000_000
)

// isTemplate reports whether a member holds mapping templates, in which ${ and
// # are part of the language.
func isTemplate(key string) bool { return key == "requestTemplates" || key == "responseTemplates" }

func (l *lifter) needsWork(n *tree.Node, depth int) bool {
	switch {
	case depth > maxNesting:
		return true
	case n.Is(tree.Scalar):
		s, ok := n.Str()
		return !ok || hasPlaceholder(s)
	case reference(n) != nil:
		return true
	}
	for _, e := range n.Entries {
		if !isTemplate(e.Key) && l.needsWork(e.Value, depth+1) {
			return true
		}
	}
	for _, item := range n.Items {
		if l.needsWork(item, depth+1) {
			return true
		}
	}
	return false
}

func (l *lifter) rewrite(n *tree.Node, depth int) *tree.Node {
	if l.expanded++; l.expanded > maxExpansion || depth > maxNesting {
		return unknownAt(n)
	}
	if reference(n) != nil {
		target := l.follow(n)
		if l.active[target] {
			return unknownAt(n) // it refers to what it is a part of
		}
		l.active[target] = true
		defer delete(l.active, target)
		c := *target
		c.Head = n.Head
		n = &c
	}
	switch n.Kind {
	case tree.Scalar:
		c := *n
		c.Value = l.holes(n.Value)
		return &c
	case tree.Map:
		c := *n
		c.Entries = make([]tree.Entry, len(n.Entries))
		for i, e := range n.Entries {
			if !isTemplate(e.Key) {
				e.Value = l.rewrite(e.Value, depth+1)
			}
			c.Entries[i] = e
		}
		return &c
	case tree.List:
		c := *n
		c.Items = make([]*tree.Node, len(n.Items))
		for i, item := range n.Items {
			c.Items[i] = l.rewrite(item, depth+1)
		}
		return &c
	}
	return n
}

// holes returns a text with holes in the place of placeholders, when the
// document is a file of its own.
func (l *lifter) holes(t value.Text) value.Text {
	if !l.alone {
		return t
	}
	return placeholders(t)
}
