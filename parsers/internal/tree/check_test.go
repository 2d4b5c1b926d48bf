package tree

import (
	"bytes"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/apigwlint/apigwlint/source"
)

// check verifies the laws of trees as they are read: spans lie in their file,
// members in their parents, and what a scalar's span covers decodes to its content.
func check(f *source.File, root *Node) error {
	c := checker{f: f, aliases: bytes.IndexByte(f.Data, '*') >= 0, seen: map[*Node]bool{}}
	c.node(root, nil)
	if len(c.errs) > 0 {
		return fmt.Errorf("%s: %s", f.Name, strings.Join(c.errs, "\n"))
	}
	return nil
}

type checker struct {
	f       *source.File
	aliases bool
	seen    map[*Node]bool
	errs    []string
}

func (c *checker) errorf(n *Node, format string, args ...any) {
	if len(c.errs) < 10 {
		c.errs = append(c.errs, fmt.Sprintf("%s %q: ", n.Span, cut(n.Span.Text()))+fmt.Sprintf(format, args...))
	}
}

func cut(s string) string {
	if len(s) > 200 {
		return s[:200] + "…"
	}
	return s
}

func (c *checker) node(n, parent *Node) {
	if n == nil || c.seen[n] {
		return
	}
	c.seen[n] = true
	if n.Span.File != c.f || n.Span.Start < 0 || n.Span.End < n.Span.Start || n.Span.End > len(c.f.Data) {
		c.errorf(n, "span %d-%d outside the file", n.Span.Start, n.Span.End)
		return
	}
	if parent != nil && !c.aliases && !parent.Span.Contains(n.Span) {
		c.errorf(n, "outside its parent %q", cut(parent.Span.Text()))
	}
	for _, item := range n.Items {
		c.node(item, n)
	}
	for _, e := range n.Entries {
		if !c.aliases && !n.Span.Contains(e.KeySpan) {
			c.errorf(n, "key %q at %s outside", e.Key, e.KeySpan)
		}
		if e.Value.Head != e.KeySpan && !c.aliases {
			c.errorf(n, "head of %q is %s", e.Key, e.Value.Head)
		}
		if text := e.KeySpan.Text(); text != e.Key && !c.aliases && !strings.ContainsAny(text, "\\'\n\r\u0085\u2028\u2029[{>|") {
			c.errorf(n, "key %q is written %q", e.Key, text)
		}
		c.node(e.Value, n)
	}
	if n.Kind == Scalar {
		c.scalar(n)
	}
}

func (c *checker) scalar(n *Node) {
	content, ok := n.Value.Get()
	if !ok {
		c.errorf(n, "a scalar with holes")
	}
	parts := n.Value.Parts()
	if len(parts) == 0 || parts[0].At == nil {
		return
	}
	w := parts[0].At.(*written)
	var b strings.Builder
	last := w.start
	w.decode(func(s []byte, from, to int) {
		if from < last || to < from {
			c.errorf(n, "decoding goes back from %d to %d-%d", last, from, to)
		}
		last = to
		b.Write(s)
	})
	if b.String() != content {
		c.errorf(n, "%q decodes to %q", content, b.String())
		return
	}
	c.again(n, w, content)
	for i := range len(content) {
		if i > 2000 {
			break
		}
		got := w.Locate(i, i+1).Text()
		if got != content[i:i+1] && !stands(got, content, i) {
			c.errorf(n, "byte %d of %q is located at %q", i, cut(content), got)
			return
		}
	}
	if all := w.Locate(0, len(content)); len(content) > 0 && (w.style != literal && w.style != folded) && (all.Start != w.start && w.style != double || all.End > n.Span.End) {
		c.errorf(n, "all of it is located at %q", all.Text())
	}
}

// stands reports whether text, as it is written, stands for a stretch of the
// content around i: an escape sequence or a line folding.
func stands(text, content string, i int) bool {
	if strings.HasPrefix(text, "\\") || text == "''" {
		var doc string
		quote := text[:1]
		if quote != "'" {
			quote = "\""
		}
		if text == "''" {
			doc = "'"
		} else if f := source.NewFile("x.json", []byte(quote+text+quote)); yaml.Unmarshal(f.Data, &doc) != nil {
			n, p := parseJSON(f)
			if p != nil {
				return false
			}
			doc, _ = n.Str()
		}
		if strings.ContainsAny(text, "\n\r\u0085\u2028\u2029") {
			return true
		}
		for k := range doc {
			if i-k >= 0 && strings.HasPrefix(content[i-k:], doc) {
				return true
			}
		}
		for k := range len(doc) {
			if i-k >= 0 && strings.HasPrefix(content[i-k:], doc) {
				return true
			}
		}
		return false
	}
	if strings.Trim(text, " \t\n\r\u0085\u2028\u2029") == "" {
		return strings.IndexByte(" \n\xe2\x80\xa8\xa9", content[i]) >= 0
	}
	return false
}

// again reads what the span of a scalar covers as a document of its own, which
// has to have the same content.
func (c *checker) again(n *Node, w *written, content string) {
	text := n.Span.Text()
	if w.style == verbatim && (text == content || len(text) >= 2 && text[1:len(text)-1] == content) {
		return
	}
	explicit := w.start > n.Span.Start && strings.ContainsAny(text[:w.start-n.Span.Start], "123456789")
	if explicit && (w.style == literal || w.style == folded) || n.Tag == "" && strings.HasPrefix(text, "!") || strings.Contains(text, "&") {
		return
	}
	if doc, problem := parseJSON(source.NewFile("again.json", []byte(text))); problem == nil {
		if got, _ := doc.Str(); got != content {
			c.errorf(n, "%q is read again as %q", content, got)
		}
		return
	}
	var doc string
	if i := strings.IndexByte(text, '!'); i == 0 { // a tag that may have no handle here
		text = "!!str" + text[tagEnd([]byte(text), 0):]
	}
	if n.Span.End < len(c.f.Data) {
		text += "\n"
	}
	if err := yaml.Unmarshal([]byte(" "+text), &doc); err != nil || doc != content {
		c.errorf(n, "%q is read again as %q, %v", content, doc, err)
	}
}
