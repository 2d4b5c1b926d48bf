package schema_test

import (
	"testing"

	"github.com/apigwlint/apigwlint/parsers/internal/schema"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/value"
)

func TestSizes(t *testing.T) {
	for _, tt := range []struct {
		schema             string
		smallest, declared int
	}{
		{`{}`, 1, 1},
		{`{type: string}`, 2, 2},
		{`{type: string, minLength: 10, maxLength: 20}`, 12, 22},
		{`{type: string, minLength: 10}`, 12, 12},
		{`{type: string, maxLength: 2147483647}`, 2, 2},
		{`{type: boolean}`, 4, 1},
		{`{minLength: 10}`, 1, 1}, // a number is an instance
		{`{type: [string, "null"], minLength: 10}`, 1, 1},
		{`{type: string, minLength: 10, nullable: true}`, 1, 12},
		{`{type: string, enum: [a, bcd]}`, 3, 5},
		{`{type: array, items: {type: string}}`, 2, 2},
		{`{type: array, minItems: 2, maxItems: 3, items: {type: string, maxLength: 5}}`, len(`["",""]`), len(`["12345","12345","12345"]`)},
		{`{type: array, minItems: 3000000000, items: {type: array, minItems: 3000000000}}`, 2, 2},
		{`{type: array, minItems: 2000000000, items: {type: array, minItems: 2000000000}}`, 1 << 50, 1 << 50},
		{`{type: object, required: [a, b], properties: {a: {type: string}, c: {type: integer}}}`, len(`{"a":"","b":0}`), len(`{"a":"","c":0}`)},
		{`{allOf: [{type: string, minLength: 3}, {type: string, minLength: 7}]}`, 9, 9},
		{`{oneOf: [{type: string, minLength: 3}, {type: string, minLength: 7}]}`, 5, 9},
		{`{$ref: "#/definitions/a", definitions: {a: {type: string, minLength: 4}}}`, 6, 6},
		{`{$ref: "#/a/b"}`, 1, 1},
		{`{$ref: "#/a", a: {$ref: "#/b"}, b: {$ref: "#/a"}}`, 1, 1},
		{`{type: object, required: [next], properties: {next: {$ref: "#/definitions/a"}}, definitions: {a: {type: object, required: [next], properties: {next: {$ref: "#/definitions/a"}}}}}`, len(`{"next":{"next":0}}`), len(`{"next":{"next":0}}`)},
	} {
		n, problems := tree.Parse(source.NewFile("s.yaml", []byte(tt.schema)))
		if len(problems) > 0 {
			t.Fatal(tt.schema, problems)
		}
		s := schema.New(schema.Within(n)).Sizes(n, value.Text{})
		smallest, _ := s.Smallest.Get()
		declared, _ := s.Declared.Get()
		if smallest != tt.smallest || declared != tt.declared {
			t.Errorf("%s: %d to %d bytes, want %d to %d", tt.schema, smallest, declared, tt.smallest, tt.declared)
		}
	}
}
