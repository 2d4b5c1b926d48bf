package terraform

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/files"
)

// TestRoots says what the configurations in testdata/roots come to: their
// routes, what these call, and whether that is allowed.
func TestRoots(t *testing.T) {
	for name, want := range map[string][]string{
		"rest": {
			`GET /orders -> module.function["list"].aws_lambda_function.this yes`,
			`GET /orders/{id} -> module.function["list"].aws_lambda_function.this yes`,
			`POST /order -> module.function["create"].aws_lambda_function.this yes`,
			`POST /order/{id} -> module.function["create"].aws_lambda_function.this yes`,
		},
		"http": {
			`$default -> aws_lambda_function.orders:live yes`,
			`ANY /orders/{id} -> aws_lambda_function.orders:live yes`,
			`GET /orders -> aws_lambda_function.orders:live yes`,
		},
		"body": {
			`GET /health -> no function maybe`,
			`GET /items -> aws_lambda_function.orders no`,
			`GET /orders -> aws_lambda_function.orders no`,
			`GET /orders -> aws_lambda_function.orders no`,
			`POST /orders -> aws_lambda_function.orders no`,
		},
	} {
		u := loadDir(t, filepath.Join("testdata", "roots", name), Options{})
		for _, p := range u.Problems {
			t.Errorf("%s: %s", p.Span, p.Message)
		}
		m := u.Scenarios[0].Model
		var got []string
		for r := range m.Routes() {
			to := "nothing"
			if in, ok := r.Integration.Get(); ok {
				to = "no function"
				if inv, ok := in.Lambda.Get(); ok {
					to = inv.String()
				}
			}
			allowed, _ := m.Invokable(r)
			got = append(got, r.Key()+" -> "+to+" "+allowed.String())
		}
		if a, b := sorted(got), sorted(want); a != b {
			t.Errorf("%s:\n%s\nwant\n%s", name, a, b)
		}
	}
}

func sorted(lines []string) string {
	lines = append([]string{}, lines...)
	for i := range lines {
		for j := range lines[:i] {
			if lines[i] < lines[j] {
				lines[i], lines[j] = lines[j], lines[i]
			}
		}
	}
	return strings.Join(lines, "\n")
}

// TestTerraformAgrees plans configurations with Terraform and compares the
// model of the plan with that of the files. It runs where Terraform is on PATH
// and APIGWLINT_TERRAFORM_PLUGINS names a directory with version 5 of the AWS
// provider, as terraform init -plugin-dir takes it, and takes seconds a root.
func TestTerraformAgrees(t *testing.T) {
	plugins := os.Getenv("APIGWLINT_TERRAFORM_PLUGINS")
	if plugins == "" {
		t.Skip("APIGWLINT_TERRAFORM_PLUGINS names no plugins")
	}
	if _, err := exec.LookPath("terraform"); err != nil {
		t.Skip("terraform is not on PATH")
	}
	roots, err := filepath.Glob("testdata/roots/*")
	if err != nil || len(roots) == 0 {
		t.Fatal(err, roots)
	}
	for _, root := range roots {
		t.Run(filepath.Base(root), func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(root)); err != nil {
				t.Fatal(err)
			}
			data := planOf(t, dir, plugins)
			fromFiles := dump(t, dir)
			if err := os.WriteFile(filepath.Join(dir, "plan.json"), data, 0o644); err != nil {
				t.Fatal(err)
			}
			beside := dumpPlan(t, dir, filepath.Join(dir, "plan.json"), nil)
			compareDumps(t, "plan with files", fromFiles, beside)
			compareDumps(t, "plan alone", fromFiles, dumpPlan(t, t.TempDir(), "plan.json", data))
		})
	}
}

func dumpPlan(t *testing.T, dir, name string, data []byte) string {
	t.Helper()
	r, err := files.NewReader(dir)
	if err != nil {
		t.Fatal(err)
	}
	if data != nil {
		r.Add(name, data)
	}
	units := LoadPlan(r, []string{name})
	if len(units) != 1 {
		t.Fatalf("%d units", len(units))
	}
	return model.Dump(units[0].Scenarios[0].Model, false)
}

// planOf returns the plan of a configuration, made without any network.
func planOf(t *testing.T, dir, plugins string) []byte {
	t.Helper()
	const provider = `provider "aws" {
  access_key                  = "x"
  secret_key                  = "x"
  region                      = "eu-west-1"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}
`
	if err := os.WriteFile(filepath.Join(dir, "zz_provider.tf"), []byte(provider), 0o644); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) []byte {
		cmd := exec.Command("terraform", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1", "TF_DATA_DIR="+filepath.Join(dir, ".data"))
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("terraform %v: %v\n%s", args, err, out)
		}
		return out
	}
	run("init", "-plugin-dir="+plugins, "-input=false", "-no-color")
	run("plan", "-refresh=false", "-input=false", "-no-color", "-out=plan")
	return run("show", "-json", "plan")
}
