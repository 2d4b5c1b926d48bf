package parsers

import (
	"bytes"
	"os"
	"path"
	"regexp"
	"strings"

	"github.com/apigwlint/apigwlint/parsers/cloudformation"
	"github.com/apigwlint/apigwlint/parsers/openapi"
	"github.com/apigwlint/apigwlint/parsers/terraform"
)

// A kind is what a file is, told by its content.
type kind int8

const (
	nothing kind = iota
	unreadable
	template      // CloudFormation or SAM
	document      // OpenAPI with extensions of API Gateway
	terraformFile // a file of a Terraform module, or the module's directory
	plan          // a Terraform plan in JSON
)

// candidate reports whether a file in a directory is looked into at all.
func candidate(name string) bool {
	switch path.Ext(name) {
	case ".yaml", ".yml", ".json", ".template", ".tf", ".tofu":
		return true
	}
	return false
}

// Words without which a file is nothing that is linted here. They spare the
// parsing of everything else in a repository.
var (
	templateWords = []byte("AWS::")
	documentWords = [][]byte{[]byte("openapi"), []byte("swagger")}
	planWords     = []byte("terraform_version")
)

var (
	// looksLikeTemplate tells a broken template from other broken files.
	looksLikeTemplate = regexp.MustCompile(`(?m)(?:^|[{,])\s*["']?(?:AWSTemplateFormatVersion|Resources)["']?\s*:`)
	looksLikeDocument = regexp.MustCompile(`(?m)(?:^|[{,])\s*["']?(?:openapi|swagger)["']?\s*:`)
	// foreign is what marks the languages that templates are generated with.
	foreign = regexp.MustCompile(`\{[{%]`)
	// dynamicReference is CloudFormation's own use of such marks.
	// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
	dynamicReference = regexp.MustCompile(`\{\{\s*resolve:`)
)

// classify finds out what a file is, and notes one that cannot be read. The
// reason says why it is nothing, and is empty for files of which nobody would
// expect it.
func (l *loader) classify(name string) (k kind, reason string) {
	k, reason, err := l.recognise(name)
	if err != nil {
		l.unreadable(name, err)
	}
	return k, reason
}

// recognise finds out what a file is.
func (l *loader) recognise(name string) (k kind, reason string, err error) {
	if isTerraform(name) {
		return terraformFile, "", nil
	}
	f, err := l.reader.Read(name)
	if err != nil {
		return unreadable, "", err
	}
	isTemplate, isPlan := bytes.Contains(f.Data, templateWords), bytes.Contains(f.Data, planWords)
	isDocument := false
	for _, w := range documentWords {
		isDocument = isDocument || bytes.Contains(f.Data, w)
	}
	switch {
	case isTemplate, isDocument, isPlan:
	case bytes.HasPrefix(f.Data, []byte("\xFF\xFE")), bytes.HasPrefix(f.Data, []byte("\xFE\xFF")):
		return nothing, "it is encoded in UTF-16, not in UTF-8", nil
	default:
		return nothing, "", nil
	}
	root, problems, err := l.reader.Tree(name)
	switch {
	case err != nil:
		return unreadable, "", err
	case root == nil && len(problems) > 0:
		switch {
		case foreign.Match(dynamicReference.ReplaceAll(f.Data, nil)):
			return nothing, "it is written in a template language and has to be rendered first", nil
		case isTemplate && looksLikeTemplate.Match(f.Data):
			return template, "", nil
		case isDocument && bytes.Contains(f.Data, []byte("x-amazon-apigateway-")):
			return document, "", nil
		}
		return nothing, problems[0].Message, nil
	case root == nil:
		return nothing, "", nil
	case isTemplate && cloudformation.Recognizes(root):
		return template, "", nil
	case isPlan && terraform.RecognizesPlan(root):
		return plan, "", nil
	case isDocument && openapi.Recognizes(root):
		return document, "", nil
	case isDocument && openapi.IsOpenAPI(root):
		return nothing, "an OpenAPI document without an extension of API Gateway", nil
	}
	return nothing, "", nil
}

// isBroken reports whether a file would be an OpenAPI document if it could be
// parsed. Whether it would be one for API Gateway is not known.
func (l *loader) isBroken(name string) bool {
	f, err := l.reader.Read(name)
	if err != nil || !looksLikeDocument.Match(f.Data) || foreign.Match(f.Data) {
		return false
	}
	root, problems, err := l.reader.Tree(name)
	return err == nil && root == nil && len(problems) > 0
}

// isTerraform reports whether a file belongs to a Terraform module, as its
// values for variables do.
func isTerraform(name string) bool {
	name = strings.TrimSuffix(name, ".json")
	ext := path.Ext(name)
	return ext == ".tf" || ext == ".tofu" || ext == ".tfvars"
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}
