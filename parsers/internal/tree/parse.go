package tree

import (
	"bytes"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/apigwlint/apigwlint/source"
)

// MaxDepth is how deep maps and lists may be nested, aliases expanded.
const MaxDepth = 10_000

// MaxExpansion is how many nodes the aliases and merge keys of one file may
// stand for. Real templates stay far below it; a few lines of aliases of
// aliases do not.
const MaxExpansion = 1_000_000

// Parse reads a YAML or JSON file and returns its first document: nil when the
// file is empty, has only comments, or cannot be read. What keeps it from being
// read is in the problems.
//
// Nodes that are reached through YAML aliases are shared, so that nodes must not
// be changed in place.
func Parse(f *source.File) (*Node, []source.Problem) {
	docs, problems := ParseAll(f)
	if len(docs) == 0 {
		return nil, problems
	}
	return docs[0], problems
}

// ParseAll reads a YAML or JSON file and returns its documents, without those
// that are empty. Documents before one that cannot be read are returned.
//
// A file that begins with a brace or bracket is JSON; when it is not valid JSON
// it is read as YAML in flow style, as CloudFormation does.
func ParseAll(f *source.File) ([]*Node, []source.Problem) {
	text := bytes.TrimPrefix(f.Data, byteOrderMark)
	if len(text) == 0 {
		return nil, nil
	}
	if p := checkEncoding(f); p != nil {
		return nil, []source.Problem{*p}
	}
	if !isJSON(text) {
		return parseYAML(f)
	}
	node, problem := parseJSON(f)
	if problem == nil {
		return []*Node{node}, nil
	}
	docs, problems := parseYAML(f)
	if len(problems) > 0 && strings.EqualFold(path.Ext(f.Name), ".json") {
		return nil, []source.Problem{*problem}
	}
	return docs, problems
}

var byteOrderMark = []byte("\uFEFF")

// isJSON reports whether a text begins like a JSON document that is worth reading.
func isJSON(text []byte) bool {
	text = bytes.TrimLeft(text, " \t\r\n")
	return len(text) > 0 && (text[0] == '{' || text[0] == '[')
}

// IsJSON reports whether the file is read as JSON first.
func IsJSON(f *source.File) bool { return isJSON(bytes.TrimPrefix(f.Data, byteOrderMark)) }

// checkEncoding finds a file that is not UTF-8.
func checkEncoding(f *source.File) *source.Problem {
	data := f.Data
	if bytes.HasPrefix(data, []byte{0xFF, 0xFE}) || bytes.HasPrefix(data, []byte{0xFE, 0xFF}) {
		return problem(f, 0, "the file is encoded in UTF-16, not in UTF-8")
	}
	if !utf8.Valid(data) {
		off := 0
		for off < len(data) {
			r, n := utf8.DecodeRune(data[off:])
			if r == utf8.RuneError && n == 1 {
				break
			}
			off += n
		}
		return &source.Problem{
			Span:    f.Span(off, off+1),
			Message: fmt.Sprintf("byte 0x%02X is not valid UTF-8", data[off]),
		}
	}
	return nil
}

// problem returns a problem with the character at an offset.
func problem(f *source.File, off int, message string) *source.Problem {
	off = min(off, len(f.Data))
	_, n := utf8.DecodeRune(f.Data[off:])
	if off < len(f.Data) && f.Data[off] == '\n' {
		n = 0
	}
	return &source.Problem{Span: f.Span(off, off+n), Message: message}
}

// A slab hands out values that it allocates in chunks of growing size.
type slab[T any] struct {
	free []T
	size int
}

func (s *slab[T]) new() *T {
	if len(s.free) == 0 {
		s.size = min(max(2*s.size, 8), 128)
		s.free = make([]T, s.size)
	}
	t := &s.free[0]
	s.free = s.free[1:]
	return t
}

// A mapBuilder collects the entries of a map. As in CloudFormation's reader, the
// last of several entries with the same key wins; what a YAML merge key brings
// gives way to everything else.
type mapBuilder struct {
	entries []Entry
	index   map[string]int // of the entries, once they are many
}

// find returns the position of the entry of a key, or -1.
func (m *mapBuilder) find(key string) int {
	const small = 12
	if len(m.entries) < small {
		for i := range m.entries {
			if m.entries[i].Key == key {
				return i
			}
		}
		return -1
	}
	if m.index == nil {
		m.index = make(map[string]int, 2*small)
		for i := range m.entries {
			m.index[m.entries[i].Key] = i
		}
	}
	if i, ok := m.index[key]; ok {
		return i
	}
	return -1
}

func (m *mapBuilder) put(e Entry) {
	if i := m.find(e.Key); i >= 0 {
		m.entries[i] = e
		return
	}
	if m.index != nil {
		m.index[e.Key] = len(m.entries)
	}
	m.entries = append(m.entries, e)
}

// merge adds entries whose keys the map does not have yet. Those that it gets
// later replace them.
func (m *mapBuilder) merge(entries []Entry) {
	for _, e := range entries {
		if m.find(e.Key) < 0 {
			m.put(e)
		}
	}
}
