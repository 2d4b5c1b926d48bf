package lift

import (
	"regexp"
	"strings"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// deployments finds out what exists certainly before each deployment is made.
func (l *lifter) deployments() {
	for _, api := range l.model.APIs {
		for d := range api.Deployments.All() {
			reached, all := l.closure(d.ID)
			all = all && l.closed && api.Routes.IsClosed()
			var routes []*model.Route
			for r := range api.Routes.All() {
				// What a body defines exists as soon as the API does.
				if reached[r.ID] || r.Imported == tri.Yes || l.quick[api] != nil && l.quick[api].route == r {
					routes = append(routes, r)
				}
			}
			d.Reaches = value.SetOf(routes, all)
			d.Touches = d.Reaches
			if api.Kind == model.REST {
				d.Misses = value.SetOf[*model.IntegrationResponse](nil, all) // they are parts of the methods
			}
		}
	}
}

// closure returns the resources that a resource depends on, itself included,
// and whether these are certainly all.
func (l *lifter) closure(id string) (reached map[string]bool, all bool) {
	reached, all = map[string]bool{}, true
	var visit func(id string)
	visit = func(id string) {
		if reached[id] {
			return
		}
		reached[id] = true
		r := l.byID[id]
		if r == nil {
			return
		}
		if r.Type == "AWS::CloudFormation::Stack" {
			for _, inner := range l.resources {
				if strings.HasPrefix(inner.ID, id+"/") {
					visit(inner.ID)
				}
			}
		}
		for _, to := range r.DependsOn {
			visit(to)
		}
		if refs(r.props, visit) {
			all = false
		}
	}
	visit(id)
	return reached, all
}

// A logical id that ends with a hash or a time, as generators write them for
// deployments: AWS::ApiGateway::Deployment cannot be updated.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-deployment.html
var (
	renewedID = regexp.MustCompile(`(?:[0-9a-fA-F]{8,}|\d{4,})$`)
	plainID   = regexp.MustCompile(`^(?:.*/)?[A-Za-z0-9]+$`)
)

// renewal returns what makes a new deployment in the place of r.
func renewal(r *resource) value.Of[model.Renewal] {
	switch {
	case r.Generated || renewedID.MatchString(r.ID) && strings.ContainsAny(r.ID, "0123456789"):
		return value.Known(model.RenewedByContent, r.Span)
	case plainID.MatchString(r.ID):
		return value.Known(model.RenewedByName, r.Span)
	}
	return value.Unknown[model.Renewal](r.Span) // something is put into the name first
}

// ignored notes what transforms took no notice of.
func (l *lifter) ignored() {
	for _, s := range l.stacks {
		for _, i := range s.Ignored {
			for _, in := range l.model.Integrations() {
				if in.Span == i.At {
					in.Ignored = append(in.Ignored, model.Ignored{Name: i.Name, Value: i.Value})
				}
			}
		}
	}
}
