package terraform

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"path"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/value"
)

// nativeText evaluates functions of text, encodings and files.
func (c *funcCall) nativeText() *val {
	switch c.name {
	case "join":
		return c.joined()
	case "format":
		if len(c.args) > 0 {
			return c.formatted(c.args[1:])
		}
	case "formatlist":
		if len(c.args) > 1 {
			return c.formattedList()
		}
	case "trimspace", "chomp", "trimprefix", "trimsuffix":
		return c.trimmed()
	case "replace":
		return c.replaced()
	case "split":
		return c.splitted()
	case "jsonencode", "yamlencode":
		if len(c.args) == 1 && c.args[0].kind != unknown {
			return &val{kind: str, enc: c.args[0], yaml: c.name == "yamlencode", span: c.span, err: c.args[0].err}
		}
	case "jsondecode", "yamldecode":
		if v := c.decode(c.arg(0)); v != nil {
			return v
		}
	case "file":
		v := c.readFile(c.arg(0), c.span)
		if s, ok := v.known(); ok && validUTF8([]byte(s)) != nil {
			return failed(c.span)
		}
		return v
	case "templatefile":
		return c.templateFile()
	case "templatestring":
		if v := c.arg(0); v.kind == str {
			return c.renderText(c.text(v, c.span), c.arg(1), c.span)
		}
	case "fileexists":
		if p, ok := c.path(c.arg(0)); ok {
			info, err := c.ev.l.reader.Stat(p)
			return boolVal(err == nil && info.Mode().IsRegular(), c.span)
		}
	case "fileset":
		return c.fileset()
	case "filebase64", "filemd5", "filesha1", "filesha256", "filesha512", "filebase64sha256", "filebase64sha512":
		return c.fileDigest()
	case "abspath", "pathexpand":
		// Where the configuration lies on the machine that applies it is not known.
		return c.arg(0)
	}
	return nil
}

func (c *funcCall) joined() *val {
	if len(c.args) < 2 {
		return nil
	}
	var items []*val
	for _, l := range c.args[1:] {
		if l.some != nil {
			items = append(items, l.some)
			continue
		}
		if l.kind != list || l.open && len(l.items) != 1 {
			return nil
		}
		// join("", x.*.id) is how a value of an optional resource is taken.
		items = append(items, l.items...)
	}
	if c.arg(0).kind != str && c.arg(0).kind != unknown && c.arg(0).kind != prim {
		return nil
	}
	return c.join(c.text(c.arg(0), c.span), items, c.span)
}

func (c *funcCall) templateFile() *val {
	text := c.readFile(c.arg(0), c.span)
	if text.kind != str {
		return text
	}
	return c.renderText(text.text, c.arg(1), c.span)
}

// path returns the path of a file, relative to the working directory.
func (e env) path(name *val) (string, bool) {
	s, ok := name.known()
	if !ok {
		return "", false
	}
	if !path.IsAbs(s) {
		s = path.Join(e.ev.root.cfg.dir, s)
	}
	return s, true
}

// fileDigest reads a file that the build may make, whose absence is no mistake.
func (c *funcCall) fileDigest() *val {
	p, ok := c.path(c.arg(0))
	if !ok {
		return nil
	}
	f, err := c.ev.l.reader.Read(p)
	if err != nil {
		return nil
	}
	var out string
	switch c.name {
	case "filebase64":
		out = base64.StdEncoding.EncodeToString(f.Data)
	case "filemd5":
		out = hexOf(md5.Sum(f.Data))
	case "filesha1":
		out = hexOf(sha1.Sum(f.Data))
	case "filesha256", "filebase64sha256":
		h := sha256.Sum256(f.Data)
		out = hex.EncodeToString(h[:])
		if c.name == "filebase64sha256" {
			out = base64.StdEncoding.EncodeToString(h[:])
		}
	default:
		h := sha512.Sum512(f.Data)
		out = hex.EncodeToString(h[:])
		if c.name == "filebase64sha512" {
			out = base64.StdEncoding.EncodeToString(h[:])
		}
	}
	return litVal(out, c.span)
}

// fileset lists the files below a directory that match a pattern.
func (c *funcCall) fileset() *val {
	dir, ok := c.path(c.arg(0))
	pattern, ok2 := c.arg(1).known()
	if !ok || !ok2 || !doublestar.ValidatePattern(pattern) {
		return nil
	}
	out := listVal(c.span)
	out.set = true
	c.glob(dir, "", pattern, out)
	return out
}

func (c *funcCall) glob(dir, rel, pattern string, out *val) {
	if strings.Count(rel, "/") > 32 {
		out.open = true
		return
	}
	entries, err := c.ev.l.reader.ReadDir(path.Join(dir, rel))
	if err != nil {
		if rel == "" {
			out.open = true // outside the roots, or made by the build
		}
		return
	}
	for _, e := range entries {
		if !c.ev.step() {
			out.open = true
			return
		}
		name := path.Join(rel, e.Name())
		if e.IsDir() {
			c.glob(dir, name, pattern, out)
		} else if ok, _ := doublestar.Match(pattern, name); ok {
			out.items = append(out.items, litVal(name, c.span))
		}
	}
}

// render returns the text that a value is encoded as. What is not known in it
// is a hole, as long as the rest can be told from it.
func (ev *evaluator) render(v *val) value.Text {
	if t, ok := ev.rendered[v]; ok {
		return t
	}
	ev.rendered[v] = ev.opaque(v.span).text // while it is under way
	t := ev.encode(v)
	ev.rendered[v] = t
	return t
}

func (ev *evaluator) encode(v *val) value.Text {
	var holes holeTable
	budget := maxValue
	plain, ok := ev.encodable(v.enc, &holes, v.span, &budget)
	if !ok {
		return ev.opaque(v.span, v.enc).text
	}
	f := library["jsonencode"]
	if v.yaml {
		f = library["yamlencode"]
	}
	out, err := callLibrary(f, []cty.Value{plain})
	if err != nil || out.IsNull() || !out.IsKnown() {
		return ev.opaque(v.span, v.enc).text
	}
	s := out.AsString()
	if ev.bytes += len(s); len(s) > maxText || ev.bytes > maxTexts {
		return ev.opaque(v.span, v.enc).text
	}
	return holes.restore(s, v.span)
}

// encodable returns a value for an encoder, with sentinels for its holes.
func (ev *evaluator) encodable(v *val, holes *holeTable, span source.Span, budget *int) (cty.Value, bool) {
	if *budget--; *budget < 0 || !ev.step() {
		return cty.NilVal, false
	}
	e := env{ev: ev}
	switch v.kind {
	case str:
		return cty.StringVal(holes.flatten(e.text(v, span))), true
	case unknown:
		return cty.StringVal(holes.flatten(e.text(v, span))), true
	case prim:
		return v.prim, true
	case null:
		return cty.NullVal(cty.DynamicPseudoType), true
	case list:
		if v.open {
			return cty.NilVal, false
		}
		items := make([]cty.Value, len(v.items))
		for i, item := range v.items {
			x, ok := ev.encodable(item, holes, span, budget)
			if !ok {
				return cty.NilVal, false
			}
			items[i] = x
		}
		return cty.TupleVal(items), true
	}
	if v.open || v.lookup != nil {
		return cty.NilVal, false
	}
	attrs := make(map[string]cty.Value, len(v.attrs))
	for _, a := range v.attrs {
		x, ok := ev.encodable(a.v, holes, span, budget)
		if !ok {
			return cty.NilVal, false
		}
		attrs[holes.flatten(a.key)] = x
	}
	return cty.ObjectVal(attrs), true
}
