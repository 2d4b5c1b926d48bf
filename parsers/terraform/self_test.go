package terraform

import (
	"fmt"
	"testing"
	"time"
)

// TestSelfReference loads resources whose arguments are the resources themselves,
// which Terraform refuses: they have no end.
func TestSelfReference(t *testing.T) {
	const doc = `== a.tf
resource "aws_api_gateway_rest_api" "a" {
  name = "a"
  description = %[1]s
  body        = %[1]s
  policy      = %[1]s
}
resource "aws_api_gateway_rest_api" "b" {
  name        = "b"
  description = aws_api_gateway_rest_api.a
  body        = jsonencode([aws_api_gateway_rest_api.a])
}
`
	for _, x := range []string{
		"aws_api_gateway_rest_api.a", "jsonencode(aws_api_gateway_rest_api.a)", "[aws_api_gateway_rest_api.b]", `"x ${aws_api_gateway_rest_api.a}"`,
		"merge(aws_api_gateway_rest_api.b, { a = aws_api_gateway_rest_api.a })", "{ for k, v in aws_api_gateway_rest_api.a : k => v }",
		"values(aws_api_gateway_rest_api.a)", "flatten([aws_api_gateway_rest_api.*])", "aws_api_gateway_rest_api.a == aws_api_gateway_rest_api.b", "tostring(aws_api_gateway_rest_api.a)",
	} {
		t.Run(x, func(t *testing.T) {
			start := time.Now()
			u := loadDir(t, write(t, fmt.Sprintf(doc, x)), Options{})
			if n := len(u.Scenarios[0].Model.APIs); n != 2 {
				t.Errorf("%d APIs", n)
			}
			if d := time.Since(start); d > 10*time.Second {
				t.Errorf("takes %v", d)
			}
		})
	}
}
