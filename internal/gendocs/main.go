// Command gendocs writes docs/rules and the generated parts of README.md. What
// the pages show is what apigwlint prints on the examples in testdata/rules.
package main

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/apigwlint/apigwlint/rules"
)

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, "gendocs:", err)
		os.Exit(1)
	}
}

// run writes the generated files below root and removes the pages of rules that
// are gone.
func run(root string) error {
	files, err := generate(root, rules.All())
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(file, files[name], 0o666); err != nil {
			return err
		}
	}
	old, err := pages(root)
	if err != nil {
		return err
	}
	for _, name := range old {
		if files[name] == nil {
			if err := os.Remove(filepath.Join(root, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// pages lists what is in docs/rules.
func pages(root string) ([]string, error) {
	return fs.Glob(os.DirFS(root), "docs/rules/*")
}
