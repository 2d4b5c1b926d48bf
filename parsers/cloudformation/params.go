package cloudformation

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/apigwlint/apigwlint/parsers/internal/files"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
)

var errParameterFile = errors.New("neither a list of ParameterKey and ParameterValue nor an object of values")

// ReadParameterFile reads parameter values as the AWS tools write them: a list of
// {ParameterKey, ParameterValue}, a list of "Key=Value", an object with
// "Parameters", or an object of values.
// https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/
func ReadParameterFile(f *source.File) (map[string]string, error) {
	root, problems := tree.Parse(f)
	if len(problems) > 0 {
		return nil, fmt.Errorf("%v: %s", problems[0].Span, problems[0].Message)
	}
	out := map[string]string{}
	if inner := root.Get("Parameters"); inner != nil {
		root = inner
	}
	switch {
	case root.Is(tree.Map):
		for _, e := range root.Entries {
			v, ok := parameterValue(e.Value)
			if !ok {
				return nil, fmt.Errorf("%v: the value of %s is no string: %w", e.KeySpan, e.Key, errParameterFile)
			}
			out[e.Key] = v
		}
	case root.Is(tree.List):
		for _, item := range root.Items {
			if text, ok := item.Str(); ok {
				maps.Copy(out, parseOverrides(text))
				continue
			}
			key, ok := item.Get("ParameterKey").Str()
			if !ok {
				return nil, fmt.Errorf("%v: %w", item.Span, errParameterFile)
			}
			if v, ok := parameterValue(item.Get("ParameterValue")); ok {
				out[key] = v
			}
		}
	default:
		return nil, fmt.Errorf("%s: %w", f.Name, errParameterFile)
	}
	return out, nil
}

func parameterValue(n *tree.Node) (string, bool) {
	if n.Is(tree.List) {
		return strings.Join(scalars(n.Items), ","), scalars(n.Items) != nil || len(n.Items) == 0
	}
	return n.Str()
}

// parameterValues returns the values that are given to a template's parameters:
// those of the options and those that sam deploy takes from samconfig.toml.
func parameterValues(r *files.Reader, name string, opts Options) map[string]string {
	out := map[string]string{}
	if f, err := r.Read(path.Join(path.Dir(name), "samconfig.toml")); err == nil {
		maps.Copy(out, samconfig(f, path.Base(name)))
	}
	maps.Copy(out, opts.Parameters)
	return out
}

// samconfig returns the parameter overrides with which sam deploy deploys a
// template without further flags. A file that cannot be read gives none.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-config.html
func samconfig(f *source.File, template string) map[string]string {
	type command struct {
		Parameters struct {
			Overrides any    `toml:"parameter_overrides"`
			Template  string `toml:"template_file"`
			Old       string `toml:"template"`
		} `toml:"parameters"`
	}
	var config struct {
		Default struct {
			Global command `toml:"global"`
			Deploy command `toml:"deploy"`
		} `toml:"default"`
	}
	if err := toml.Unmarshal(f.Data, &config); err != nil {
		return nil
	}
	out := map[string]string{}
	for _, c := range []command{config.Default.Global, config.Default.Deploy} {
		deployed := c.Parameters.Template + c.Parameters.Old
		switch {
		case deployed == "" || path.Base(path.Dir(deployed)) == "build":
			// The default, or what sam build makes of the default.
			if base := strings.TrimSuffix(template, path.Ext(template)); base != "template" {
				continue
			}
		case path.Clean(deployed) != template:
			continue
		}
		switch o := c.Parameters.Overrides.(type) {
		case string:
			maps.Copy(out, parseOverrides(o))
		case []any:
			for _, item := range o {
				if text, ok := item.(string); ok {
					maps.Copy(out, parseOverrides(text))
				}
			}
		case map[string]any:
			for key, v := range o {
				out[key] = fmt.Sprint(v)
			}
		}
	}
	return out
}

// parseOverrides reads Key=Value pairs, separated by spaces, with values in
// quotes where they hold spaces, or ParameterKey=Key,ParameterValue=Value.
func parseOverrides(text string) map[string]string {
	out := map[string]string{}
	for _, word := range words(text) {
		if rest, ok := strings.CutPrefix(word, "ParameterKey="); ok {
			if key, v, ok := strings.Cut(rest, ",ParameterValue="); ok {
				out[key] = v
			}
			continue
		}
		if key, v, ok := strings.Cut(word, "="); ok && key != "" && !strings.Contains(key, "/") {
			out[key] = v
		}
	}
	return out
}

// words splits a text as a shell does.
func words(text string) []string {
	var out []string
	var word strings.Builder
	started := false
	quote := rune(0)
	escaped := false
	for _, c := range text {
		switch {
		case escaped:
			word.WriteRune(c)
			escaped = false
		case c == '\\' && quote != '\'':
			escaped, started = true, true
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(c)
		case c == '"' || c == '\'':
			quote, started = c, true
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			if started {
				out = append(out, word.String())
			}
			word.Reset()
			started = false
		default:
			word.WriteRune(c)
			started = true
		}
	}
	if started {
		out = append(out, word.String())
	}
	return out
}
