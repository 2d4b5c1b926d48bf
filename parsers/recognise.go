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

// looksLikeTemplate tells a broken template from other broken files.
var looksLikeTemplate = regexp.MustCompile(`(?m)^\s*"?(?:AWSTemplateFormatVersion|Resources)"?\s*:`)

// classify finds out what a file is. The reason says why it is nothing, and is
// empty for files of which nobody would expect it.
func (l *loader) classify(name string) (k kind, reason string) {
	switch {
	case path.Ext(name) == ".tf", path.Ext(name) == ".tofu", strings.HasSuffix(name, ".tf.json"), strings.HasSuffix(name, ".tofu.json"):
		return terraformFile, ""
	}
	f, err := l.reader.Read(name)
	if err != nil {
		l.unreadable(name, err)
		return unreadable, ""
	}
	isTemplate, isPlan := bytes.Contains(f.Data, templateWords), bytes.Contains(f.Data, planWords)
	isDocument := false
	for _, w := range documentWords {
		isDocument = isDocument || bytes.Contains(f.Data, w)
	}
	if !isTemplate && !isDocument && !isPlan {
		return nothing, ""
	}
	root, problems, err := l.reader.Tree(name)
	switch {
	case err != nil:
		l.unreadable(name, err)
		return unreadable, ""
	case root == nil && len(problems) > 0:
		switch {
		case bytes.Contains(f.Data, []byte("{%")) || bytes.Contains(f.Data, []byte("{{")):
			return nothing, "it is written in a template language and has to be rendered first"
		case isTemplate && looksLikeTemplate.Match(f.Data):
			return template, ""
		case isDocument && bytes.Contains(f.Data, []byte("x-amazon-apigateway-")):
			return document, ""
		}
		return nothing, problems[0].Message
	case root == nil:
		return nothing, ""
	case isTemplate && cloudformation.Recognizes(root):
		return template, ""
	case isPlan && terraform.RecognizesPlan(root):
		return plan, ""
	case isDocument && openapi.Recognizes(root):
		return document, ""
	case isDocument && openapi.IsOpenAPI(root):
		return nothing, "an OpenAPI document without an extension of API Gateway"
	}
	return nothing, ""
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}
