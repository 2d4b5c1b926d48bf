// Package rules holds the rules, one to a file.
package rules

import "github.com/apigwlint/apigwlint/lint"

// All returns the rules in alphabetical order.
func All() []*lint.Rule {
	return []*lint.Rule{
		authorizerPermission,
		canarySettings,
		defaultResponseMissing,
		definitionConflict,
		deploymentDependency,
		deploymentStale,
		httpAPIIntegrationType,
		integrationResponseDuplicate,
		integrationResponseMissing,
		integrationTimeout,
		integrationURIRegion,
		lambdaIntegrationMethod,
		lambdaIntegrationURI,
		lambdaPermissionAction,
		lambdaPermissionMissing,
		lambdaPermissionPrincipal,
		lambdaPermissionQualifier,
		lambdaPermissionSourceARN,
		lambdaTimeout,
		methodResponseMissing,
		mockStatusCode,
		pathParameterUnmapped,
		selectionPatternInvalid,
		stageVariableEscape,
		stageVariablePermission,
		stageVariableUndefined,
		streamingIdleTimeout,
		streamingIntegration,
		vpcLinkConnection,
		vpcLinkMissing,
	}
}
