package terraform

import (
	"path/filepath"
	"strings"
	"testing"
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
