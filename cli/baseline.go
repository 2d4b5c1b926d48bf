package cli

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/apigwlint/apigwlint/lint"
)

// A baseline lists findings that were there when apigwlint was introduced. They
// are known by their fingerprints; the rest is for people.
type baseline struct {
	Version  int               `json:"version"`
	Findings []baselineFinding `json:"findings"`
}

type baselineFinding struct {
	Fingerprint string `json:"fingerprint"`
	Rule        string `json:"rule"`
	File        string `json:"file"`
	Message     string `json:"message"`
}

// readBaseline returns the fingerprints in the file.
func readBaseline(file string) (map[string]bool, error) {
	if file == "" {
		return nil, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("--baseline: %w", err)
	}
	var b baseline
	if err := json.Unmarshal(data, &b); err != nil {
		return nil, fmt.Errorf("--baseline: %s: %w", file, err)
	}
	if b.Version != 1 {
		return nil, fmt.Errorf("--baseline: %s is of version %d, not 1", file, b.Version)
	}
	known := map[string]bool{}
	for _, f := range b.Findings {
		known[f.Fingerprint] = true
	}
	return known, nil
}

func writeBaseline(file string, findings []lint.Finding) error {
	b := baseline{Version: 1, Findings: []baselineFinding{}}
	for _, f := range findings {
		var name string
		if f.Span.IsValid() {
			name = f.Span.File.Name
		}
		b.Findings = append(b.Findings, baselineFinding{f.Fingerprint, f.Rule.Name, name, f.Message})
	}
	data, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return &failureError{err}
	}
	if err := os.WriteFile(file, append(data, '\n'), 0o666); err != nil {
		return fmt.Errorf("--write-baseline: %w", err)
	}
	return nil
}
