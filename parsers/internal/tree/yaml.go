package tree

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/value"
)

// parseYAML reads all documents of a YAML stream.
func parseYAML(f *source.File) (docs []*Node, problems []source.Problem) {
	for i, b := range f.Data {
		if b < ' ' && b != '\n' && b != '\r' && b != '\t' {
			return nil, []source.Problem{*problem(f, i, fmt.Sprintf("control character U+%04X in the file", b))}
		}
	}
	r := &yamlReader{f: f, data: f.Data, ascii: isASCII(f.Data)}
	r.findLines()
	// The library reports errors as such; a panic would be a bug of its, and no
	// file is worth losing the findings of the others.
	defer func() {
		if e := recover(); e != nil {
			docs = nil
			problems = slices.Concat(r.problems, []source.Problem{*problem(f, r.last, fmt.Sprintf("cannot be read as YAML: %v", e))})
		}
	}()
	loader, err := yaml.NewLoader(bytes.NewReader(f.Data))
	for err == nil {
		var doc yaml.Node
		if err = loader.Load(&doc); err != nil {
			break
		}
		if n := r.document(&doc); n != nil {
			docs = append(docs, n)
		}
	}
	if !errors.Is(err, io.EOF) {
		r.problems = append(r.problems, r.syntaxError(err))
	}
	return docs, r.problems
}

func isASCII(data []byte) bool {
	for _, b := range data {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// A yamlReader turns the nodes of the YAML library, which know where they begin,
// into nodes that know their extent.
type yamlReader struct {
	f        *source.File
	data     []byte
	ascii    bool
	lines    []int // starts of lines, where YAML sees more of them than source.File
	problems []source.Problem

	nodes slab[Node]
	texts slab[written]

	at       struct{ line, col, off int } // the last position that was computed
	last     int                          // the last offset that was computed
	anchors  map[*yaml.Node]*anchored
	count    int // nodes converted
	expanded int // nodes that aliases stand for
	stopped  bool
}

// An anchored is a node that aliases refer to.
type anchored struct {
	node         *Node
	size, height int // of the expanded tree
}

// findLines makes the table of lines for files with line breaks that are such
// for YAML only.
func (r *yamlReader) findLines() {
	exotic := false
	for i := bytes.IndexByte(r.data, '\r'); i >= 0 && i < len(r.data); {
		if i+1 == len(r.data) || r.data[i+1] != '\n' {
			exotic = true
			break
		}
		n := bytes.IndexByte(r.data[i+1:], '\r')
		if n < 0 {
			break
		}
		i += 1 + n
	}
	if !r.ascii && !exotic {
		exotic = bytes.Contains(r.data, []byte("\u0085")) || bytes.Contains(r.data, []byte("\u2028")) || bytes.Contains(r.data, []byte("\u2029"))
	}
	if !exotic {
		return
	}
	r.lines = []int{0}
	for i := 0; i < len(r.data); {
		n, _ := breakAt(r.data, i)
		if n > 0 {
			r.lines = append(r.lines, i+n)
		}
		i += max(n, 1)
	}
}

func (r *yamlReader) lineStart(line int) int {
	start := 0
	switch {
	case r.lines == nil:
		start = r.f.LineStart(line)
	case line > len(r.lines):
		start = len(r.data)
	case line >= 1:
		start = r.lines[line-1]
	}
	if line <= 1 && bytes.HasPrefix(r.data, byteOrderMark) {
		start = len(byteOrderMark)
	}
	return start
}

// offset returns the offset of a position as the YAML library gives it: a line
// and a column in code points, both from 1.
func (r *yamlReader) offset(line, col int) int {
	if r.ascii {
		r.last = min(r.lineStart(line)+max(col, 1)-1, len(r.data))
		return r.last
	}
	if line != r.at.line || col < r.at.col {
		r.at.line, r.at.col, r.at.off = line, 1, r.lineStart(line)
	}
	for r.at.col < col && r.at.off < len(r.data) {
		_, n := utf8.DecodeRune(r.data[r.at.off:])
		r.at.off += n
		r.at.col++
	}
	r.last = r.at.off
	return r.last
}

// column returns the column, from 0, of an offset.
func (r *yamlReader) column(off int) int {
	start := off
	for start > 0 && !endsLine(r.data, start) {
		start--
	}
	if start == 0 && bytes.HasPrefix(r.data, byteOrderMark) {
		start = min(len(byteOrderMark), off)
	}
	if r.ascii {
		return off - start
	}
	return utf8.RuneCount(r.data[start:off])
}

// endsLine reports whether a line break ends at an offset.
func endsLine(data []byte, off int) bool {
	switch data[off-1] {
	case '\n', '\r':
		return true
	case 0x85:
		return off >= 2 && data[off-2] == 0xC2
	case 0xA8, 0xA9:
		return off >= 3 && data[off-2] == 0x80 && data[off-3] == 0xE2
	}
	return false
}

func (r *yamlReader) syntaxError(err error) source.Problem {
	var e *yaml.LoadError
	if !errors.As(err, &e) {
		return *problem(r.f, len(r.data), "cannot be read as YAML: "+strings.TrimPrefix(err.Error(), "yaml: "))
	}
	off := e.Mark.Index
	if e.Mark.Line > 0 {
		off = r.offset(e.Mark.Line, e.Mark.Column)
	}
	if strings.Contains(e.ContextMsg, "quoted scalar") && strings.Contains(e.Message, "end of stream") {
		off = r.offset(e.ContextMark.Line, e.ContextMark.Column)
		return *problem(r.f, off, "cannot be read as YAML: a quoted text has no closing quote")
	}
	if strings.Contains(e.Message, "could not find expected ':'") && e.ContextMark.Line > 0 {
		off = r.offset(e.ContextMark.Line, e.ContextMark.Column)
		return *problem(r.f, off, "cannot be read as YAML: a key without a colon, or a text over several lines that is not indented")
	}
	message := r.explain(e.Message, off)
	if e.ContextMark.Line > 0 && e.ContextMark.Line != e.Mark.Line {
		message += fmt.Sprintf(" (%s that begins on line %d)", inContext(e.ContextMsg), r.fileLine(e.ContextMark.Line))
	}
	return *problem(r.f, off, "cannot be read as YAML: "+message)
}

// explain puts a message of the YAML library into words for people who do not
// know how YAML is parsed.
func (r *yamlReader) explain(message string, off int) string {
	var c rune
	for _, c = range string(r.data[off:min(off+utf8.UTFMax, len(r.data))]) {
		break
	}
	switch {
	case c == '\t' && (strings.Contains(message, "cannot start any token") || strings.Contains(message, "tab character")):
		return "a tab where only spaces may indent"
	case strings.Contains(message, "cannot start any token"):
		return fmt.Sprintf("a value that begins with %q needs quotes", c)
	case strings.Contains(message, "mapping values are not allowed"):
		return "a colon out of place: the indentation is wrong, or a text with a colon needs quotes"
	case strings.Contains(message, "did not find expected key"):
		return "a key is expected here: the indentation is wrong, or a text needs quotes"
	case strings.Contains(message, "expected '-' indicator"):
		return "an item of a list is expected here: the indentation is wrong, or a dash is missing"
	case strings.Contains(message, "unknown escape character"):
		return "an unknown escape sequence in double quotes"
	}
	return message
}

// inContext turns "while parsing a block mapping" into words for people.
func inContext(context string) string {
	for _, w := range []string{"while parsing a ", "while scanning a ", "while scanning an "} {
		context = strings.TrimPrefix(context, w)
	}
	switch {
	case strings.HasSuffix(context, "mapping"):
		return "in the map"
	case strings.HasSuffix(context, "sequence"), strings.HasSuffix(context, "collection"):
		return "in the list"
	}
	return "in the " + context
}

// fileLine turns a line number of the YAML library into one of the file.
func (r *yamlReader) fileLine(line int) int {
	if r.lines == nil {
		return line
	}
	n, _ := r.f.Position(r.lineStart(line))
	return n
}

func (r *yamlReader) problem(off int, format string, args ...any) {
	r.problems = append(r.problems, *problem(r.f, off, fmt.Sprintf(format, args...)))
}

// document converts a document; an empty one is nil.
func (r *yamlReader) document(doc *yaml.Node) *Node {
	if doc.Kind != yaml.DocumentNode || len(doc.Content) == 0 {
		return nil
	}
	root := doc.Content[0]
	if isEmpty(root) && !hasProperties(root) {
		return nil
	}
	n := r.convert(root, context{parent: -1, empty: -1})
	if r.stopped {
		return nil
	}
	return n.node
}

// A context is what the place of a node says about it.
type context struct {
	parent int // column of the enclosing block collection, from 0, or -1
	empty  int // where an empty value is
	depth  int
}

// A converted is a node with the end of what is written at its place, which is
// the alias when it is reached through one.
type converted struct {
	node   *Node
	end    int
	height int
}

// isEmpty reports whether nothing is written for a scalar.
func isEmpty(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Value == "" && n.Style&quoted == 0
}

const quoted = yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle

func hasProperties(n *yaml.Node) bool {
	return n.Anchor != "" || n.Style&yaml.TaggedStyle != 0 || n.Tag == "!"
}

func (r *yamlReader) convert(n *yaml.Node, c context) converted {
	if n.Kind == yaml.AliasNode {
		return r.alias(n, c)
	}
	before := r.count + r.expanded
	r.count++
	var a *anchored
	if n.Anchor != "" {
		a = &anchored{}
		if r.anchors == nil {
			r.anchors = map[*yaml.Node]*anchored{}
		}
		r.anchors[n] = a
	}
	var out converted
	switch n.Kind {
	case yaml.MappingNode:
		out = r.mapping(n, c)
	case yaml.SequenceNode:
		out = r.sequence(n, c)
	default:
		out = r.scalar(n, c)
	}
	if a != nil {
		a.node, a.size, a.height = out.node, r.count+r.expanded-before, out.height
	}
	return out
}

// alias returns what an alias stands for.
func (r *yamlReader) alias(n *yaml.Node, c context) converted {
	off := r.offset(n.Line, n.Column)
	end := min(off+1+len(n.Value), len(r.data))
	unknown := func(format string, args ...any) converted {
		if !r.stopped {
			r.problem(off, format, args...)
			r.stopped = true
		}
		return converted{NewUnknown(r.f.Span(off, end)), end, 0}
	}
	a := r.anchors[n.Alias]
	switch {
	case a == nil:
		return unknown("the alias *%s refers to nothing before it", n.Value)
	case a.node == nil:
		return unknown("the alias *%s refers to a value that contains it", n.Value)
	}
	r.expanded += a.size
	switch {
	case r.expanded > MaxExpansion:
		return unknown("the aliases of the file expand to more than %d values", MaxExpansion)
	case c.depth+a.height > MaxDepth:
		return unknown("the alias *%s expands to more than %d levels", n.Value, MaxDepth)
	}
	node := r.nodes.new()
	*node = *a.node
	node.Head = source.Span{}
	return converted{node, end, a.height}
}

// begin returns the offsets of the tag of a node, when it has one, and of its
// content. The content of an empty scalar begins where its properties end.
func (r *yamlReader) begin(n *yaml.Node) (span, content int) {
	off := r.offset(n.Line, n.Column)
	if !hasProperties(n) {
		return off, off
	}
	tag, end := -1, off
	for off < len(r.data) {
		switch c := r.data[off]; {
		case c == '&' && n.Anchor != "":
			off = min(off+1+len(n.Anchor), len(r.data))
			end = off
		case c == '!' && tag < 0:
			tag = off
			off = tagEnd(r.data, off)
			end = off
		default:
			next := skipSpace(r.data, off)
			if next > off {
				off = next
				continue
			}
			if isEmpty(n) {
				off = end
			}
			return first(tag, off), off
		}
	}
	if isEmpty(n) {
		off = end
	}
	return first(tag, off), off
}

func first(tag, off int) int {
	if tag >= 0 {
		return tag
	}
	return off
}

func tagEnd(data []byte, i int) int {
	if i+1 < len(data) && data[i+1] == '<' {
		if n := bytes.IndexByte(data[i:], '>'); n >= 0 {
			return i + n + 1
		}
	}
	for i < len(data) {
		if n, _ := breakAt(data, i); n > 0 || isBlank(data[i]) || strings.IndexByte(",[]{}", data[i]) >= 0 {
			break
		}
		i++
	}
	return i
}

// skipSpace returns the offset behind blanks, line breaks and comments.
func skipSpace(data []byte, i int) int {
	for i < len(data) {
		n, _ := breakAt(data, i)
		switch {
		case isBlank(data[i]):
			i++
		case n > 0:
			i += n
		case data[i] == '#' && (i == 0 || isBlank(data[i-1]) || endsLine(data, i)):
			i = lineEnd(data, i)
		case bytes.HasPrefix(data[i:], byteOrderMark):
			i += len(byteOrderMark)
		default:
			return i
		}
	}
	return i
}

// localTag returns the tag that a node keeps: one that is not of YAML itself.
func localTag(n *yaml.Node) string {
	switch n.Tag {
	case "!", "!!str", "!!int", "!!float", "!!bool", "!!null", "!!timestamp", "!!binary", "!!merge",
		"!!map", "!!seq", "!!set", "!!omap", "!!pairs":
		return ""
	}
	return n.Tag
}

func (r *yamlReader) scalar(n *yaml.Node, c context) converted {
	node := r.nodes.new()
	node.Kind = Scalar
	node.Tag = localTag(n)
	if isEmpty(n) && !hasProperties(n) {
		at := c.empty
		if at < 0 {
			at = r.offset(n.Line, n.Column)
		}
		node.Kind, node.Span = Null, r.f.Span(at, at)
		return converted{node, at, 0}
	}
	start, content := r.begin(n)
	w := r.texts.new()
	end := r.written(w, n, content, c.parent)
	node.Span = r.f.Span(start, end)
	text := n.Value
	switch n.Tag {
	case "!!null":
		node.Kind = Null
		return converted{node, end, 0}
	case "!!binary":
		node.Kind = Unknown
		return converted{node, end, 0}
	case "!!int":
		node.Type = Int
		if n.Style&yaml.TaggedStyle != 0 && !isInt(text) {
			r.problem(start, "%q is tagged !!int and is no whole number", text)
		}
	case "!!float":
		node.Type = Float
		if n.Style&yaml.TaggedStyle != 0 && !isFloat(text) {
			r.problem(start, "%q is tagged !!float and is no number", text)
		}
	case "!!bool":
		b, ok := boolean(text)
		if !ok {
			r.problem(start, "%q is tagged !!bool and is neither true nor false", text)
			break
		}
		node.Type = Bool
		if b := strconv.FormatBool(b); b != text {
			node.Value = value.Lit(b, node.Span)
			return converted{node, end, 0}
		}
	}
	node.Value = w.text(text, node.Span)
	return converted{node, end, 0}
}

func isInt(s string) bool {
	s = strings.ReplaceAll(s, "_", "")
	_, err := strconv.ParseInt(s, 0, 64)
	if err != nil {
		_, err = strconv.ParseUint(strings.TrimPrefix(s, "+"), 0, 64)
	}
	return err == nil
}

func isFloat(s string) bool {
	switch strings.ToLower(strings.TrimLeft(s, "+-")) {
	case ".inf", ".nan":
		return true
	}
	_, err := strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64)
	return err == nil || isInt(s)
}

// boolean reads the words that YAML 1.1 has for booleans.
func boolean(s string) (is, ok bool) {
	switch strings.ToLower(s) {
	case "true", "yes", "on", "y":
		return true, true
	case "false", "no", "off", "n":
		return false, true
	}
	return false, false
}

// written sets w to the text of a scalar that begins at an offset, and returns
// where the scalar ends.
func (r *yamlReader) written(w *written, n *yaml.Node, off, parent int) int {
	w.file, w.start, w.size = r.f, off, len(n.Value)
	data := r.data
	var end int
	switch {
	case n.Style&yaml.SingleQuotedStyle != 0:
		w.style, w.start = single, min(off+1, len(data))
		w.end = singleEnd(data, w.start)
		end = min(w.end+1, len(data))
	case n.Style&yaml.DoubleQuotedStyle != 0:
		w.style, w.start = double, min(off+1, len(data))
		w.end = doubleEnd(data, w.start)
		end = min(w.end+1, len(data))
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 && off < len(data):
		b := layoutBlock(data, off, parent)
		w.style = literal
		if b.folded {
			w.style = folded
		}
		w.start, w.end, w.indent, w.chomp = min(b.first, b.end), b.end, int32(min(b.indent, math.MaxInt32)), b.chomp
		return b.end
	case off+len(n.Value) <= len(data) && string(data[off:off+len(n.Value)]) == n.Value:
		w.style, w.end = verbatim, off+len(n.Value)
		end = w.end
	default:
		w.style = plain
		w.end = decodePlain(data, off, len(n.Value), func([]byte, int, int) {})
		end = w.end
	}
	if w.end-w.start == len(n.Value) && string(data[w.start:w.end]) == n.Value {
		w.style = verbatim
	}
	return end
}

// singleEnd returns the offset of the quote that ends a single-quoted scalar.
func singleEnd(data []byte, i int) int {
	for i < len(data) {
		n := bytes.IndexByte(data[i:], '\'')
		if n < 0 {
			return len(data)
		}
		i += n
		if i+1 == len(data) || data[i+1] != '\'' {
			return i
		}
		i += 2
	}
	return len(data)
}

// doubleEnd returns the offset of the quote that ends a double-quoted scalar.
func doubleEnd(data []byte, i int) int {
	for ; i < len(data); i++ {
		switch data[i] {
		case '"':
			return i
		case '\\':
			i++
		}
	}
	return len(data)
}

func (r *yamlReader) tooDeep(off, depth int) bool {
	if depth <= MaxDepth {
		return r.stopped
	}
	if !r.stopped {
		r.problem(off, "nested deeper than %d levels", MaxDepth)
		r.stopped = true
	}
	return true
}

func (r *yamlReader) sequence(n *yaml.Node, c context) converted {
	start, content := r.begin(n)
	node := r.nodes.new()
	node.Kind, node.Tag = List, localTag(n)
	inner := context{parent: c.parent, depth: c.depth + 1}
	flow := n.Style&yaml.FlowStyle != 0
	if !flow {
		inner.parent = r.column(content)
	}
	end := content
	if flow {
		end = min(content+1, len(r.data))
	}
	height := 0
	node.Items = make([]*Node, 0, len(n.Content))
	if !r.tooDeep(content, inner.depth) {
		for _, item := range n.Content {
			if isEmpty(item) {
				inner.empty = r.afterDash(end)
			}
			child := r.convert(item, inner)
			node.Items = append(node.Items, child.node)
			end = max(end, child.end)
			height = max(height, child.height)
		}
	}
	if flow {
		end = r.closing(end, ']')
	}
	node.Span = r.f.Span(start, end)
	return converted{node, end, height + 1}
}

// afterDash returns the offset behind the dash that follows an offset.
func (r *yamlReader) afterDash(off int) int {
	if i := skipSpace(r.data, off); i < len(r.data) && r.data[i] == '-' {
		return i + 1
	}
	return off
}

// closing returns the offset behind the bracket that closes a flow collection
// whose last member ends at off.
func (r *yamlReader) closing(off int, bracket byte) int {
	i := skipSpace(r.data, off)
	if i < len(r.data) && r.data[i] == ',' {
		i = skipSpace(r.data, i+1)
	}
	if i < len(r.data) && r.data[i] == bracket {
		return i + 1
	}
	return off
}

func (r *yamlReader) mapping(n *yaml.Node, c context) converted {
	start, content := r.begin(n)
	node := r.nodes.new()
	node.Kind, node.Tag = Map, localTag(n)
	inner := context{parent: c.parent, depth: c.depth + 1}
	braces := false
	end := content
	if n.Style&yaml.FlowStyle == 0 {
		inner.parent = r.column(content)
	} else if content < len(r.data) && r.data[content] == '{' {
		// A pair in a list, [a: b], has no braces of its own.
		braces = len(n.Content) == 0 || r.offset(n.Content[0].Line, n.Content[0].Column) != content
		if braces {
			end++
		}
	}
	height := 0
	m := mapBuilder{entries: make([]Entry, 0, len(n.Content)/2)}
	if !r.tooDeep(content, inner.depth) {
		for i := 0; i+1 < len(n.Content); i += 2 {
			k, v := n.Content[i], n.Content[i+1]
			key, keySpan, keyEnd := r.key(k, inner)
			if isEmpty(v) {
				inner.empty = r.afterColon(keyEnd)
			}
			child := r.convert(v, inner)
			end = max(end, keyEnd, child.end)
			height = max(height, child.height)
			if k.Kind == yaml.ScalarNode && k.Tag == "!!merge" {
				r.merge(&m, child.node, keySpan)
				continue
			}
			child.node.Head = keySpan
			m.put(Entry{key, keySpan, child.node})
		}
	}
	if braces {
		end = r.closing(end, '}')
	}
	node.Entries = m.entries
	node.Span = r.f.Span(start, end)
	return converted{node, end, height + 1}
}

// afterColon returns the offset behind the colon that follows a key.
func (r *yamlReader) afterColon(off int) int {
	if i := skipSpace(r.data, off); i < len(r.data) && r.data[i] == ':' {
		return i + 1
	}
	return off
}

// key returns the text of a key, its place, and where it ends.
func (r *yamlReader) key(n *yaml.Node, c context) (string, source.Span, int) {
	if isEmpty(n) && !hasProperties(n) {
		off := r.offset(n.Line, n.Column)
		return "", r.f.Span(off, off), off
	}
	if n.Kind == yaml.ScalarNode {
		if n.Anchor != "" {
			r.convert(n, c) // for its aliases
		}
		_, content := r.begin(n)
		var w written
		end := r.written(&w, n, content, c.parent)
		start := w.start
		if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
			start = min(content, w.end) // a block scalar stands from its indicator on
		}
		return n.Value, r.f.Span(start, w.end), end
	}
	k := r.convert(n, c)
	off := r.offset(n.Line, n.Column)
	span := r.f.Span(off, k.end)
	if n.Kind == yaml.AliasNode && n.Alias.Kind == yaml.ScalarNode {
		return n.Alias.Value, span, k.end
	}
	switch text := span.Text(); {
	case r.stopped:
	case strings.HasPrefix(text, "{"):
		r.problem(off, "a map as the key of a map: text in braces, such as {{name}}, needs quotes")
	default:
		r.problem(off, "a list or alias as the key of a map")
	}
	return span.Text(), span, k.end
}

// merge adds what a merge key stands for.
func (r *yamlReader) merge(m *mapBuilder, v *Node, key source.Span) {
	if r.stopped {
		return
	}
	switch v.Kind {
	case Map:
		m.merge(v.Entries)
		r.expanded += len(v.Entries)
		if r.expanded > MaxExpansion {
			r.problem(key.Start, "the merge keys of the file expand to more than %d values", MaxExpansion)
			r.stopped = true
		}
	case List:
		for _, item := range v.Items {
			if item.Kind == List {
				r.problem(key.Start, "the merge key << needs a map or a list of maps")
				return
			}
			r.merge(m, item, key)
		}
	default:
		r.problem(key.Start, "the merge key << needs a map or a list of maps")
	}
}
