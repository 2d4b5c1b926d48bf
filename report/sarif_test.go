package report_test

import (
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/apigwlint/apigwlint/report"
)

// TestSARIFIsValid checks against the schema of OASIS.
func TestSARIFIsValid(t *testing.T) {
	file, err := os.Open("../testdata/report/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	doc, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("sarif.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []*report.Report{gallery(), {}} {
		text := write(t, "sarif", r, false)
		for _, broken := range []bool{false, true} {
			if broken { // the schema does refuse something
				text = strings.Replace(text, `"version": "2.1.0"`, `"version": "2.1"`, 1)
			}
			got, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(got); (err != nil) != broken {
				t.Errorf("broken: %v, error: %v", broken, err)
			}
		}
	}
}
