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
		if IsJSON(f) {
			return nil
		}
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
	c := collector{file: f, root: root, seen: map[*Node]bool{}}
	c.walk(root)
	slices.SortFunc(c.texts, source.Span.Compare)
	out := slices.DeleteFunc(comments(f, false), func(ig source.Ignore) bool { return c.inText(ig.Span.Start) })
	out = append(out, c.found...)
	slices.SortStableFunc(out, func(a, b source.Ignore) int { return a.Span.Compare(b.Span) })
	return out
}

// comments finds directives behind # and, where they begin comments, slashes.
func comments(f *source.File, slashes bool) []source.Ignore {
	var out []source.Ignore
	blocks := blockFinder{file: f, slashes: slashes}
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
				ig.Scope = blocks.after(line)
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

// A blockFinder finds what directives on lines of their own cover. Of several
// that cover the same block, only the first makes it look.
type blockFinder struct {
	file        *source.File
	slashes     bool
	from, first int // the lines from…first-1 are comments
	scope       source.Span
}

// after returns the block behind a line.
func (b *blockFinder) after(line int) source.Span {
	f := b.file
	if b.from <= line && line < b.first {
		return b.scope
	}
	first := line + 1
	for first <= f.Lines() && (isComment(f.Line(first), b.slashes) || strings.TrimSpace(f.Line(first)) == "---") {
		first++
	}
	b.from, b.first = line, first
	b.scope = f.Span(len(f.Data), len(f.Data))
	if first <= f.Lines() {
		b.scope = f.Span(f.LineStart(first), b.end(first))
	}
	return b.scope
}

// end returns where the block ends that the line opens.
func (b *blockFinder) end(first int) int {
	f := b.file
	head := f.Line(first)
	indent := indentation(head)
	last := first
	for n := first + 1; n <= f.Lines(); n++ {
		text := f.Line(n)
		if isComment(text, b.slashes) {
			continue
		}
		// The items of a list may stand right below its key.
		item := indentation(text) == indent && isItem(text) && !isItem(head)
		if indentation(text) <= indent && !item {
			break
		}
		last = n
	}
	return f.LineStart(last) + len(f.Line(last))
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

// A collector finds directives in the data of a document.
type collector struct {
	file  *source.File
	root  *Node
	seen  map[*Node]bool
	found []source.Ignore
	texts []source.Span // of scalars in which a directive is mentioned
}

// inText reports whether an offset lies in the content of a scalar.
func (c *collector) inText(off int) bool {
	i, _ := slices.BinarySearchFunc(c.texts, off, func(t source.Span, start int) int {
		if t.Start <= start {
			return -1
		}
		return 1
	})
	return i > 0 && off < c.texts[i-1].End
}

func (c *collector) text(s source.Span) {
	if s.File == c.file && bytes.Contains(s.File.Data[s.Start:s.End], []byte(directive)) {
		c.texts = append(c.texts, s)
	}
}

func (c *collector) walk(n *Node) {
	if n == nil || c.seen[n] {
		return
	}
	c.seen[n] = true
	for _, p := range n.Value.Parts() {
		c.text(p.Span)
	}
	if n.Kind == Unknown {
		c.text(n.Span)
	}
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
		c.text(e.KeySpan)
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
