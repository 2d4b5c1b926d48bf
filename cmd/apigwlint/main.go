// Command apigwlint finds what will answer 5xx in definitions of Amazon API Gateway.
package main

import (
	"os"
	"runtime/debug"

	"github.com/apigwlint/apigwlint/cli"
	"github.com/apigwlint/apigwlint/rules"
)

func main() {
	if os.Getenv("GOGC") == "" {
		// A run is short and most of what it reads lives to its end: collecting
		// less often takes a third off its time.
		debug.SetGCPercent(400)
	}
	os.Exit(cli.Main(rules.All()))
}
