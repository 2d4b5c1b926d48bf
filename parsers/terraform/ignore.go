package terraform

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/apigwlint/apigwlint/source"
)

const directive = "apigwlint:ignore"

// ignores returns the directives in comments of a configuration:
//
//	# apigwlint:ignore RULE REASON
//
// At the end of a line a directive covers the line. On a line of its own it
// covers what begins on the next line that has code: an argument or a block.
func (l *loader) ignores(c *config) []source.Ignore {
	var out []source.Ignore
	for _, f := range c.files {
		if !strings.Contains(string(f.Data), directive) || strings.HasSuffix(f.Name, ".json") {
			continue
		}
		tokens, _ := hclsyntax.LexConfig(f.Data, f.Name, hcl.InitialPos)
		for i, t := range tokens {
			if t.Type != hclsyntax.TokenComment {
				continue
			}
			if ig, ok := parseDirective(f, t); ok {
				ig.Scope = l.scope(c, f, tokens, i)
				out = append(out, ig)
			}
		}
	}
	return out
}

func parseDirective(f *source.File, t hclsyntax.Token) (source.Ignore, bool) {
	text := string(t.Bytes)
	body := strings.TrimSpace(strings.TrimLeft(strings.TrimSuffix(strings.TrimSpace(text), "*/"), "#/* \t"))
	rest, ok := strings.CutPrefix(body, directive)
	if !ok || rest != "" && rest[0] != ' ' && rest[0] != '\t' && rest[0] != ':' {
		return source.Ignore{}, false
	}
	rule, reason, _ := strings.Cut(strings.TrimSpace(strings.TrimPrefix(rest, ":")), " ")
	start := t.Range.Start.Byte
	end := start + len(strings.TrimRight(text, "\r\n"))
	return source.Ignore{Span: f.Span(start, end), Rule: rule, Reason: strings.TrimSpace(reason)}, true
}

// scope returns what the comment at tokens[i] speaks of.
func (l *loader) scope(c *config, f *source.File, tokens hclsyntax.Tokens, i int) source.Span {
	start := tokens[i].Range.Start.Byte
	line, _ := f.Position(start)
	lineStart := f.LineStart(line)
	lineSpan := func(n int) source.Span { return f.Span(f.LineStart(n), f.LineStart(n)+len(f.Line(n))) }
	if strings.TrimSpace(string(f.Data[lineStart:start])) != "" {
		return lineSpan(line)
	}
	for _, t := range tokens[i+1:] {
		if t.Type == hclsyntax.TokenComment || t.Type == hclsyntax.TokenNewline {
			continue
		}
		if t.Type == hclsyntax.TokenEOF {
			break
		}
		at := t.Range.Start.Byte
		if found := c.enclosing(f, at); found.IsValid() {
			return found
		}
		next, _ := f.Position(at)
		return lineSpan(next)
	}
	return lineSpan(line)
}

// enclosing returns the block or argument that begins at an offset.
func (c *config) enclosing(f *source.File, at int) source.Span {
	var found source.Span
	var visit func(b *block)
	visit = func(b *block) {
		if b.whole.File != f {
			return
		}
		if b.whole.Start == at {
			found = b.whole
			return
		}
		if at < b.whole.Start || at >= b.whole.End {
			return
		}
		for _, a := range b.attrs {
			if a.name.Start == at {
				found = f.Span(a.name.Start, a.span.End)
			}
		}
		for _, n := range b.blocks {
			visit(n)
		}
	}
	for _, all := range []map[string]*block{c.resources, c.modules, c.variables, c.outputs, c.providers} {
		for _, b := range all {
			visit(b)
		}
	}
	return found
}
