package linttest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/source"
)

// A want is an expected finding.
type want struct {
	file     string // absolute
	from, to int    // lines
	severity string // empty for any
	re       *regexp.Regexp
}

func (w want) String() string { return fmt.Sprintf("%s:%d", filepath.Base(w.file), w.from) }

func (w want) covers(f lint.Finding) bool {
	if !f.Span.IsValid() {
		return false
	}
	name, err := filepath.Abs(filepath.FromSlash(f.Span.File.Name))
	line := f.Span.Line()
	return err == nil && name == w.file && w.from <= line && line <= w.to && w.re.MatchString(f.Message) &&
		(w.severity == "" || w.severity == f.Severity.String())
}

var (
	wantComment = regexp.MustCompile(`(?:#|//) want([+-]\d+)?(?: (error|warning|note))?((?: "(?:[^"\\]|\\.)*")+)`)
	wantLine    = regexp.MustCompile(`^(\d+|/\S*):(?: (error|warning|note))?((?: "(?:[^"\\]|\\.)*")+)\s*$`)
	quotedText  = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
)

// expectations reads the expectations in a file, or in all files of a directory.
func expectations(root string) ([]want, error) {
	var out []want
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Abs(path)
		if err != nil {
			return err
		}
		var wants []want
		if before, ok := strings.CutSuffix(name, ".want"); ok {
			wants, err = sidecar(before, data)
		} else {
			wants, err = inline(name, data)
		}
		out = append(out, wants...)
		return err
	})
	if err != nil {
		return nil, err
	}
	// A file on its own has its sidecar beside it.
	if info, err := os.Stat(root); err == nil && !info.IsDir() {
		if data, err := os.ReadFile(root + ".want"); err == nil {
			name, err := filepath.Abs(root)
			if err != nil {
				return nil, err
			}
			wants, err := sidecar(name, data)
			if err != nil {
				return nil, err
			}
			out = append(out, wants...)
		}
	}
	return out, nil
}

// inline reads the comments of a file.
func inline(name string, data []byte) ([]want, error) {
	var out []want
	for i, line := range strings.Split(string(data), "\n") {
		m := wantComment.FindStringSubmatch(line)
		if m == nil {
			if strings.Contains(line, "# want") || strings.Contains(line, "// want") {
				return nil, fmt.Errorf("%s:%d: an expectation that cannot be read: %s", name, i+1, strings.TrimSpace(line))
			}
			continue
		}
		by, _ := strconv.Atoi(m[1]) // empty for the line itself
		wants, err := patterns(m[3], want{file: name, from: i + 1 + by, to: i + 1 + by, severity: m[2]})
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, i+1, err)
		}
		out = append(out, wants...)
	}
	return out, nil
}

// sidecar reads the expectations that stand beside the file called name.
func sidecar(name string, data []byte) ([]want, error) {
	var out []want
	for i, line := range strings.Split(string(data), "\n") {
		if line = strings.TrimRight(line, "\r"); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		m := wantLine.FindStringSubmatch(line)
		if m == nil {
			return nil, fmt.Errorf("%s.want:%d: an expectation that cannot be read: %s", name, i+1, line)
		}
		w := want{file: name, severity: m[2]}
		if n, err := strconv.Atoi(m[1]); err == nil {
			w.from, w.to = n, n
		} else if w.from, w.to, err = pointed(name, m[1]); err != nil {
			return nil, fmt.Errorf("%s.want:%d: %w", name, i+1, err)
		}
		wants, err := patterns(m[3], w)
		if err != nil {
			return nil, fmt.Errorf("%s.want:%d: %w", name, i+1, err)
		}
		out = append(out, wants...)
	}
	return out, nil
}

func patterns(list string, at want) ([]want, error) {
	var out []want
	for _, q := range quotedText.FindAllString(list, -1) {
		s, err := strconv.Unquote(q)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", q, err)
		}
		w := at
		if w.re, err = regexp.Compile(s); err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	return out, nil
}

// pointed returns the lines of the value to which a JSON pointer leads.
func pointed(name, pointer string) (from, to int, err error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return 0, 0, err
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	steps := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i := range steps {
		steps[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(steps[i])
	}
	start, end, err := find(dec, steps)
	if err != nil {
		return 0, 0, fmt.Errorf("%s: %w", pointer, err)
	}
	f := source.NewFile(name, data)
	// The decoder stands before the white space that precedes the value.
	start += len(data[start:]) - len(bytes.TrimLeft(data[start:], " \t\r\n:,"))
	return f.Span(start, end).Line(), f.Span(end, end).Line(), nil
}

// find returns where the value at steps begins and ends.
func find(dec *json.Decoder, steps []string) (start, end int, err error) {
	if len(steps) == 0 {
		start = int(dec.InputOffset())
		var raw json.RawMessage
		err = dec.Decode(&raw)
		return start, int(dec.InputOffset()), err
	}
	open, err := dec.Token()
	if err != nil {
		return 0, 0, err
	}
	for i := 0; dec.More(); i++ {
		key := strconv.Itoa(i)
		if open == json.Delim('{') {
			t, err := dec.Token()
			if err != nil {
				return 0, 0, err
			}
			key, _ = t.(string)
		}
		if key == steps[0] {
			return find(dec, steps[1:])
		}
		var skipped json.RawMessage
		if err := dec.Decode(&skipped); err != nil {
			return 0, 0, err
		}
	}
	return 0, 0, fmt.Errorf("%q is not there", steps[0])
}
