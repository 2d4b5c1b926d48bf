package lift

import (
	"path"
	"strings"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/cloudformation/sam"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// code says where the code of a function is: in the template, in a local
// directory that is packaged before the deployment, or in an asset of the CDK.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
func code(r *resource) *model.Code {
	p, metadata := r.Properties, r.Body.Get("Metadata")
	c := &model.Code{
		Inline: value.NoText(r.Span), File: value.NoText(r.Span), Local: value.UnknownText(r.Span), Build: value.NoText(r.Span), Entry: value.NoText(r.Span),
		Layers: value.Unknown[int](r.Span), Environment: value.OpenMap[value.Text](r.Span),
	}
	switch layers := p.Get("Layers"); {
	case layers != nil:
		if members, all := layers.Members(); all {
			c.Layers = value.Known(len(members), layers.Span)
		}
	case p.Has("Layers") == tri.No:
		c.Layers = value.Absent[int](r.Span)
	}
	if env := p.Get("Environment"); env != nil {
		c.Environment = env.TextMapOf("Variables")
	} else if p.Has("Environment") == tri.No {
		c.Environment = value.NoMap[value.Text](r.Span)
	}
	written := p.Get("Code")
	switch {
	case written.Is(tree.Map) && written.Has("ZipFile") != tri.No:
		c.Inline = written.TextOf("ZipFile")
	case written.Is(tree.Map):
		c.Local = local(written.TextOf(sam.LocalCode))
	case written.Is(tree.Scalar):
		c.Local = local(written.Text())
	}
	if asset := metadata.TextOf("aws:asset:path"); asset.Present() == tri.Yes {
		if property, ok := metadata.TextOf("aws:asset:property").Get(); !ok || property == "Code" {
			c.Local = local(asset)
		}
	}
	if metadata.Is(tree.Map) {
		c.Build = metadata.TextOf("BuildMethod")
		if entries := metadata.Get("BuildProperties", "EntryPoints"); entries != nil {
			c.Entry = value.UnknownText(entries.Span)
			if members, all := entries.Members(); all && len(members) > 0 {
				c.Entry = entryFor(members, p.TextOf("Handler"))
			}
		}
	}
	return c
}

// entryFor returns the entry point of which a build makes the file that the
// handler setting names.
func entryFor(entries []*tree.Node, handler value.Text) value.Text {
	name, _ := handler.Get()
	name, _, _ = strings.Cut(path.Base(name), ".")
	for _, e := range entries {
		s, ok := e.Str()
		if base := path.Base(s); ok && strings.TrimSuffix(base, path.Ext(base)) == name {
			return e.Text()
		}
	}
	return value.UnknownText(entries[0].Span)
}

// local returns a path, written relative to the file that holds it, as it is
// called from where apigwlint runs.
func local(t value.Text) value.Text {
	name, ok := t.Get()
	if !ok {
		return t
	}
	file := t.Span().File
	if file == nil || name == "" || strings.Contains(name, "://") || strings.HasPrefix(name, "arn:") {
		return value.UnknownText(t.Span())
	}
	name = strings.ReplaceAll(strings.TrimPrefix(name, "file://"), `\`, "/")
	if !path.IsAbs(name) {
		name = path.Join(path.Dir(file.Name), name)
	}
	return value.Lit(path.Clean(name), t.Span()).Assuming(t.Assumes()...)
}
