// Package cli is the command line of apigwlint.
package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apigwlint/apigwlint/config"
	"github.com/apigwlint/apigwlint/lint"
)

// The exit codes.
const (
	exitOK       = 0 // nothing at or above --fail-on
	exitFindings = 1 // findings at or above it
	exitUsage    = 2 // wrong flags or configuration
	exitFailure  = 3 // input that cannot be read, or a bug of ours
)

// Main runs apigwlint with the arguments of the process and returns its exit code.
func Main(rules []*lint.Rule) int {
	return Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, rules)
}

// Run runs apigwlint and returns its exit code. Only the report goes to stdout.
func Run(args []string, stdin io.Reader, stdout, stderr io.Writer, rules []*lint.Rule) (code int) {
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr, rules: rules}
	defer func() {
		if e := recover(); e != nil {
			a.logf("bug: %v\n%s", e, debug.Stack())
			code = exitFailure
		}
	}()
	root := a.root()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	if err := root.Execute(); err != nil {
		a.logf("%v", err)
		if failure := (*failureError)(nil); errors.As(err, &failure) {
			return exitFailure
		}
		return exitUsage
	}
	return a.code
}

// A failureError is an error that is not the user's, such as a full disk. Every
// other error that a command returns is one of usage.
type failureError struct{ error }

type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	rules          []*lint.Rule
	code           int
}

// logf tells the user something that is no part of the report.
func (a *app) logf(format string, args ...any) {
	for line := range strings.Lines(fmt.Sprintf(format, args...)) {
		_, _ = fmt.Fprintf(a.stderr, "apigwlint: %s\n", strings.TrimRight(line, "\n")) // there is nowhere to report it
	}
}

// emit writes content to the file or, when it has no name, to standard output.
func (a *app) emit(file string, content []byte) error {
	if file == "" {
		if _, err := a.stdout.Write(content); err != nil {
			return &failureError{err}
		}
		return nil
	}
	if err := os.WriteFile(file, content, 0o666); err != nil {
		return fmt.Errorf("--output: %w", err)
	}
	return nil
}

// emitJSON writes v as JSON.
func (a *app) emitJSON(file string, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return &failureError{err}
	}
	return a.emit(file, b.Bytes())
}

func (a *app) root() *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use:   "apigwlint [flags] [path ...]",
		Short: "Find what will answer 5xx in definitions of Amazon API Gateway",
		Long: `apigwlint reads definitions of Amazon API Gateway in CloudFormation, SAM, Terraform
and OpenAPI, and says which requests will answer 5xx, why, and what to do.

It lints files and directories, by default the working directory; "-" reads
standard input. Of a file that belongs to a larger definition, such as a nested
template or a Terraform module, the whole is linted. A path that is named like a
command is written with a dot: ./rules.

Exit codes: 0 no findings at or above --fail-on, 1 findings, 2 wrong flags or
configuration, 3 input that cannot be read, or a bug.`,
		Example: `  apigwlint
  apigwlint --format sarif --output apigwlint.sarif infra/
  apigwlint --param Stage=prod template.yaml`,
		Args:              cobra.ArbitraryArgs,
		Version:           Version(),
		SilenceErrors:     true,
		SilenceUsage:      true,
		DisableAutoGenTag: true,
		RunE:              func(_ *cobra.Command, paths []string) error { return a.lint(&f, paths) },
	}
	cmd.SetVersionTemplate("apigwlint {{.Version}}\n")
	cmd.SetFlagErrorFunc(flagError)
	f.addLoading(cmd.Flags())
	f.addLinting(cmd.Flags())
	f.addOutput(cmd.Flags(), "text, json, sarif, unix, github or gitlab")
	a.complete(cmd)
	cmd.AddCommand(a.rulesCommand(), a.explainCommand(), a.routesCommand(), a.versionCommand())
	return cmd
}

// flagError says which flag may have been meant.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return err
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
	return fmt.Errorf("%w%s", err, config.DidYouMean("--"+unknown.GetSpecifiedName(), names))
}

// ruleNames lists the rules, with those that are no checks of ours but may be configured.
func (a *app) ruleNames() []string {
	names := []string{lint.Syntax.Name, lint.IgnoreDirective.Name}
	for _, r := range a.rules {
		names = append(names, r.Name)
	}
	slices.Sort(names)
	return names
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.emit("", []byte("apigwlint "+Version()+"\n")) },
	}
}

// version is set by the linker for releases.
var version string

// Version returns the version of the binary, without a leading v.
func Version() string {
	v := version
	if v == "" {
		if info, ok := debug.ReadBuildInfo(); ok {
			v = info.Main.Version
		}
	}
	if v == "" || v == "(devel)" {
		return "devel"
	}
	return strings.TrimPrefix(v, "v")
}
