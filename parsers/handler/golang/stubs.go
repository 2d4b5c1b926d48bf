package golang

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path"
	"strings"
)

// stubs declare what handlers use of packages that are not at hand: the types of
// aws-lambda-go with the tags that decide their JSON, and enough of the standard
// library to see errors and statuses. All other packages are empty.
// https://pkg.go.dev/github.com/aws/aws-lambda-go/events
var stubs = map[string]string{
	eventsPackage: "package events\n" + `
type APIGatewayProxyRequest struct {
	Resource, Path, HTTPMethod, Body string
	Headers, QueryStringParameters, PathParameters, StageVariables map[string]string
	MultiValueHeaders, MultiValueQueryStringParameters map[string][]string
	RequestContext APIGatewayProxyRequestContext
	IsBase64Encoded bool
}
type APIGatewayProxyRequestContext struct { AccountID, ResourceID, Stage, RequestID, ResourcePath, Path, HTTPMethod, APIID string; Authorizer map[string]any }
type APIGatewayProxyResponse struct {
	StatusCode int ` + "`json:\"statusCode\"`" + `
	Headers map[string]string ` + "`json:\"headers\"`" + `
	MultiValueHeaders map[string][]string ` + "`json:\"multiValueHeaders\"`" + `
	Body string ` + "`json:\"body\"`" + `
	IsBase64Encoded bool ` + "`json:\"isBase64Encoded,omitempty\"`" + `
}
type APIGatewayV2HTTPRequest struct {
	Version, RouteKey, RawPath, RawQueryString, Body string
	Cookies []string
	Headers, QueryStringParameters, PathParameters, StageVariables map[string]string
	RequestContext APIGatewayV2HTTPRequestContext
	IsBase64Encoded bool
}
type APIGatewayV2HTTPRequestContext struct { RouteKey, AccountID, Stage, RequestID, APIID string; HTTP struct { Method, Path string } }
type APIGatewayV2HTTPResponse struct {
	StatusCode int ` + "`json:\"statusCode\"`" + `
	Headers map[string]string ` + "`json:\"headers\"`" + `
	MultiValueHeaders map[string][]string ` + "`json:\"multiValueHeaders\"`" + `
	Body string ` + "`json:\"body\"`" + `
	IsBase64Encoded bool ` + "`json:\"isBase64Encoded,omitempty\"`" + `
	Cookies []string ` + "`json:\"cookies\"`" + `
}
type APIGatewayWebsocketProxyRequest struct { Body string; RequestContext APIGatewayWebsocketProxyRequestContext }
type APIGatewayWebsocketProxyRequestContext struct { ConnectionID, RouteKey, DomainName, Stage string }
type APIGatewayCustomAuthorizerRequest struct { Type, AuthorizationToken, MethodArn string }
type APIGatewayCustomAuthorizerRequestTypeRequest struct { Type, MethodArn, Path string; Headers map[string]string }
type APIGatewayCustomAuthorizerPolicy struct { Version string; Statement []IAMPolicyStatement }
type IAMPolicyStatement struct { Action []string; Effect string; Resource []string }
type APIGatewayCustomAuthorizerResponse struct {
	PrincipalID string ` + "`json:\"principalId\"`" + `
	PolicyDocument APIGatewayCustomAuthorizerPolicy ` + "`json:\"policyDocument\"`" + `
	Context map[string]any ` + "`json:\"context,omitempty\"`" + `
	UsageIdentifierKey string ` + "`json:\"usageIdentifierKey,omitempty\"`" + `
}
type APIGatewayV2CustomAuthorizerSimpleResponse struct {
	IsAuthorized bool ` + "`json:\"isAuthorized\"`" + `
	Context map[string]any ` + "`json:\"context,omitempty\"`" + `
}
type APIGatewayV2CustomAuthorizerIAMPolicyResponse struct {
	PrincipalID string ` + "`json:\"principalId\"`" + `
	PolicyDocument APIGatewayCustomAuthorizerPolicy ` + "`json:\"policyDocument\"`" + `
	Context map[string]any ` + "`json:\"context,omitempty\"`" + `
}
`,
	lambdaPackage: `package lambda
func Start(handler any) {}
func StartWithOptions(handler any, options ...any) {}
func StartWithContext(ctx any, handler any) {}
func StartHandlerFunc(handler any, options ...any) {}
`,
	"context": `package context
type Context interface { Err() error; Value(key any) any; Done() <-chan struct{} }
func Background() Context
func TODO() Context
`,
	"errors": `package errors
func New(text string) error
func Is(err, target error) bool
func As(err error, target any) bool
func Unwrap(err error) error
func Join(errs ...error) error
`,
	"fmt": `package fmt
func Sprintf(format string, a ...any) string
func Sprint(a ...any) string
func Sprintln(a ...any) string
func Errorf(format string, a ...any) error
func Println(a ...any) (int, error)
func Printf(format string, a ...any) (int, error)
func Print(a ...any) (int, error)
`,
	"encoding/json": `package json
type RawMessage []byte
func Marshal(v any) ([]byte, error)
func MarshalIndent(v any, prefix, indent string) ([]byte, error)
func Unmarshal(data []byte, v any) error
`,
	"strconv": `package strconv
func Itoa(i int) string
func Atoi(s string) (int, error)
`,
	"os": `package os
func Getenv(key string) string
`,
	"net/http": `package http
const (
	MethodGet = "GET"; MethodHead = "HEAD"; MethodPost = "POST"; MethodPut = "PUT"; MethodPatch = "PATCH"; MethodDelete = "DELETE"; MethodOptions = "OPTIONS"
	StatusContinue = 100; StatusOK = 200; StatusCreated = 201; StatusAccepted = 202; StatusNonAuthoritativeInfo = 203; StatusNoContent = 204
	StatusResetContent = 205; StatusPartialContent = 206; StatusMultipleChoices = 300; StatusMovedPermanently = 301; StatusFound = 302
	StatusSeeOther = 303; StatusNotModified = 304; StatusTemporaryRedirect = 307; StatusPermanentRedirect = 308; StatusBadRequest = 400
	StatusUnauthorized = 401; StatusPaymentRequired = 402; StatusForbidden = 403; StatusNotFound = 404; StatusMethodNotAllowed = 405
	StatusNotAcceptable = 406; StatusRequestTimeout = 408; StatusConflict = 409; StatusGone = 410; StatusPreconditionFailed = 412
	StatusRequestEntityTooLarge = 413; StatusUnsupportedMediaType = 415; StatusTeapot = 418; StatusUnprocessableEntity = 422
	StatusFailedDependency = 424; StatusTooManyRequests = 429; StatusInternalServerError = 500; StatusNotImplemented = 501
	StatusBadGateway = 502; StatusServiceUnavailable = 503; StatusGatewayTimeout = 504
)
func StatusText(code int) string
`,
}

const (
	eventsPackage = "github.com/aws/aws-lambda-go/events"
	lambdaPackage = "github.com/aws/aws-lambda-go/lambda"
)

// An importer gives the packages that a handler imports, without the go command:
// stubs, packages of the same module, and empty ones.
type importer struct {
	fset  *token.FileSet
	known map[string]*types.Package
	// local parses the files of a package of the same module.
	local func(importPath string) []*ast.File
	depth int
}

func (i *importer) Import(importPath string) (*types.Package, error) {
	if p := i.known[importPath]; p != nil {
		return p, nil
	}
	// An import cycle ends here.
	i.known[importPath] = empty(importPath)
	config := types.Config{Importer: i, Error: func(error) {}, IgnoreFuncBodies: true, FakeImportC: true}
	if src, ok := stubs[importPath]; ok {
		f, err := parser.ParseFile(i.fset, "stub/"+importPath+".go", src, parser.SkipObjectResolution)
		if err == nil {
			p, _ := config.Check(importPath, i.fset, []*ast.File{f}, nil) // errors are tolerated
			i.known[importPath] = p
		}
		return i.known[importPath], nil
	}
	if i.local != nil && i.depth < 20 {
		if files := i.local(importPath); len(files) > 0 {
			i.depth++
			p, _ := config.Check(importPath, i.fset, files, nil) // errors are tolerated
			i.depth--
			i.known[importPath] = p
		}
	}
	return i.known[importPath], nil
}

func empty(importPath string) *types.Package {
	name := path.Base(importPath)
	if len(name) > 1 && name[0] == 'v' && strings.Trim(name[1:], "0123456789") == "" {
		name = path.Base(path.Dir(importPath))
	}
	p := types.NewPackage(importPath, strings.TrimPrefix(name, "go-"))
	p.MarkComplete()
	return p
}
