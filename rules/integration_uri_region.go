package rules

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var integrationURIRegion = &lint.Rule{
	Name:     "integration-uri-region",
	Group:    "integration",
	Summary:  "a URI names no region, or other regions or partitions than the function in it",
	Status:   []int{500},
	Severity: lint.Warning,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html",
		"https://docs.aws.amazon.com/apigateway/latest/api/API_CreateAuthorizer.html",
		"https://github.com/aws/aws-cdk/issues/8098",
	},
	Doc: `
The URI of an invocation names a region twice: where the Lambda service is called, and within the ARN of the
function. Both are those of the function; a function in another region is called with that region in both places.
The partition (` + "`aws`, `aws-cn`, `aws-us-gov`" + `) is the same in both as well. When they differ, or when a placeholder
such as ` + "`region`" + ` was left in its place, the deployment is refused, or requests answer 500.

The rule speaks of what is written down. A reference in one of the places decides nothing.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			uriRegion(pass, route.API, in.URI, "the URI", lint.Diagnostic{Routes: []*model.Route{route}})
		}
		for _, api := range pass.Model.APIs {
			for a := range api.Authorizers.All() {
				d := lint.Diagnostic{API: api}
				for r := range a.Used() {
					d.Routes = append(d.Routes, r)
				}
				uriRegion(pass, api, a.URI, "the URI of the authorizer "+a.ID, d)
			}
		}
	},
}

// regionShape is what the names of regions look like: eu-west-1, us-gov-east-1.
// https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
var regionShape = regexp.MustCompile(`^[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}$`)

// uriRegion reports what is wrong with the places in a URI.
func uriRegion(pass *lint.Pass, api *model.API, uri value.Text, what string, d lint.Diagnostic) {
	f, ok := uri.Flat()
	if !ok {
		return
	}
	outer := arnParts(f, 0, ":apigateway:")
	if outer == nil {
		return
	}
	d.Cause = uri.Span()
	d.Uses = []value.Setting{uri}
	report := func(certain tri.Bool, at value.Text, message string) {
		d.Span = place(at.Span(), uri.Span())
		d.Message = message
		d.Help = "write the region and the partition of the function in both places"
		pass.ReportIf(certain, d)
	}
	if written, wrong := noRegion(outer.region); wrong {
		certain := tri.Yes
		if _, literal := outer.region.Get(); literal && api.Managed == tri.Maybe {
			certain = tri.Maybe // something may fill the word in before the document is imported
		}
		report(certain, outer.region, fmt.Sprintf("%s has %s where a region belongs", what, written))
		return
	}
	inner := arnParts(f, strings.Index(f.S, "/functions/")+len("/functions/"), ":lambda:")
	if inner == nil {
		return
	}
	if a, b, other := differ(outer.region, inner.region); other {
		report(tri.Yes, inner.region, fmt.Sprintf("%s calls Lambda in %s, and the function is in %s", what, a, b))
	} else if a, b, other := differ(outer.partition, inner.partition); other {
		report(tri.Yes, inner.partition, fmt.Sprintf("%s is in the partition %s, and the function in %s", what, a, b))
	}
}

// arnPlace is where a URI or an ARN belongs.
type arnPlace struct{ partition, region value.Text }

// arnParts reads the ARN of a service that begins at a position.
func arnParts(f value.Flat, start int, service string) *arnPlace {
	const prefix = "arn:"
	if start > len(f.S) || !strings.HasPrefix(f.S[start:], prefix) {
		return nil
	}
	start += len(prefix)
	n := strings.IndexByte(f.S[start:], ':')
	if n < 0 || !strings.HasPrefix(f.S[start+n:], service) {
		return nil
	}
	region := start + n + len(service)
	end := strings.IndexByte(f.S[region:], ':')
	if end < 0 {
		return nil
	}
	return &arnPlace{partition: f.Slice(start, start+n), region: f.Slice(region, region+end)}
}

// noRegion reports whether something certainly is no region.
func noRegion(t value.Text) (written string, wrong bool) {
	if ref, ok := t.Only(); ok {
		return t.String(), ref.Kind == value.Pseudo && (ref.Name == "AccountId" || ref.Name == "Partition")
	}
	s, ok := t.Get()
	return fmt.Sprintf("%q", s), ok && !regionShape.MatchString(s) && !strings.ContainsAny(s, "${}<>%@")
}

// differ reports whether two texts are written down and not the same.
func differ(a, b value.Text) (x, y string, yes bool) {
	x, ok := a.Get()
	y, too := b.Get()
	return x, y, ok && too && x != y && !strings.ContainsAny(x+y, "${}<>%@*")
}
