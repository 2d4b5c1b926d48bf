// Package files is the only place where parsers touch the disk. It reads
// regular files below the roots that it was given, and nothing else: paths that
// climb out, symbolic links that lead out, and anything that is not a regular
// file are refused.
package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
)

// MaxSize is the largest file that is read, in bytes: six times what API
// Gateway imports, and more than CloudFormation and Terraform put into one file.
const MaxSize = 64 << 20

// ErrOutside is returned for a path that lies in none of the roots.
var ErrOutside = errors.New("outside the directories that apigwlint was given")

// Why a file within the roots is not read. Whoever reports it names the file.
var (
	errNotRegular = errors.New("not a regular file")
	errTooLarge   = fmt.Errorf("larger than %d MiB", MaxSize>>20)
)

// A Reader reads files below its roots, each once.
type Reader struct {
	roots []root

	mu    sync.Mutex
	cache map[string]*entry
	added map[string][]fs.DirEntry // by directory, files that are on no disk
}

type root struct {
	name string // clean, slash-separated; "." for the working directory
	dir  *os.Root
}

type entry struct {
	once sync.Once
	file *source.File
	err  error

	parse    sync.Once
	root     *tree.Node
	problems []source.Problem
}

// NewReader returns a reader for everything below the directories, which are
// relative to the working directory or absolute. Directories that cannot be
// opened are an error.
func NewReader(dirs ...string) (*Reader, error) {
	r := &Reader{cache: map[string]*entry{}, added: map[string][]fs.DirEntry{}}
	for _, d := range dirs {
		name := path.Clean(filepath.ToSlash(d))
		if slices.ContainsFunc(r.roots, func(have root) bool { return have.name == name }) {
			continue
		}
		dir, err := os.OpenRoot(filepath.FromSlash(name))
		if err != nil {
			return nil, err
		}
		r.roots = append(r.roots, root{name, dir})
	}
	// The narrowest root that holds a path is asked first.
	slices.SortStableFunc(r.roots, func(a, b root) int { return len(b.name) - len(a.name) })
	return r, nil
}

// Add makes name readable with the given content, without looking at the disk.
// It serves standard input and tests.
func (r *Reader) Add(name string, data []byte) *source.File {
	f := source.NewFile(name, data)
	e := &entry{file: f}
	e.once.Do(func() {})
	name = path.Clean(name)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cache[name] = e
	r.added[path.Dir(name)] = append(r.added[path.Dir(name)], memory(path.Base(name)))
	return f
}

// memory is the entry of a file that was added.
type memory string

func (m memory) Name() string               { return string(m) }
func (m memory) IsDir() bool                { return false }
func (m memory) Type() fs.FileMode          { return 0 }
func (m memory) Info() (fs.FileInfo, error) { return nil, fs.ErrNotExist }

// Read returns the file of that name: slash-separated, relative to the working
// directory or absolute. The same name gives the same file.
func (r *Reader) Read(name string) (*source.File, error) {
	name = path.Clean(filepath.ToSlash(name))
	r.mu.Lock()
	e := r.cache[name]
	if e == nil {
		e = &entry{}
		r.cache[name] = e
	}
	r.mu.Unlock()
	e.once.Do(func() {
		data, err := r.load(name)
		if err != nil {
			e.err = err
			return
		}
		e.file = source.NewFile(name, data)
	})
	return e.file, e.err
}

func (r *Reader) load(name string) ([]byte, error) {
	dir, rel, err := r.find(name)
	if err != nil {
		return nil, err
	}
	info, err := dir.Stat(rel)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNotRegular
	}
	if info.Size() > MaxSize {
		return nil, errTooLarge
	}
	f, err := dir.Open(rel)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // nothing was written
	return io.ReadAll(io.LimitReader(f, MaxSize))
}

// Stat tells what is at name, following symbolic links within the roots.
func (r *Reader) Stat(name string) (fs.FileInfo, error) {
	dir, rel, err := r.find(path.Clean(filepath.ToSlash(name)))
	if err != nil {
		return nil, err
	}
	return dir.Stat(rel)
}

// ReadDir lists a directory in the order of names, with what was added to it.
func (r *Reader) ReadDir(name string) ([]fs.DirEntry, error) {
	name = path.Clean(filepath.ToSlash(name))
	entries, err := r.readDir(name)
	r.mu.Lock()
	defer r.mu.Unlock()
	added := r.added[name]
	if len(added) == 0 {
		return entries, err
	}
	entries = slices.DeleteFunc(slices.Clone(entries), func(e fs.DirEntry) bool {
		return slices.ContainsFunc(added, func(a fs.DirEntry) bool { return a.Name() == e.Name() })
	})
	entries = append(entries, added...)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

func (r *Reader) readDir(name string) ([]fs.DirEntry, error) {
	dir, rel, err := r.find(name)
	if err != nil {
		return nil, err
	}
	return fs.ReadDir(dir.FS(), rel)
}

// find returns the root that holds a clean path, and the path within it.
func (r *Reader) find(name string) (*os.Root, string, error) {
	for _, root := range r.roots {
		if rel, ok := within(root.name, name); ok {
			return root.dir, rel, nil
		}
	}
	return nil, "", fmt.Errorf("%s: %w", name, ErrOutside)
}

func within(dir, name string) (string, bool) {
	switch {
	case name == dir:
		return ".", true
	case dir == ".":
		return name, !path.IsAbs(name) && name != ".." && !strings.HasPrefix(name, "../")
	case strings.HasPrefix(name, strings.TrimSuffix(dir, "/")+"/"):
		return strings.TrimPrefix(strings.TrimPrefix(name, dir), "/"), true
	}
	return "", false
}

// Tree returns the document in the file of that name, read once. The nodes are
// shared and must not be changed.
func (r *Reader) Tree(name string) (*tree.Node, []source.Problem, error) {
	f, err := r.Read(name)
	if err != nil {
		return nil, nil, err
	}
	r.mu.Lock()
	e := r.cache[path.Clean(filepath.ToSlash(name))]
	r.mu.Unlock()
	e.parse.Do(func() { e.root, e.problems = tree.Parse(f) })
	return e.root, e.problems, nil
}
