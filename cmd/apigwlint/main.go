// Command apigwlint finds what will answer 5xx in definitions of Amazon API Gateway.
package main

import (
	"os"

	"github.com/apigwlint/apigwlint/cli"
	"github.com/apigwlint/apigwlint/rules"
)

func main() { os.Exit(cli.Main(rules.All())) }
