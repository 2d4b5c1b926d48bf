package terraform

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/files"
)

// unplannable are the examples that cannot be planned here, by the start of their names.
var unplannable = map[string]string{
	"rules/stage-variable-escape/bad/": "what is wrong is that Terraform takes ${stageVariables.x} for its own",
	"rules/integration-timeout/bad/":   "the provider knows the range of timeouts too",
}

// beyond is what an error names when the network, version 6 of the provider, or
// another provider, such as the one that makes archives, is needed.
var beyond = []string{
	"response_streaming_invoke_arn", "response_transfer_mode", "integration_target",
	"remote module registry", "StatusCode: 403", "no version is selected",
}

// differences are those between a model of the files and that of the plan which
// are none of ours, by the root and the setting, with the reason.
var differences = map[string]string{
	"rules/route-target/bad/terraform: alone: APIs: / - aws_apigatewayv2_api.orders / Routes: / - POST /orders (aws_apigatewayv2_route.orders) / Target": onlyReferences,
}

// onlyReferences is why a plan alone may take a target for what it mostly is.
const onlyReferences = "a plan lists what a target refers to, and not what is written before it"

// TestTerraformAgrees plans configurations with Terraform, without any network,
// and compares the model of the plan with that of the files wherever both know.
// It runs where Terraform is on PATH and version 5 of the AWS provider is in a
// directory of plugins. A root takes seconds: without APIGWLINT_TERRAFORM=all,
// which takes every root of testdata and of the corpus, a few stand for all.
func TestTerraformAgrees(t *testing.T) {
	if _, err := exec.LookPath("terraform"); err != nil {
		t.Skip("terraform is not on PATH")
	}
	provider := awsProvider()
	if provider == "" {
		t.Skip("no directory of plugins has version 5 of the AWS provider; APIGWLINT_TERRAFORM_PLUGINS may name one")
	}
	p := &planner{provider: provider, endpoint: fakeAWS(t)}
	roots := planRoots(t)
	all := os.Getenv("APIGWLINT_TERRAFORM") == "all"
	switch {
	case testing.Short():
		roots = spread(roots, 3)
	case !all:
		roots = spread(roots, 8)
	}
	var planned, equal, differ, settings atomic.Int32
	t.Cleanup(func() {
		t.Logf("%d roots, %d planned, %d equal, %d with known differences only; %d settings known to both",
			len(roots), planned.Load(), equal.Load(), differ.Load(), settings.Load())
	})
	two := make(chan struct{}, 2)
	start := time.Now()
	for _, root := range roots {
		t.Run(root.name, func(t *testing.T) {
			t.Parallel()
			two <- struct{}{}
			defer func() { <-two }()
			if !all && time.Since(start) > 15*time.Second {
				t.Skip("the time for this is up")
			}
			dir := root.copy(t)
			if err := p.prepare(dir); err != nil {
				t.Skip(err)
			}
			plan, err := p.plan(t.Context(), dir)
			if err != nil {
				if root.ours && !root.unplannable(err) {
					t.Fatal(err) // an example that nobody can deploy is none
				}
				t.Skip(err)
			}
			planned.Add(1)
			found, n := compareWithPlan(t, dir, plan)
			if settings.Add(int32(n)); n == 0 && root.ours {
				t.Error("the models have nothing in common")
			}
			unexpected := false
			for _, d := range found {
				if differences[root.name+": "+d.setting] == "" {
					unexpected = true
					t.Errorf("%s\n%s", d.setting, d.what)
				}
			}
			switch {
			case len(found) == 0:
				equal.Add(1)
			case !unexpected:
				differ.Add(1)
			}
		})
	}
}

// A planRoot is a root module to plan.
type planRoot struct {
	name string // for the test
	base string // a directory with all that the root refers to
	sub  string // the root in it
	ours bool   // an example of this repository
}

// unplannable reports whether it is known that a root cannot be planned here.
func (r planRoot) unplannable(err error) bool {
	for name := range unplannable {
		if strings.HasPrefix(r.name, name) {
			return true
		}
	}
	return slices.ContainsFunc(beyond, func(name string) bool { return strings.Contains(err.Error(), name) })
}

// planRoots returns the roots of testdata and, when the corpus is named and all
// are to be planned, those of the corpus.
func planRoots(t *testing.T) []planRoot {
	t.Helper()
	var out []planRoot
	for _, base := range []string{"../../testdata", "testdata/roots"} {
		for _, dir := range rootsBelow(t, base) {
			name, err := filepath.Rel(base, dir)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, planRoot{name: filepath.ToSlash(name), base: dir, sub: ".", ours: true})
		}
	}
	corpus := os.Getenv("APIGWLINT_CORPUS")
	if os.Getenv("APIGWLINT_TERRAFORM") != "all" || corpus == "" {
		return out
	}
	entries, err := os.ReadDir(filepath.Join(corpus, "terraform"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		base := filepath.Join(corpus, "terraform", e.Name())
		for _, dir := range rootsBelow(t, base) {
			sub, err := filepath.Rel(base, dir)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, planRoot{name: filepath.ToSlash(filepath.Join("corpus", e.Name(), sub)), base: base, sub: sub})
		}
	}
	return out
}

// rootsBelow lists the directories with configurations that no other calls.
func rootsBelow(t *testing.T, base string) []string {
	t.Helper()
	var dirs []string
	seen := map[string]bool{}
	err := filepath.WalkDir(base, func(name string, e fs.DirEntry, err error) error {
		if dir := filepath.Dir(name); err == nil && !e.IsDir() && isConfig(e.Name()) && !seen[dir] {
			seen[dir] = true
			dirs = append(dirs, filepath.ToSlash(dir))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := files.NewReader(base)
	if err != nil {
		t.Fatal(err)
	}
	l := newLoader(r)
	called := map[string]bool{}
	for _, d := range dirs {
		l.called(d, called, map[string]bool{})
	}
	return slices.DeleteFunc(dirs, func(d string) bool { return called[d] })
}

// spread returns n roots from all over the list.
func spread(roots []planRoot, n int) []planRoot {
	var out []planRoot
	for i := range n {
		out = append(out, roots[i*len(roots)/n])
	}
	return out
}

// copy puts all that a root refers to into a directory of the test.
func (r planRoot) copy(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(r.base)); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, r.sub)
}

// awsProvider returns a directory with version 5 of the AWS provider, or "".
// https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
func awsProvider() string {
	home, _ := os.UserHomeDir()
	for _, dir := range []string{
		os.Getenv("APIGWLINT_TERRAFORM_PLUGINS"), os.Getenv("TF_PLUGIN_CACHE_DIR"),
		filepath.Join(home, ".terraform.d", "plugins"), filepath.Join(home, ".terraform.d", "plugin-cache"),
		filepath.Join(home, ".local", "share", "terraform", "plugins"),
		"/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins", "/opt/*",
	} {
		if dir == "" {
			continue
		}
		found, _ := filepath.Glob(filepath.Join(dir, "registry.terraform.io/hashicorp/aws/5.*/*/terraform-provider-aws_v5*"))
		if len(found) > 0 {
			return filepath.Dir(slices.Max(found))
		}
	}
	return ""
}

// fakeAWS answers what the provider asks before it plans, and refuses everything else.
func fakeAWS(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Amz-Target") == "AWSStepFunctions.ValidateStateMachineDefinition" {
			w.Header().Set("Content-Type", "application/x-amz-json-1.0")
			_, _ = fmt.Fprint(w, `{"result": "OK", "diagnostics": []}`)
			return
		}
		if r.ParseForm() != nil || r.Form.Get("Action") != "GetCallerIdentity" {
			http.Error(w, "<ErrorResponse><Error><Code>AccessDenied</Code><Message>there is no AWS here</Message></Error></ErrorResponse>", http.StatusForbidden)
			return
		}
		_, _ = fmt.Fprint(w, `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>`+
			`<Arn>arn:aws:iam::123456789012:user/u</Arn><UserId>u</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// A planner makes plans without network.
type planner struct{ provider, endpoint string }

// prepare makes a configuration one that can be planned here: its state is
// local, the provider asks nobody for credentials, and every variable has a value.
func (p *planner) prepare(dir string) error {
	names, err := filepath.Glob(filepath.Join(dir, "*.tf"))
	if err != nil {
		return err
	}
	configured := false
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		f, diags := hclwrite.ParseConfig(data, name, hcl.InitialPos)
		if diags.HasErrors() {
			return diags
		}
		for _, b := range f.Body().Blocks() {
			switch {
			case b.Type() == "terraform":
				for _, inner := range b.Body().Blocks() {
					if inner.Type() == "backend" || inner.Type() == "cloud" {
						b.Body().RemoveBlock(inner)
					}
				}
			case b.Type() == "provider" && slices.Equal(b.Labels(), []string{"aws"}):
				p.configure(b.Body())
				configured = configured || b.Body().GetAttribute("alias") == nil
			}
		}
		if err := os.WriteFile(name, f.Bytes(), 0o600); err != nil {
			return err
		}
	}
	if !configured {
		f := hclwrite.NewEmptyFile()
		p.configure(f.Body().AppendNewBlock("provider", []string{"aws"}).Body())
		if err := os.WriteFile(filepath.Join(dir, "zz_provider.tf"), f.Bytes(), 0o600); err != nil {
			return err
		}
	}
	return giveVariables(dir)
}

func (p *planner) configure(b *hclwrite.Body) {
	for _, name := range []string{"profile", "shared_config_files", "shared_credentials_files", "allowed_account_ids"} {
		b.RemoveAttribute(name)
	}
	for _, inner := range b.Blocks() {
		if inner.Type() == "assume_role" {
			b.RemoveBlock(inner)
		}
	}
	for name, v := range map[string]string{"access_key": "x", "secret_key": "x"} {
		b.SetAttributeValue(name, cty.StringVal(v))
	}
	for _, name := range []string{"skip_credentials_validation", "skip_requesting_account_id", "skip_metadata_api_check"} {
		b.SetAttributeValue(name, cty.True)
	}
	if b.GetAttribute("region") == nil {
		b.SetAttributeValue("region", cty.StringVal("eu-west-1"))
	}
	b.SetAttributeValue("max_retries", cty.NumberIntVal(1))
}

// giveVariables gives a value to each variable of a root that has none.
func giveVariables(dir string) error {
	r, err := files.NewReader(dir)
	if err != nil {
		return err
	}
	l := newLoader(r)
	c := l.load(dir)
	if c == nil {
		return fmt.Errorf("%s has no configuration", dir)
	}
	given, _ := l.given(c, Options{})
	values := map[string]any{}
	for name, b := range c.variables {
		if b.attrs["default"] == nil && given[name] == nil {
			ty, _ := variableType(b)
			values[name] = anyValue(ty)
		}
	}
	data, err := json.Marshal(values)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "zz.auto.tfvars.json"), data, 0o600)
}

// anyValue returns some value of a type.
func anyValue(ty cty.Type) any {
	switch {
	case ty == cty.Number:
		return 1
	case ty == cty.Bool:
		return true
	case ty.IsCollectionType() && ty.IsMapType():
		return map[string]any{"one": anyValue(ty.ElementType())}
	case ty.IsCollectionType():
		return []any{anyValue(ty.ElementType())}
	case ty.IsObjectType():
		out := map[string]any{}
		for name, at := range ty.AttributeTypes() {
			if !ty.AttributeOptional(name) {
				out[name] = anyValue(at)
			}
		}
		return out
	case ty.IsTupleType():
		out := []any{}
		for _, et := range ty.TupleElementTypes() {
			out = append(out, anyValue(et))
		}
		return out
	}
	return "one"
}

// plan returns the plan of a configuration.
func (p *planner) plan(ctx context.Context, dir string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	rc := filepath.Join(dir, ".terraformrc")
	// The provider is taken as it stands, which saves hashing it for each root.
	settings := fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"hashicorp/aws\" = %q\n  }\n}\n", p.provider)
	if err := os.WriteFile(rc, []byte(settings), 0o600); err != nil {
		return nil, err
	}
	run := func(args ...string) ([]byte, error) {
		cmd := exec.CommandContext(ctx, "terraform", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1", "TF_CLI_CONFIG_FILE="+rc, "AWS_ENDPOINT_URL="+p.endpoint, "AWS_EC2_METADATA_DISABLED=true")
		out, err := cmd.Output()
		if failed, ok := err.(*exec.ExitError); ok { //nolint:errorlint // as Output gives it
			return nil, fmt.Errorf("terraform %s: %s", args[0], failed.Stderr)
		}
		return out, err
	}
	if _, err := run("get", "-no-color"); err != nil {
		return nil, err
	}
	if _, err := run("plan", "-refresh=false", "-input=false", "-no-color", "-out=plan"); err != nil {
		return nil, err
	}
	return run("show", "-json", "plan")
}

// A difference is a setting that two models know differently.
type difference struct{ setting, what string }

// compareWithPlan compares the model of the files with that of the plan, read
// with the files beside it and alone.
func compareWithPlan(t *testing.T, dir string, plan []byte) (found []difference, compared int) {
	t.Helper()
	r, err := files.NewReader(filepath.Dir(dir), dir)
	if err != nil {
		t.Fatal(err)
	}
	units := Load(r, []string{dir}, Options{})
	if len(units) != 1 || len(units[0].Scenarios) != 1 {
		t.Fatalf("%d units", len(units))
	}
	fromFiles := model.Dump(units[0].Scenarios[0].Model, false)
	name := filepath.ToSlash(filepath.Join(dir, "plan.json"))
	r.Add(name, plan)
	found, compared = dumpDifferences(fromFiles, dumpPlan(t, r, name))
	alone, err := files.NewReader(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	alone.Add("plan.json", plan)
	more, n := dumpDifferences(fromFiles, dumpPlan(t, alone, "plan.json"))
	for _, d := range more {
		d.setting = "alone: " + d.setting
		found = append(found, d)
	}
	return found, compared + n
}

func dumpPlan(t *testing.T, r *files.Reader, name string) string {
	t.Helper()
	units := LoadPlan(r, []string{name})
	if len(units) != 1 {
		t.Fatalf("%d units", len(units))
	}
	return model.Dump(units[0].Scenarios[0].Model, false)
}

// dumpDifferences compares two dumps line by line, without what one of them does
// not know: absences, which a plan fills with the provider's defaults, and unknowns.
func dumpDifferences(fromFiles, plan string) (found []difference, compared int) {
	x, y := knownLines(fromFiles), knownLines(plan)
	for _, key := range slices.Sorted(maps.Keys(x)) {
		other, ok := y[key]
		if !ok {
			continue
		}
		compared++
		if !agree(x[key], other) {
			found = append(found, difference{key, fmt.Sprintf("files: %q\nplan:  %q", x[key], other)})
		}
	}
	return found, compared
}

// agree compares settings. Of a source_arn, a plan alone knows only how it
// begins; where it is deployed, only the plan may know.
func agree(files, plan []string) bool {
	if len(files) != len(plan) {
		return false
	}
	for i := range files {
		start, _, open := strings.Cut(plan[i], "${aws_lambda_permission.")
		if open && strings.HasPrefix(files[i], start) {
			continue
		}
		if files[i] != plan[i] && !place(files[i]).MatchString(plan[i]) {
			return false
		}
	}
	return true
}

// somewhere are the holes for where something is deployed, in a pattern.
var somewhere = regexp.MustCompile(`\\\$\\\{AWS::\w+\\\}`)

// place returns a pattern for a text with any partition, region and account.
func place(text string) *regexp.Regexp {
	return regexp.MustCompile("^" + somewhere.ReplaceAllLiteralString(regexp.QuoteMeta(text), `[^:]*`) + "$")
}

// knownLines returns the settings of a dump by the path to them. The order of
// the members of a set is nothing that Terraform keeps.
func knownLines(dump string) map[string][]string {
	out := map[string][]string{}
	var path []string
	for line := range strings.SplitSeq(dump, "\n") {
		trimmed := strings.TrimLeft(line, " ")
		depth := (len(line) - len(trimmed)) / 2
		if trimmed == "" || strings.HasPrefix(trimmed, "absent:") || strings.HasPrefix(trimmed, "unknown:") {
			continue
		}
		key, value, _ := strings.Cut(trimmed, ": ")
		path = append(path[:min(depth, len(path))], key)
		if list, ok := strings.CutPrefix(value, "["); ok {
			items := strings.Split(strings.TrimSuffix(list, "]"), ", ")
			slices.Sort(items)
			value = strings.Join(items, ", ")
		}
		if value != "" {
			full := strings.Join(path, " / ")
			out[full] = append(out[full], value)
		}
	}
	for _, values := range out {
		slices.Sort(values)
	}
	return out
}
