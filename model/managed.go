package model

import (
	"strings"

	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// A managedPolicy is what is known of a policy that AWS maintains. AWS adds
// actions to its policies, so that more may be granted in the services that a
// policy is about, and nothing in others.
type managedPolicy struct {
	grants string // patterns of actions that it allows on all resources
	about  string // services, by their prefix, in which it may allow more; * for all
}

// managedPolicies are policies of AWS by name.
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
var managedPolicies = map[string]managedPolicy{
	"AdministratorAccess": {grants: "*"},
	"PowerUserAccess":     {grants: "dynamodb:* events:* firehose:* kinesis:* lambda:* logs:* s3:* sns:* sqs:* states:*", about: "*"}, // all but iam, organizations and account
	"ReadOnlyAccess":      {about: "*"},
	"ViewOnlyAccess":      {about: "*"},

	"AWSLambdaBasicExecutionRole":                 {grants: "logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents", about: "logs"},
	"AWSLambdaVPCAccessExecutionRole":             {grants: "logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents", about: "logs ec2"},
	"AWSLambdaENIManagementAccess":                {about: "ec2"},
	"AWSLambdaExecute":                            {grants: "logs:* s3:GetObject s3:PutObject", about: "logs s3"},
	"AWSLambdaRole":                               {grants: "lambda:InvokeFunction", about: "lambda"},
	"AWSLambdaSQSQueueExecutionRole":              {grants: "sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes", about: "logs"},
	"AWSLambdaDynamoDBExecutionRole":              {grants: "dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator dynamodb:ListStreams", about: "logs"},
	"AWSLambdaKinesisExecutionRole":               {grants: "kinesis:DescribeStream kinesis:GetRecords kinesis:GetShardIterator kinesis:ListShards kinesis:ListStreams", about: "logs kinesis"},
	"AWSLambdaMSKExecutionRole":                   {about: "kafka ec2 logs"},
	"AWSLambda_FullAccess":                        {grants: "lambda:*", about: "cloudformation cloudwatch ec2 iam kms logs states tag xray"},
	"AWSLambda_ReadOnlyAccess":                    {about: "lambda cloudformation cloudwatch ec2 iam kms logs states tag xray"},
	"AWSLambdaFullAccess":                         {about: "*"}, // withdrawn, and wide
	"AWSXRayDaemonWriteAccess":                    {grants: "xray:PutTraceSegments xray:PutTelemetryRecords", about: "xray"},
	"AWSXrayWriteOnlyAccess":                      {grants: "xray:PutTraceSegments xray:PutTelemetryRecords", about: "xray"},
	"AWSXrayFullAccess":                           {grants: "xray:*", about: "logs cloudwatch oam"},
	"CloudWatchLambdaInsightsExecutionRolePolicy": {about: "logs"},
	"AWSCodeDeployRoleForLambda":                  {grants: "lambda:InvokeFunction", about: "cloudwatch lambda s3 sns"},
	"AWSCodeDeployRoleForLambdaLimited":           {about: "cloudwatch lambda s3"},

	"AmazonAPIGatewayPushToCloudWatchLogs": {grants: "logs:CreateLogGroup logs:CreateLogStream logs:DescribeLogGroups logs:DescribeLogStreams logs:PutLogEvents logs:GetLogEvents logs:FilterLogEvents", about: "logs"},
	"AmazonAPIGatewayInvokeFullAccess":     {grants: "execute-api:Invoke execute-api:ManageConnections", about: "execute-api"},
	"AmazonAPIGatewayAdministrator":        {grants: "apigateway:*"},
	"CloudWatchLogsFullAccess":             {grants: "logs:*", about: "cloudwatch"},
	"CloudWatchLogsReadOnlyAccess":         {about: "logs cloudwatch"},
	"CloudWatchFullAccess":                 {grants: "logs:* cloudwatch:*", about: "application-signals autoscaling iam oam rum sns synthetics xray events"},
	"CloudWatchFullAccessV2":               {grants: "logs:* cloudwatch:*", about: "*"},
	"CloudWatchAgentServerPolicy":          {grants: "cloudwatch:PutMetricData", about: "cloudwatch ec2 logs ssm xray"},

	"AmazonSQSFullAccess":                     {grants: "sqs:*"},
	"AmazonSQSReadOnlyAccess":                 {grants: "sqs:GetQueueAttributes sqs:GetQueueUrl sqs:ListQueues"},
	"AmazonSNSFullAccess":                     {grants: "sns:*", about: "sms-voice"},
	"AmazonSNSReadOnlyAccess":                 {grants: "sns:GetTopicAttributes sns:List*", about: "sms-voice"},
	"AmazonDynamoDBFullAccess":                {grants: "dynamodb:*", about: "dax application-autoscaling cloudwatch datapipeline ec2 iam kms kinesis lambda resource-groups sns tag"},
	"AmazonDynamoDBFullAccess_v2":             {grants: "dynamodb:*", about: "dax application-autoscaling cloudwatch datapipeline ec2 iam kms kinesis lambda resource-groups sns tag"},
	"AmazonDynamoDBReadOnlyAccess":            {grants: "dynamodb:BatchGetItem dynamodb:Describe* dynamodb:List* dynamodb:GetItem dynamodb:Query dynamodb:Scan", about: "application-autoscaling cloudwatch datapipeline dax iam kms kinesis resource-groups sns"},
	"AmazonS3FullAccess":                      {grants: "s3:*", about: "s3-object-lambda"},
	"AmazonS3ReadOnlyAccess":                  {grants: "s3:Get* s3:List* s3:Describe*", about: "s3-object-lambda"},
	"AWSStepFunctionsFullAccess":              {grants: "states:*"},
	"AWSStepFunctionsConsoleFullAccess":       {grants: "states:*", about: "iam lambda"},
	"AWSStepFunctionsReadOnlyAccess":          {about: "states"},
	"AmazonEventBridgeFullAccess":             {grants: "events:*", about: "schemas scheduler pipes iam secretsmanager"},
	"AmazonEventBridgeReadOnlyAccess":         {about: "events schemas scheduler pipes"},
	"CloudWatchEventsFullAccess":              {grants: "events:*", about: "iam"},
	"CloudWatchEventsReadOnlyAccess":          {about: "events"},
	"AmazonKinesisFullAccess":                 {grants: "kinesis:*"},
	"AmazonKinesisReadOnlyAccess":             {grants: "kinesis:Get* kinesis:List* kinesis:Describe*"},
	"AmazonKinesisFirehoseFullAccess":         {grants: "firehose:*"},
	"AmazonKinesisFirehoseReadOnlyAccess":     {grants: "firehose:Describe* firehose:List*"},
	"AmazonSSMReadOnlyAccess":                 {grants: "ssm:Describe* ssm:Get* ssm:List*"},
	"SecretsManagerReadWrite":                 {grants: "secretsmanager:*", about: "*"},
	"AmazonVPCFullAccess":                     {about: "ec2"},
	"AmazonVPCReadOnlyAccess":                 {about: "ec2"},
	"AmazonRekognitionFullAccess":             {grants: "rekognition:*"},
	"TranslateFullAccess":                     {grants: "translate:*", about: "s3 iam comprehend cloudwatch"},
	"ComprehendFullAccess":                    {grants: "comprehend:*", about: "iam s3"},
	"AmazonCognitoPowerUser":                  {about: "cognito-identity cognito-idp cognito-sync iam sns"},
	"AmazonCognitoReadOnly":                   {about: "cognito-identity cognito-idp cognito-sync iam sns"},
	"AmazonEC2ContainerRegistryReadOnly":      {about: "ecr"},
	"AmazonEC2ContainerRegistryPowerUser":     {about: "ecr"},
	"AmazonECSTaskExecutionRolePolicy":        {about: "ecr logs"},
	"AWSAppSyncPushToCloudWatchLogs":          {about: "logs"},
	"AmazonRDSDataFullAccess":                 {about: "rds-data dbqms secretsmanager"},
	"AmazonRDSReadOnlyAccess":                 {about: "rds ec2 cloudwatch logs devops-guru"},
	"AmazonElasticFileSystemClientFullAccess": {about: "elasticfilesystem"},
	"AmazonSESFullAccess":                     {grants: "ses:*"},
}

// policyOfAWS returns the name of a managed policy of AWS, of which the ARN has
// no account.
func policyOfAWS(arn value.Text) (string, bool) {
	f, ok := arn.Flat()
	if !ok {
		return "", false
	}
	at := strings.SplitN(f.S, ":", arnSegments)
	if len(at) < arnSegments || at[0] != "arn" || at[2] != "iam" || at[4] != "aws" || strings.Contains(at[5], value.HoleString) {
		return "", false
	}
	path, ok := strings.CutPrefix(at[5], "policy/")
	return path[strings.LastIndexByte(path, '/')+1:], ok
}

// managedAllows reports whether a managed policy allows an action: Maybe of
// those whose content is not known.
func managedAllows(arn value.Text, action string) tri.Bool {
	name, ok := policyOfAWS(arn)
	policy, known := managedPolicies[name]
	if !ok || !known {
		return tri.Maybe
	}
	for _, pattern := range strings.Fields(policy.grants) {
		if coversAction(value.Lit(pattern, arn.Span()), value.Lit(action, arn.Span())) == tri.Yes {
			return tri.Yes
		}
	}
	service, _, _ := strings.Cut(action, ":")
	for _, about := range strings.Fields(policy.about) {
		if about == "*" || strings.EqualFold(about, service) {
			return tri.Maybe
		}
	}
	return tri.No
}

// managedDenies reports whether a managed policy denies something: those that
// are known do not.
func managedDenies(arn value.Text) tri.Bool {
	name, ok := policyOfAWS(arn)
	if _, known := managedPolicies[name]; ok && known {
		return tri.No
	}
	return tri.Maybe
}
