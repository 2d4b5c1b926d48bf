// Package parsers loads infrastructure definitions into models: it finds the
// files, tells by their content what they are, groups what is deployed together
// into units, and hands each to the parser of its format.
package parsers

import (
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/source"
)

// Input says what to load.
type Input struct {
	// Paths are files and directories. Of a directory, everything below it that
	// is recognised is loaded; a file that is named must be of a supported kind.
	Paths []string
	// Stdin is the content for the path "-"; StdinName is what it is called.
	Stdin     []byte
	StdinName string
}

// Options say how definitions are evaluated.
type Options struct {
	// Parameters are values for CloudFormation parameters (--param).
	Parameters map[string]string
	// Variables are values for Terraform variables, as on its command line (--var).
	Variables map[string]string
	// VarFiles are Terraform variable files (--var-file).
	VarFiles []string
	// NoHandlers leaves the source of Lambda functions unread.
	NoHandlers bool
	// Exclude are doublestar patterns of paths to pass over in directories.
	Exclude []string
}

// A Result is what was loaded.
type Result struct {
	Units []*model.Unit
	// Problems are files that could not be read as what they are, apart from
	// those of units.
	Problems []source.Problem
	// Skipped are files that were passed over because they define no API.
	Skipped []Skipped
	// Unreadable are paths that could not be read at all.
	Unreadable []error
}

// A Skipped is a file that was passed over, and why.
type Skipped struct {
	Name   string
	Reason string
}

// Load loads everything that in names.
func Load(in Input, opts Options) Result {
	return Result{}
}
