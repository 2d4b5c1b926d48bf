package parsers

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// Bounds of the search for what a named file is a part of.
const (
	maxAbove   = 4      // directories that are looked at, from that of the file up
	maxEntries = 20_000 // of directories that are looked at
)

// around adds what may make a unit of which a named file is a part: templates,
// documents and modules in its directory, those above it and what is below
// these, as far as they mention the file or something that does.
func (l *loader) around() {
	if len(l.named) == 0 {
		return
	}
	s := search{l: l, seen: map[string]bool{}}
	for name := range l.named {
		if !isTerraform(name) { // a module is mentioned, not its files
			s.targets = append(s.targets, mention(name, l.kinds[name]))
		}
		for dir, n := path.Dir(name), 0; n < maxAbove; dir, n = path.Dir(dir), n+1 {
			if s.up = append(s.up, dir); l.isTop(dir) {
				break
			}
		}
	}
	// The nearest come first, as there is an end to the search.
	slices.SortFunc(s.up, func(a, b string) int {
		if n := strings.Count(b, "/") - strings.Count(a, "/"); n != 0 {
			return n
		}
		return strings.Compare(b, a)
	})
	for _, dir := range s.up {
		s.below(dir)
	}
	for s.accept() {
		continue
	}
}

// isTop reports whether a directory is as far as a unit reaches: the working
// directory, or the top of a repository.
func (l *loader) isTop(dir string) bool {
	if dir == "." || dir == "/" || dir == ".." || strings.HasSuffix(dir, "/..") {
		return true
	}
	_, err := l.reader.Stat(path.Join(dir, ".git"))
	return err == nil
}

// mention is how a file or, for a module, a directory is written where it is used.
func mention(name string, k kind) string {
	if k == terraformFile {
		return "/" + path.Base(name) // source = "../modules/orders"
	}
	return path.Base(name)
}

// A search looks for files that mention others.
type search struct {
	l       *loader
	up      []string // directories to look in
	seen    map[string]bool
	entries int
	found   []string // files that may be units, and are none yet
	targets []string // what they would mention
}

// below lists the files in and below a directory, unless there are too many.
func (s *search) below(dir string) {
	if s.seen[dir] || s.entries > maxEntries {
		return
	}
	s.seen[dir] = true
	entries, err := s.l.reader.ReadDir(dir)
	if err != nil {
		return
	}
	s.entries += len(entries)
	var dirs []string
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		switch {
		case s.l.excluded(name):
		case e.IsDir():
			if !passesOver(e.Name()) {
				dirs = append(dirs, name)
			}
		case e.Type().IsRegular() && candidate(e.Name()):
			s.found = append(s.found, name)
		}
	}
	for _, d := range dirs {
		s.below(d)
	}
}

// accept takes the files that mention a target, which are targets then. It
// reports whether there are any.
func (s *search) accept() bool {
	var more, rest []string
	for _, name := range s.found {
		if _, known := s.l.kinds[name]; known {
			continue
		}
		f, err := s.l.reader.Read(name)
		switch {
		case err != nil:
		case !slices.ContainsFunc(s.targets, func(t string) bool { return bytes.Contains(f.Data, []byte(t)) }):
			rest = append(rest, name)
		default:
			more = append(more, s.take(name)...)
		}
	}
	s.found, s.targets = rest, more
	return len(more) > 0
}

// take adds a file that stands near a named one, and returns what whoever uses
// it would mention. Nobody asked for it, so that nothing is said of what it is not.
func (s *search) take(name string) []string {
	k, _, _ := s.l.recognise(name) // whether it can be read is not asked
	switch k {
	case template, document:
	case terraformFile:
		name = path.Dir(name)
	default:
		return nil
	}
	if _, known := s.l.kinds[name]; known {
		return nil
	}
	s.l.kinds[name], s.l.near[name] = k, true
	return []string{mention(name, k)}
}
