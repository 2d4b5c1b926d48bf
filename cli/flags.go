package cli

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apigwlint/apigwlint/config"
	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/parsers"
	"github.com/apigwlint/apigwlint/parsers/cloudformation"
	"github.com/apigwlint/apigwlint/report"
	"github.com/apigwlint/apigwlint/source"
)

// flags are the flags as given; those of a fixed choice are empty when not given.
type flags struct {
	config, stdinName       string
	params, vars            []string
	varFiles, exclude       []string
	noHandlers              bool
	only, disable           []string
	severity, failOn        string
	baseline, writeBaseline string
	format, output, color   string
	verbose                 bool
}

// addLoading adds the flags that say what is read and how.
func (f *flags) addLoading(set *pflag.FlagSet) {
	set.StringVar(&f.config, "config", "", "configuration `file` (default: .apigwlint.yaml here or above, up to the root of the repository)")
	set.StringVar(&f.stdinName, "stdin-filename", "", "what standard input is called in reports; its extension tells the format")
	set.StringArrayVar(&f.params, "param", nil, "`NAME=VALUE` of a CloudFormation parameter, or @FILE with many (repeatable)")
	set.StringArrayVar(&f.vars, "var", nil, "`NAME=VALUE` of a Terraform variable (repeatable)")
	set.StringArrayVar(&f.varFiles, "var-file", nil, "Terraform variable `file` (repeatable)")
	set.StringArrayVar(&f.exclude, "exclude", nil, "`pattern` of paths to pass over in directories, such as '**/test/**' (repeatable)")
	set.BoolVar(&f.noHandlers, "no-handlers", false, "do not read the source of Lambda functions")
	set.BoolVar(&f.verbose, "verbose", false, "list undecided places and skipped files on standard error")
}

// addLinting adds the flags that say what is reported.
func (f *flags) addLinting(set *pflag.FlagSet) {
	set.StringSliceVar(&f.only, "only", nil, "run only these `rules`")
	set.StringSliceVar(&f.disable, "disable", nil, "do not run these `rules`")
	set.StringVar(&f.severity, "severity", "", "least severe finding that is reported: error, warning or note (default warning)")
	set.StringVar(&f.failOn, "fail-on", "", "least severe finding that makes the exit code 1: error, warning, note or never (default error)")
	set.StringVar(&f.baseline, "baseline", "", "do not report the findings that `file` lists")
	set.StringVar(&f.writeBaseline, "write-baseline", "", "write the findings to `file`, for --baseline")
	set.StringVar(&f.color, "color", "auto", "colour the text: auto, always or never")
}

// addOutput adds the flags that say how and where something is written.
func (f *flags) addOutput(set *pflag.FlagSet, formats string) {
	set.StringVar(&f.format, "format", "text", formats)
	set.StringVar(&f.output, "output", "", "write to `file` instead of standard output")
}

// complete tells the shell what the values of flags are.
func (a *app) complete(cmd *cobra.Command) {
	for name, values := range map[string][]string{
		"format": report.Formats(), "color": {"auto", "always", "never"},
		"severity": {"error", "warning", "note"}, "fail-on": {"error", "warning", "note", "never"},
		"only": a.ruleNames(), "disable": a.ruleNames(),
	} {
		// The only error is that the flag does not exist.
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
}

// settings are the flags laid over the configuration file.
type settings struct {
	load         parsers.Options
	rules        []*lint.Rule // that run
	config       *config.Config
	show, failOn lint.Severity
}

func (a *app) settings(f *flags) (*settings, error) {
	c, err := a.readConfig(f.config)
	if err != nil {
		return nil, err
	}
	s := &settings{config: c}
	if s.load, err = loading(f, c); err != nil {
		return nil, err
	}
	if s.rules, err = a.choose(f, c); err != nil {
		return nil, err
	}
	show, err := choice("--severity", f.severity, lint.ParseSeverity)
	if err != nil {
		return nil, err
	}
	failOn, err := choice("--fail-on", f.failOn, config.ParseThreshold)
	if err != nil {
		return nil, err
	}
	s.failOn = cmp.Or(failOn, c.FailOn, lint.Error)
	// What fails the run is shown unless the user asks otherwise.
	s.show = cmp.Or(show, c.Show, min(lint.Warning, s.failOn))
	return s, nil
}

// readConfig reads the named configuration file, or the one that is found.
func (a *app) readConfig(file string) (*config.Config, error) {
	if file == "" {
		found, err := config.Find(".")
		if err != nil {
			return nil, &failureError{err}
		}
		if found == "" {
			return config.Parse("", nil, nil)
		}
		file = found
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("--config: %w", err)
	}
	return config.Parse(file, data, a.ruleNames())
}

func loading(f *flags, c *config.Config) (parsers.Options, error) {
	wd, err := os.Getwd()
	if err != nil {
		return parsers.Options{}, &failureError{err}
	}
	params, err1 := pairs("--param", c.Parameters, f.params, parameterFile)
	vars, err2 := pairs("--var", c.Variables, f.vars, nil)
	varFiles, err3 := variableFiles(f.varFiles)
	return parsers.Options{
		Parameters: params, Variables: vars, VarFiles: varFiles, NoHandlers: f.noHandlers,
		Exclude: slices.Concat(c.Excluded(wd), f.exclude),
	}, errors.Join(err1, err2, err3, patterns(f.exclude))
}

// variableFiles reads the files that --var-file names, wherever they are.
func variableFiles(names []string) ([]*source.File, error) {
	var out []*source.File
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("--var-file: %w", err)
		}
		out = append(out, source.NewFile(filepath.ToSlash(name), data))
	}
	return out, nil
}

// patterns says which pattern is none.
func patterns(list []string) error {
	for _, p := range list {
		if !doublestar.ValidatePattern(p) {
			return fmt.Errorf("--exclude: %q is not a pattern", p)
		}
	}
	return nil
}

// pairs returns NAME=VALUE arguments as a map, laid over defaults. With a reader,
// @FILE stands for the pairs in a file.
func pairs(flag string, defaults map[string]string, args []string, read func(string) (map[string]string, error)) (map[string]string, error) {
	out := map[string]string{}
	maps.Copy(out, defaults)
	for _, arg := range args {
		if file, ok := strings.CutPrefix(arg, "@"); ok && read != nil {
			values, err := read(file)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", flag, err)
			}
			maps.Copy(out, values)
			continue
		}
		name, value, ok := strings.Cut(arg, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("%s: %q is not NAME=VALUE", flag, arg)
		}
		out[name] = value
	}
	return out, nil
}

// parameterFile reads a file of parameters as the AWS command line takes it.
func parameterFile(file string) (map[string]string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return cloudformation.ReadParameterFile(source.NewFile(file, data))
}

// choose returns the rules that run.
func (a *app) choose(f *flags, c *config.Config) ([]*lint.Rule, error) {
	names := a.ruleNames()
	for flag, list := range map[string][]string{"--only": f.only, "--disable": f.disable} {
		for _, name := range list {
			if !slices.Contains(names, name) {
				return nil, fmt.Errorf("%s: unknown rule %q%s", flag, name, config.DidYouMean(name, names))
			}
		}
	}
	var out []*lint.Rule
	for _, r := range a.rules {
		off := c.Off[r.Name] || slices.Contains(f.disable, r.Name)
		if len(f.only) > 0 {
			off = !slices.Contains(f.only, r.Name) || slices.Contains(f.disable, r.Name)
		}
		if !off {
			out = append(out, r)
		}
	}
	return out, nil
}

// choice parses the value of a flag, which is zero when the flag is not given.
func choice[T any](flag, value string, parse func(string) (T, error)) (T, error) {
	var zero T
	if value == "" {
		return zero, nil
	}
	v, err := parse(value)
	if err != nil {
		return zero, fmt.Errorf("%s: %w", flag, err)
	}
	return v, nil
}

// oneOf says that the value of a flag is none of those that it takes.
func oneOf(flag, value string, values ...string) error {
	if slices.Contains(values, value) {
		return nil
	}
	return fmt.Errorf("%s: %q is not one of %s", flag, value, strings.Join(values, ", "))
}
