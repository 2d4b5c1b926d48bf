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

// A Reader reads files below its roots, each once.
type Reader struct {
	roots []root

	mu    sync.Mutex
	cache map[string]*entry
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
	r := &Reader{cache: map[string]*entry{}}
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
	r.mu.Lock()
	r.cache[path.Clean(name)] = e
	r.mu.Unlock()
	return f
}

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
		return nil, fmt.Errorf("%s is not a regular file", name)
	}
	if info.Size() > MaxSize {
		return nil, fmt.Errorf("%s is larger than %d MiB", name, MaxSize>>20)
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

// ReadDir lists a directory in the order of names.
func (r *Reader) ReadDir(name string) ([]fs.DirEntry, error) {
	dir, rel, err := r.find(path.Clean(filepath.ToSlash(name)))
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
