package openapi

import (
	"regexp"
	"strings"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/files"
	"github.com/apigwlint/apigwlint/parsers/internal/link"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// Load returns a unit for each of the documents: OpenAPI files that no template
// or module of the run owns. Functions, permissions and all else may exist
// beside them. References to other files are followed as far as the reader goes.
func Load(r *files.Reader, names []string) []*model.Unit {
	var units []*model.Unit
	for _, name := range names {
		units = append(units, load(r, name))
	}
	return units
}

func load(r *files.Reader, name string) *model.Unit {
	u := &model.Unit{Name: name}
	f, err := r.Read(name)
	if err != nil {
		u.Problems = []source.Problem{{Message: err.Error()}}
		return u
	}
	u.Files = []*source.File{f}
	root, problems, err := r.Tree(name)
	if err != nil {
		u.Problems = []source.Problem{{Message: err.Error()}}
		return u
	}
	u.Problems = problems
	if root == nil {
		return u
	}
	root = evaluate(root)
	doc := newDocument(root)
	doc.reader = r
	doc.roots = map[*source.File]*tree.Node{f: root}
	api := newAPI(f, root)
	l := &lifter{api: api, doc: doc, body: root, alone: true, active: map[*tree.Node]bool{}}
	l.deployed()
	l.lift(Import{BasePath: value.NoText(api.Span)})
	u.Ignores = tree.Ignores(f, root)
	for _, other := range doc.files {
		u.Files = append(u.Files, other)
		u.Ignores = append(u.Ignores, tree.Ignores(other, doc.roots[other])...)
	}
	u.Problems = append(u.Problems, doc.problems...)
	m := &model.Model{
		APIs:          []*model.API{api},
		Functions:     value.Open[*model.Function](),
		Permissions:   value.Open[*model.Permission](),
		Roles:         value.Open[*model.Role](),
		VPCLinks:      value.Open[*model.VPCLink](),
		LoadBalancers: value.Open[*model.LoadBalancer](),
	}
	link.New().Finish(m)
	u.Scenarios = []model.Scenario{{Model: m}}
	return u
}

// newAPI returns the API of a document that nothing owns. The document says
// which routes there are; anything else may be set elsewhere.
func newAPI(f *source.File, root *tree.Node) *model.API {
	title := root.Get("info", "title")
	span := versionSpan(f, root)
	api := &model.API{ID: f.Name, Name: value.UnknownText(span), Routes: value.Closed[*model.Route](), Span: span}
	if s, ok := title.Str(); ok && strings.TrimSpace(s) != "" {
		api.ID, api.Name = s, title.Text()
	}
	api.APIID = value.Hole(value.Ref{Kind: value.Other, Name: api.ID, Attr: "RestApiId", Segment: true}, span)
	return api
}

// versionSpan returns the place that stands for a document as a whole: the key
// with which it says what it is.
func versionSpan(f *source.File, root *tree.Node) source.Span {
	for _, key := range []string{"openapi", "swagger"} {
		if e := root.Entry(key); e != nil {
			return e.KeySpan
		}
	}
	return f.Span(0, 0)
}

// executeHost is the host of a deployed API.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-call-api.html
var executeHost = regexp.MustCompile(`^([a-z0-9]{8,12})(?:-vpce-[0-9a-f]+)?\.execute-api(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|api\.aws)(?:/|:\d+|$)`)

// deployed takes the identifier, the region and the stage of the API from an
// export, which names the address of the stage that it was made from.
func (l *lifter) deployed() {
	var id, region value.Text
	var stages []*model.Stage
	seen := map[string]bool{}
	for _, a := range l.addresses() {
		host, ok := a.host.Flat()
		if !ok {
			continue
		}
		m := executeHost.FindStringSubmatchIndex(host.S)
		if m == nil {
			continue
		}
		thisID, thisRegion := host.Slice(m[2], m[3]), host.Slice(m[4], m[5])
		if id.Present() == tri.Yes && (id.Equal(thisID) != tri.Yes || region.Equal(thisRegion) != tri.Yes) {
			return // addresses of several APIs say nothing about this one
		}
		id, region = thisID, thisRegion
		name := firstSegment(a.path)
		if s, ok := name.Get(); ok && s != "" && !seen[s] {
			seen[s] = true
			stages = append(stages, &model.Stage{ID: s, Name: name, Span: name.Span()})
		}
	}
	if id.Present() != tri.Yes {
		return
	}
	l.api.APIID, l.api.Region, l.api.Partition = id, region, partition(region)
	l.api.Stages = value.Open(stages...)
}

// partition returns the partition of a region.
// https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
func partition(region value.Text) value.Text {
	s, _ := region.Get()
	for prefix, name := range map[string]string{"cn-": "aws-cn", "us-gov-": "aws-us-gov"} {
		if strings.HasPrefix(s, prefix) {
			return value.Lit(name, region.Span())
		}
	}
	if strings.Contains(s, "-iso") {
		return value.UnknownText(region.Span())
	}
	return value.Lit("aws", region.Span())
}

// An address is where a document says that the API answers.
type address struct{ host, path value.Text }

// addresses lists the addresses of a document without their schemes.
func (l *lifter) addresses() []address {
	var out []address
	if host := l.body.Get("host"); host.Is(tree.Scalar) {
		out = append(out, address{l.holes(host.Text()), l.holes(l.body.TextOf("basePath"))})
	}
	servers, _ := l.follow(l.body.Get("servers")).Members()
	for _, s := range servers {
		s = l.follow(s)
		url, ok := l.filled(s.Get("url"), l.follow(s.Get("variables"))).Flat()
		if !ok {
			continue
		}
		i := strings.Index(url.S, "://")
		if i < 0 {
			continue
		}
		start := i + len("://")
		end := len(url.S)
		if i := strings.IndexByte(url.S[start:], '/'); i >= 0 {
			end = start + i
		}
		out = append(out, address{url.Slice(start, end), url.Slice(end, len(url.S))})
	}
	return out
}

var serverVariable = regexp.MustCompile(`\{([^{}]*)\}`)

// filled returns the URL of a server with the defaults of its variables.
func (l *lifter) filled(url, variables *tree.Node) value.Text {
	if !url.Is(tree.Scalar) {
		return value.Text{}
	}
	t := l.holes(url.Text())
	f, ok := t.Flat()
	if !ok {
		return t
	}
	var out []value.Text
	last := 0
	for _, m := range serverVariable.FindAllStringSubmatchIndex(f.S, -1) {
		def := variables.Get(f.S[m[2]:m[3]]).Get("default")
		fill := value.Hole(value.Ref{Kind: value.Other, Name: f.S[m[2]:m[3]]}, t.Span())
		if def.Is(tree.Scalar) {
			fill = l.holes(def.Text())
		}
		before := f.Slice(last, m[0])
		if s, ok := before.Get(); ok && strings.HasSuffix(s, "/") && fill.HasPrefix("/") == tri.Yes {
			before = f.Slice(last, m[0]-1) // an export has a slash in both
		}
		out = append(out, before, fill)
		last = m[1]
	}
	return value.Concat(t.Span(), append(out, f.Slice(last, len(f.S)))...)
}

// firstSegment returns the first segment of a path.
func firstSegment(path value.Text) value.Text {
	f, ok := path.Flat()
	if !ok {
		return path
	}
	start := len(f.S) - len(strings.TrimLeft(f.S, "/"))
	end := len(f.S)
	if i := strings.IndexByte(f.S[start:], '/'); i >= 0 {
		end = start + i
	}
	return f.Slice(start, end)
}

// placeholder matches what build tools replace before a document is imported.
// Stage variables, which API Gateway replaces itself, are sorted out afterwards.
var placeholder = regexp.MustCompile(`\$?\$\{[^{}]*\}|\{\{[^{}]*\}\}|<<[^<>]*>>|%[A-Za-z_][A-Za-z0-9_.-]*%|#\{[^{}]*\}|@@?[A-Z][A-Z0-9_]*@@?`)

// hasPlaceholder reports whether a string may have placeholders.
func hasPlaceholder(s string) bool {
	return strings.ContainsAny(s, "{<%@") && placeholder.MatchString(s)
}

// placeholders returns a text with holes in the place of its placeholders.
func placeholders(t value.Text) value.Text {
	f, ok := t.Flat()
	if !ok || !hasPlaceholder(f.S) {
		return t
	}
	var out []value.Text
	last := 0
	for _, m := range placeholder.FindAllStringIndex(f.S, -1) {
		name := f.S[m[0]:m[1]]
		if strings.HasPrefix(name, "${stageVariables.") {
			continue
		}
		if strings.HasPrefix(name, "$${stageVariables.") {
			// Terraform's templates have the first character in front of the others.
			out = append(out, f.Slice(last, m[0]))
			last = m[0] + 1
			continue
		}
		hole := value.Hole(value.Ref{Kind: value.Other, Name: strings.Trim(name, "${}<>%#@ ")}, f.Slice(m[0], m[1]).Span())
		out = append(out, f.Slice(last, m[0]), hole)
		last = m[1]
	}
	return value.Concat(t.Span(), append(out, f.Slice(last, len(f.S)))...).Assuming(t.Assumes()...)
}
