// Command apigwlint-vet checks Lambda handlers in Go, as a tool of go vet:
//
//	go vet -vettool=$(which apigwlint-vet) ./...
package main

import (
	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/apigwlint/apigwlint/parsers/handler/golang"
)

func main() { unitchecker.Main(golang.Analyzer) }
