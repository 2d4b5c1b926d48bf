package terraform

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/files"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// corpusDirs returns the directories with Terraform in the corpus, relative to it.
func corpusDirs(t testing.TB) (root string, dirs []string) {
	root = os.Getenv("APIGWLINT_CORPUS")
	if root == "" {
		t.Skip("APIGWLINT_CORPUS names no corpus")
	}
	manifest, err := os.ReadFile(filepath.Join(root, "MANIFEST.tsv"))
	if err != nil {
		t.Skip(err)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(manifest)) {
		cols := strings.Split(line, "\t")
		if len(cols) < 2 || !strings.HasPrefix(cols[1], "terraform") {
			continue
		}
		dir := strings.TrimSuffix(cols[0], "/")
		if !isDir(filepath.Join(root, dir)) {
			dir = filepath.Dir(dir)
		}
		if !seen[dir] && isDir(filepath.Join(root, dir)) {
			seen[dir] = true
			dirs = append(dirs, dir)
		}
	}
	return root, dirs
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// loadCorpus loads the directories of the corpus as one run does.
func loadCorpus(t testing.TB, root string, dirs []string) []*model.Unit {
	t.Helper()
	var repos []string
	seen := map[string]bool{}
	var full []string
	for _, d := range dirs {
		if repo := strings.Join(strings.SplitN(d, "/", 3)[:2], "/"); !seen[repo] {
			seen[repo] = true
			repos = append(repos, filepath.Join(root, repo))
		}
		full = append(full, filepath.Join(root, d))
	}
	r, err := files.NewReader(repos...)
	if err != nil {
		t.Fatal(err)
	}
	return Load(r, full, Options{})
}

// A census counts what is known of the routes of a directory.
type census struct {
	routes, method, path, integration, kind, function int
	// expected are integrations that refer to a function of the same root, and
	// linked those for which it was found.
	expected, linked int
	reasons          map[string]int
}

func (c *census) because(reason string) {
	if c.reasons == nil {
		c.reasons = map[string]int{}
	}
	c.reasons[reason]++
}

func (c *census) add(o *census) {
	c.routes += o.routes
	c.method += o.method
	c.path += o.path
	c.integration += o.integration
	c.kind += o.kind
	c.function += o.function
	c.expected += o.expected
	c.linked += o.linked
	for reason, n := range o.reasons {
		if c.reasons == nil {
			c.reasons = map[string]int{}
		}
		c.reasons[reason] += n
	}
}

func (c *census) String() string {
	var reasons []string
	for _, r := range slices.Sorted(maps.Keys(c.reasons)) {
		reasons = append(reasons, fmt.Sprintf("%d %s", c.reasons[r], r))
	}
	return fmt.Sprintf("%3d routes, %3d methods, %3d paths, %3d integrations, %3d types, %3d functions (%d of %d that stand in the root); %s",
		c.routes, c.method, c.path, c.integration, c.kind, c.function, c.linked, c.expected, strings.Join(reasons, ", "))
}

// TestCorpus evaluates every root of the corpus, and counts what is known of
// its routes. What is known may not become less.
func TestCorpus(t *testing.T) {
	root, dirs := corpusDirs(t)
	start := time.Now()
	units := loadCorpus(t, root, dirs)
	t.Logf("%d directories, %d units, %v", len(dirs), len(units), time.Since(start))
	var all census
	gateways := 0
	for _, u := range units {
		name, err := filepath.Rel(root, u.Name)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range u.Problems {
			if strings.HasPrefix(p.Message, "cannot read ") {
				continue // the corpus has parts of repositories
			}
			t.Errorf("%s: %s: %s", name, p.Span, p.Message)
		}
		if len(u.Scenarios) == 0 {
			t.Errorf("%s: no scenario", name)
			continue
		}
		if len(u.Scenarios[0].Model.APIs) == 0 {
			continue
		}
		gateways++
		c := count(t, u)
		t.Logf("%s: %s", name, c)
		all.add(c)
	}
	t.Logf("all %d with an API: %s", gateways, &all)
	for _, least := range []struct {
		what      string
		got, want int
	}{
		{"units with an API", gateways, 110},
		{"routes", all.routes, 295},
		{"methods", all.method, 294},
		{"paths", all.path, 273},
		{"integrations", all.integration, 268},
		{"types of integrations", all.kind, 268},
		{"functions", all.function, 54},
	} {
		if least.got < least.want {
			t.Errorf("%d %s are known, and were %d", least.got, least.what, least.want)
		}
	}
	if all.linked*100 < all.expected*80 {
		t.Errorf("%d of the %d integrations of a function in the same root are linked to it", all.linked, all.expected)
	}
}

// count counts what is known of the routes of a unit.
func count(t *testing.T, u *model.Unit) *census {
	t.Helper()
	c := &census{}
	refers := referring(t, u.Name)
	for r := range u.Scenarios[0].Model.Routes() {
		c.routes++
		if r.Method.Present() == tri.No || known(r.Method.Get()) {
			c.method++
		} else {
			c.because("methods " + why(r.Method))
		}
		if r.Path.Present() == tri.Yes {
			c.path++
		} else {
			c.because("paths of resources that are not there")
		}
		in, ok := r.Integration.Get()
		if !ok {
			if r.Integration.Present() == tri.Maybe {
				c.because("integrations of methods that are not matched")
			}
			continue
		}
		c.integration++
		if known(in.Type.Get()) {
			c.kind++
		} else {
			c.because("types " + why(in.Type))
		}
		inv, invokes := in.Lambda.Get()
		linked := invokes && inv.Function != nil
		switch {
		case linked:
			c.function++
		case invokes:
			c.because("functions " + why(inv.Name))
		case in.Lambda.Present() == tri.Maybe:
			c.because("functions " + why(in.URI))
		}
		if !refers(r, in) {
			continue
		}
		c.expected++
		if linked {
			c.linked++
		} else {
			t.Logf("%s: %s %s is not linked to its function: %q", u.Name, r.Key(), in.ID, in.URI)
		}
	}
	return c
}

// why says what a text depends on.
func why(t value.Text) string {
	for ref := range t.Refs() {
		switch {
		case ref.Kind == value.Import && strings.Contains(ref.Name, "module."):
			return "in modules that are not there"
		case ref.Kind == value.Import:
			return "of data sources"
		case ref.Kind == value.Parameter:
			return "in variables without a value"
		}
	}
	if t.Present() == tri.Yes {
		return "elsewhere"
	}
	return "that nothing decides"
}

// referring returns which integrations of a root refer to a function or an
// alias in it, directly or through locals, variables and outputs of modules.
func referring(t *testing.T, dir string) func(*model.Route, *model.Integration) bool {
	t.Helper()
	r, err := files.NewReader(dir, filepath.Join(os.Getenv("APIGWLINT_CORPUS"), "terraform"))
	if err != nil {
		t.Fatal(err)
	}
	l := newLoader(r)
	ev := l.evaluate(l.load(dir), nil, nil)
	g := newGraph()
	types := map[string]string{}
	found := map[string]bool{}
	instances := ev.all()
	for _, i := range instances {
		if !i.data {
			types[i.resource.addr] = i.typ
		}
	}
	for _, i := range instances {
		for _, name := range []string{"uri", "integration_uri", "target", "body"} {
			a := i.b.attrs[name]
			if a == nil || i.data || !ofGateway(i.typ) {
				continue
			}
			refs := &references{}
			g.expr(i.mod, a.expr, refs)
			if slices.ContainsFunc(refs.resources, func(base string) bool { return isFunction(types[base]) }) {
				found[i.addr] = true
			}
		}
	}
	return func(r *model.Route, in *model.Integration) bool {
		if in.Imported == tri.Yes {
			// Which of the operations of a body it is that refers to the function, its URI says.
			return in.Lambda.Present() != tri.No && (found[r.API.ID] || refersTo(in.URI, types))
		}
		return found[in.ID] || in.ID == "" && found[r.API.ID]
	}
}

func refersTo(uri value.Text, types map[string]string) bool {
	for ref := range uri.Refs() {
		if ref.Kind == value.Resource && isFunction(types[stripKeys(ref.Name)]) {
			return true
		}
	}
	return false
}

func known(_ string, ok bool) bool { return ok }

func BenchmarkCorpus(b *testing.B) {
	root, dirs := corpusDirs(b)
	for b.Loop() {
		loadCorpus(b, root, dirs)
	}
}
