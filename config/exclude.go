package config

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Excluded returns the patterns of the configuration as they apply to what is
// below the working directory, which may be below that of the configuration.
func (c *Config) Excluded(workDir string) []string {
	if c.File == "" {
		return nil
	}
	dir := filepath.Dir(c.File)
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(workDir, dir)
	}
	rel, err := filepath.Rel(dir, workDir)
	if err != nil || rel == "." || strings.HasPrefix(rel, "..") {
		return c.Exclude
	}
	var out []string
	for _, pattern := range c.Exclude {
		out = append(out, below(strings.Split(pattern, "/"), strings.Split(filepath.ToSlash(rel), "/"))...)
	}
	return out
}

// below returns the patterns that match, within the directory, what the pattern
// matches above it.
func below(pattern, dir []string) []string {
	switch {
	case len(pattern) == 0:
		return nil
	case len(dir) == 0:
		return []string{strings.Join(pattern, "/")}
	case pattern[0] == "**":
		// Either the stars take the first directory, or they end here.
		return slices.Concat(below(pattern, dir[1:]), below(pattern[1:], dir))
	case doublestar.MatchUnvalidated(pattern[0], dir[0]):
		return below(pattern[1:], dir[1:])
	}
	return nil
}
