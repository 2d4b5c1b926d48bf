package tree

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/apigwlint/apigwlint/source"
)

const (
	directive   = "apigwlint:ignore"
	metadataKey = "apigwlint"
	extension   = "x-apigwlint-ignore"
)

// Comments returns the ignore directives in the comments of a file:
//
//	# apigwlint:ignore RULE REASON
//	// apigwlint:ignore RULE REASON
//
// The second form does not exist in YAML, and neither in JSON. A directive at
// the end of a line covers the line. One on a line of its own covers the next
// line that is neither blank nor a comment and, when lines that are indented
// more follow it, the block that they make up.
//
// Comments knows lines only. Of YAML files, [Ignores] knows what is a comment.
func Comments(f *source.File) []source.Ignore {
	switch strings.ToLower(path.Ext(f.Name)) {
	case ".json":
		return nil
	case ".yaml", ".yml", ".template":
		return comments(f, false)
	}
	return comments(f, true)
}

// Ignores returns the ignore directives of a YAML or JSON file: those in
// comments, and those in the data. The latter are, in CloudFormation templates,
//
//	Metadata:
//	  apigwlint:
//	    ignore:
//	      RULE: REASON
//
// which covers the resource that has it, or the template, and in OpenAPI documents
//
//	x-apigwlint-ignore:
//	  RULE: REASON
//
// which covers the object that has it.
func Ignores(f *source.File, root *Node) []source.Ignore {
	if !bytes.Contains(f.Data, []byte("apigwlint")) {
		return nil
	}
	out := slices.DeleteFunc(comments(f, false), func(ig source.Ignore) bool {
		return inScalar(root, ig.Span)
	})
	c := collector{file: f, root: root, seen: map[*Node]bool{}}
	c.walk(root)
	out = append(out, c.found...)
	slices.SortStableFunc(out, func(a, b source.Ignore) int { return a.Span.Compare(b.Span) })
	return out
}

// comments finds directives behind # and, where they begin comments, slashes.
func comments(f *source.File, slashes bool) []source.Ignore {
	var out []source.Ignore
	for off := 0; ; {
		n := bytes.Index(f.Data[off:], []byte(directive))
		if n < 0 {
			return out
		}
		off += n
		line, _ := f.Position(off)
		start := f.LineStart(line)
		text := f.Line(line)
		if ig, ok := parseDirective(f, start, text, off-start, slashes); ok {
			if strings.TrimSpace(text[:ig.Span.Start-start]) == "" {
				ig.Scope = blockAfter(f, line, slashes)
			} else {
				ig.Scope = f.Span(start, start+len(text))
			}
			out = append(out, ig)
		}
		off = max(start+len(text), off+1)
	}
}

// parseDirective reads the directive at a position of a line.
func parseDirective(f *source.File, start int, line string, at int, slashes bool) (source.Ignore, bool) {
	before := strings.TrimRight(line[:at], " \t")
	marker := strings.TrimRight(before, "#")
	if slashes && marker == before {
		marker = strings.TrimRight(before, "/")
		if len(before)-len(marker) < 2 {
			return source.Ignore{}, false
		}
	}
	if marker == before || strings.TrimRight(marker, " \t\uFEFF") == marker && marker != "" {
		return source.Ignore{}, false
	}
	rest := line[at+len(directive):]
	if rest != "" && !isBlank(rest[0]) {
		return source.Ignore{}, false
	}
	rule, reason, _ := strings.Cut(strings.TrimSpace(strings.ReplaceAll(rest, "\t", " ")), " ")
	return source.Ignore{
		Span:   f.Span(start+len(marker), start+len(strings.TrimRight(line, " \t"))),
		Rule:   strings.TrimSuffix(rule, ":"),
		Reason: strings.TrimSpace(strings.TrimLeft(reason, " :-–—")),
	}, true
}

// blockAfter returns what a directive on a line of its own covers.
func blockAfter(f *source.File, line int, slashes bool) source.Span {
	first := line + 1
	for first <= f.Lines() && (isComment(f.Line(first), slashes) || strings.TrimSpace(f.Line(first)) == "---") {
		first++
	}
	if first > f.Lines() {
		return f.Span(f.LineStart(line), len(f.Data))
	}
	head := f.Line(first)
	indent := indentation(head)
	last := first
	for n := first + 1; n <= f.Lines(); n++ {
		text := f.Line(n)
		if isComment(text, slashes) {
			continue
		}
		// The items of a list may stand right below its key.
		item := indentation(text) == indent && isItem(text) && !isItem(head)
		if indentation(text) <= indent && !item {
			break
		}
		last = n
	}
	return f.Span(f.LineStart(first), f.LineStart(last)+len(f.Line(last)))
}

func indentation(line string) int { return len(line) - len(strings.TrimLeft(line, " \t")) }

func isItem(line string) bool {
	text := strings.TrimLeft(line, " \t")
	return text == "-" || strings.HasPrefix(text, "- ")
}

// isComment reports whether a line is blank or has nothing but a comment.
func isComment(line string, slashes bool) bool {
	text := strings.TrimSpace(line)
	return text == "" || text[0] == '#' || slashes && strings.HasPrefix(text, "//")
}

// inScalar reports whether a range lies in the content of a scalar.
func inScalar(n *Node, s source.Span) bool {
	if n == nil || !n.Span.Contains(s) {
		return false
	}
	for _, e := range n.Entries {
		if e.KeySpan.Contains(s) || inScalar(e.Value, s) {
			return true
		}
	}
	for _, item := range n.Items {
		if inScalar(item, s) {
			return true
		}
	}
	for _, p := range n.Value.Parts() {
		if p.Span.Contains(s) {
			return true
		}
	}
	return n.Kind == Unknown
}

// A collector finds directives in the data of a document.
type collector struct {
	file  *source.File
	root  *Node
	seen  map[*Node]bool
	found []source.Ignore
}

func (c *collector) walk(n *Node) {
	if n == nil || c.seen[n] {
		return
	}
	c.seen[n] = true
	for _, item := range n.Items {
		c.walk(item)
	}
	for _, e := range n.Entries {
		switch e.Key {
		case "Metadata":
			c.collect(n, e.Value.Get(metadataKey, "ignore"))
		case extension:
			c.collect(n, e.Value)
		}
		c.walk(e.Value)
	}
}

// collect adds the rules and reasons that a directive names for the map n.
func (c *collector) collect(n, rules *Node) {
	scope := n.Span
	switch {
	case n == c.root:
		scope = c.file.Span(0, len(c.file.Data))
	case n.Head.IsValid() && n.Head.File == scope.File && n.Head.Start < scope.Start:
		scope.Start = n.Head.Start
	}
	add := func(rule, reason string, span source.Span) {
		if span.File == c.file && scope.File == c.file {
			c.found = append(c.found, source.Ignore{Span: span, Scope: scope, Rule: rule, Reason: strings.TrimSpace(reason)})
		}
	}
	switch {
	case rules.Is(Map):
		for _, e := range rules.Entries {
			reason, _ := e.Value.Str()
			add(e.Key, reason, e.KeySpan)
		}
	case rules.Is(List):
		for _, item := range rules.Items {
			rule, _ := item.Str()
			add(rule, "", item.Span)
		}
	case rules.Is(Scalar):
		rule, _ := rules.Str()
		add(rule, "", rules.Span)
	}
}
