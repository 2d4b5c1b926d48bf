// Package rules holds the rules, one to a file.
package rules

import "github.com/apigwlint/apigwlint/lint"

// All returns the rules in alphabetical order.
func All() []*lint.Rule {
	return []*lint.Rule{
		authorizerPermission,
		defaultResponseMissing,
		integrationResponseMissing,
		integrationTimeout,
		lambdaIntegrationMethod,
		lambdaPermissionAction,
		lambdaPermissionMissing,
		lambdaPermissionPrincipal,
		lambdaPermissionQualifier,
		lambdaPermissionSourceARN,
		lambdaTimeout,
		methodResponseMissing,
		mockStatusCode,
		stageVariablePermission,
		stageVariableUndefined,
		vpcLinkConnection,
		vpcLinkMissing,
	}
}
