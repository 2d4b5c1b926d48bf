package rules

import (
	"fmt"

	"github.com/apigwlint/apigwlint/lint"
)

var mappingTemplateFunction = &lint.Rule{
	Name:     "mapping-template-function",
	Group:    "mapping",
	Summary:  "a mapping template calls a function that API Gateway does not have",
	Status:   []int{400, 500},
	Severity: lint.Warning,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html",
		"https://docs.aws.amazon.com/appsync/latest/devguide/resolver-util-reference.html",
	},
	Doc: `
Mapping templates of API Gateway know ` + "`$input`, `$context`, `$stageVariables`" + ` and six functions of ` + "`$util`: `escapeJavaScript`, `parseJson`, `urlEncode`, `urlDecode`, `base64Encode`, `base64Decode`" + `.
Those of AWS AppSync look alike and know more, such as ` + "`$ctx` and `$util.toJson`" + `. What API Gateway does not
know it leaves in the output as it is written, which the backend, or the caller, then cannot read.`,
	Run: func(pass *lint.Pass) {
		for t := range templates(pass.Model) {
			for _, use := range t.UnknownFunctions() {
				d := t.diagnostic()
				d.Log = ""
				d.Span, d.Cause = use.Span, use.Span
				d.Message = fmt.Sprintf("%s uses %s, which API Gateway does not have and leaves in the output as it is", t.what(), use.Message)
				d.Help = "use $input, $context, $stageVariables and the six functions of $util that API Gateway has"
				pass.ReportIf(t.runs, d)
			}
		}
	},
}
