package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/apigwlint/apigwlint/rules"
)

// TestGenerated: what is in the repository is what is generated.
func TestGenerated(t *testing.T) {
	root := filepath.Join("..", "..")
	files, err := generate(root, rules.All())
	if err != nil {
		t.Fatal(err)
	}
	const command = "go run ./internal/gendocs"
	for name, want := range files {
		if got, err := os.ReadFile(filepath.Join(root, name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is stale: %s", name, command)
		}
	}
	have, err := pages(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range have {
		if files[name] == nil {
			t.Errorf("%s is of no rule: %s", name, command)
		}
	}
}

func TestExpectationsAreNotShown(t *testing.T) {
	got := withoutWants("a: 1 # want \"x\"\n# want+2 \"y\"\nb: |\n  c // want `z`\n# wanted\n")
	if want := "a: 1\nb: |\n  c\n# wanted\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
