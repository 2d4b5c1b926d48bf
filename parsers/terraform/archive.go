package terraform

import (
	"path"
	"slices"
	"strings"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// An archive is a file that the provider archive makes.
// https://registry.terraform.io/providers/hashicorp/archive/latest/docs/data-sources/file
type archive struct {
	output value.Text
	// local is the directory or the file that is put into it.
	local value.Text
	// members are the files of which the content is written down, by name.
	members value.Map[value.Text]
}

// archive returns what an archive_file is made of.
func (ev *evaluator) archive(i *instance) archive {
	at := i.b.span
	a := archive{output: i.text("output_path"), local: value.UnknownText(at), members: value.OpenMap[value.Text](at)}
	for _, key := range []string{"source_dir", "source_file"} {
		if v := i.written(key); v != nil && v.kind != null {
			a.local = ev.localPath(i.text(key))
		}
	}
	if name := i.written("source_content_filename"); name != nil && name.kind != null {
		a.members = value.NewMap(at, value.Entry[value.Text]{Key: i.text("source_content_filename"), Value: i.text("source_content"), Span: at})
	}
	if blocks := i.written("source"); blocks != nil && blocks.kind == list && !blocks.open {
		var entries []value.Entry[value.Text]
		for _, b := range blocks.items {
			name, content := b.member("filename"), b.member("content")
			if name == nil || content == nil {
				return a
			}
			entries = append(entries, value.Entry[value.Text]{Key: i.env().text(name, name.span), Value: i.env().text(content, content.span), Span: b.span})
		}
		a.members = value.NewMap(at, entries...)
	}
	return a
}

// localPath returns a path of the configuration as it is called from where
// apigwlint runs.
func (ev *evaluator) localPath(t value.Text) value.Text {
	p, ok := t.Get()
	if !ok || p == "" {
		return value.UnknownText(t.Span())
	}
	p = strings.ReplaceAll(p, `\`, "/")
	if !path.IsAbs(p) {
		p = path.Join(ev.root.cfg.dir, p)
	}
	return value.Lit(path.Clean(p), t.Span()).Assuming(t.Assumes()...)
}

// code says where the code of a function is, when an archive of the same
// configuration holds it.
func (l *lifter) code(r *lifted) *model.Code {
	p := r.p
	c := &model.Code{
		Inline: value.NoText(r.span), File: value.NoText(r.span), Local: value.UnknownText(r.span), Build: value.NoText(r.span), Entry: value.NoText(r.span),
		Layers: value.Unknown[int](r.span), Environment: value.OpenMap[value.Text](r.span),
	}
	switch layers := p.Get("layers"); {
	case layers != nil:
		if members, all := layers.Members(); all {
			c.Layers = value.Known(len(members), layers.Span)
		}
	case p.Has("layers") == tri.No:
		c.Layers = value.Absent[int](r.span)
	}
	switch blocks, all := items(p, "environment"); {
	case len(blocks) == 1 && all:
		c.Environment = blocks[0].TextMapOf("variables")
	case len(blocks) == 0 && all:
		c.Environment = value.NoMap[value.Text](r.span)
	}
	if to, all := l.waits(r.base); !all || slices.ContainsFunc(to, l.makes) {
		c.Build = value.Lit("makefile", r.span) // what makes a part of it may be anything
	}
	file := l.archiveOf(r)
	found := -1
	for n, a := range l.archives {
		if file.Present() == tri.Yes && a.output.Equal(file) == tri.Yes {
			if found >= 0 {
				return c // made twice
			}
			found = n
		}
	}
	if found < 0 {
		return c
	}
	a := l.archives[found]
	c.Local = a.local
	if a.members.Len() > 0 && a.members.IsClosed() {
		handler, _ := p.TextOf("handler").Get()
		for e := range a.members.All() {
			name, ok := e.Key.Get()
			if base := strings.TrimSuffix(name, path.Ext(name)); ok && strings.HasPrefix(handler, base+".") && c.Inline.Present() == tri.No {
				c.Inline, c.File = e.Value, value.Lit(base, e.Key.Span())
			}
		}
	}
	return c
}

// makes reports whether a resource may make files that others then take.
func (l *lifter) makes(base string) bool {
	r := l.byBase[base]
	return r != nil && slices.Contains([]string{"null_resource", "terraform_data", "local_file", "local_sensitive_file"}, r.typ)
}

// archiveOf returns the path of the archive that a function is made of: as a
// file, or as an object in a bucket that is made of the file.
func (l *lifter) archiveOf(r *lifted) value.Text {
	if file := r.p.TextOf("filename"); file.Present() != tri.No {
		return file
	}
	key := r.p.TextOf("s3_key")
	if key.Present() != tri.Yes {
		return value.UnknownText(r.span)
	}
	found := value.UnknownText(r.span)
	n := 0
	for _, typ := range []string{"aws_s3_object", "aws_s3_bucket_object"} {
		for _, o := range l.types[typ] {
			if o.p.TextOf("key").Equal(key) == tri.Yes {
				found = o.p.TextOf("source")
				n++
			}
		}
	}
	if n != 1 {
		return value.UnknownText(r.span)
	}
	return found
}
