package parsers

import (
	"slices"
	"testing"

	"github.com/apigwlint/apigwlint/model"
)

// TestGuarded requires that a parser that panics costs what it panics at, and
// nothing else.
func TestGuarded(t *testing.T) {
	panicsAt := func(bad ...string) func([]string) []*model.Unit {
		return func(names []string) []*model.Unit {
			var out []*model.Unit
			for _, name := range names {
				if slices.Contains(bad, name) {
					panic("a bug\nwith a stack")
				}
				out = append(out, &model.Unit{Name: name})
			}
			return out
		}
	}
	for _, tt := range []struct{ bad, want []string }{
		{nil, []string{"a", "b", "c"}},
		{[]string{"b"}, []string{"a", "c"}},
		{[]string{"a", "b", "c"}, nil},
	} {
		units, bugs := guarded([]string{"a", "b", "c"}, panicsAt(tt.bad...))
		var got, at []string
		for _, u := range units {
			got = append(got, u.Name)
		}
		for _, b := range bugs {
			at = append(at, b.Name)
			if b.Panic != "a bug" || b.Stack == "" {
				t.Errorf("the bug is %q", b.Panic)
			}
		}
		if !slices.Equal(got, tt.want) || !slices.Equal(at, tt.bad) {
			t.Errorf("with bugs at %v: %v are loaded, bugs at %v", tt.bad, got, at)
		}
	}
	// One that panics only with several.
	_, bugs := guarded([]string{"a", "b"}, func(names []string) []*model.Unit {
		if len(names) > 1 {
			panic("two")
		}
		return nil
	})
	if len(bugs) != 1 || bugs[0].Name != "a, b" {
		t.Errorf("%v", bugs)
	}
}
