package parsers

import (
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/apigwlint/apigwlint/model"
)

// A Bug is a panic of a parser. Everything else is loaded.
type Bug struct {
	Name  string // of the file or directory, or of what was being done
	Panic string
	Stack string
}

// guarded loads what has the names. Those with which load panics are left out,
// and returned as bugs.
func guarded(names []string, load func([]string) []*model.Unit) (units []*model.Unit, bugs []Bug) {
	try := func(names []string) *Bug {
		return recovered(strings.Join(names, ", "), func() { units = load(names) })
	}
	if len(names) == 0 {
		return nil, nil
	}
	whole := try(names)
	if whole == nil {
		return units, nil
	}
	var fine []string
	for _, name := range names {
		if bug := try([]string{name}); bug != nil {
			bugs = append(bugs, *bug)
		} else {
			fine = append(fine, name)
		}
	}
	if bug := try(fine); bug != nil {
		return nil, append(bugs, *bug) // none of them by itself
	}
	return units, bugs
}

// recovered turns a panic of f into a bug.
func recovered(name string, f func()) (bug *Bug) {
	defer func() {
		if e := recover(); e != nil {
			message, _, _ := strings.Cut(fmt.Sprint(e), "\n")
			bug = &Bug{Name: name, Panic: message, Stack: fmt.Sprintf("%v\n%s", e, debug.Stack())}
		}
	}()
	f()
	return nil
}
