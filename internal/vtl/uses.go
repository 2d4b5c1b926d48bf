package vtl

// Limits of mapping templates.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
const (
	MaxSize       = 300 * 1024 // bytes of a template
	MaxIterations = 1000       // of one #foreach
)

// A Use is a reference to something by name.
type Use struct {
	Name        string // of the function or variable
	Offset, End int
}

// utilFunctions are those of $util; inputFunctions those of $input.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
var (
	utilFunctions  = map[string]bool{"escapeJavaScript": true, "parseJson": true, "urlEncode": true, "urlDecode": true, "base64Encode": true, "base64Decode": true}
	inputFunctions = map[string]bool{"json": true, "path": true, "params": true, "body": true}
	// appSync are variables of AWS AppSync's templates, which look alike.
	appSync = map[string]bool{"ctx": true, "utils": true}
)

// UnknownFunctions returns the functions of $util and $input that API Gateway
// does not have, and variables that only AppSync has. Velocity renders such
// references as they are written.
func (t *Template) UnknownFunctions() []Use {
	var out []Use
	assigned := t.assigned()
	t.references(func(n *Reference, offset, end int) {
		if assigned[n.Name] {
			return
		}
		first := ""
		if len(n.Path) > 0 {
			first = n.Path[0].Name
			if c := n.Path[0].Call; c != nil {
				first = c.Name
			}
		}
		switch {
		case appSync[n.Name]:
			out = append(out, Use{"$" + n.Name, offset, end})
		case n.Name == "context" && first == "arguments":
			out = append(out, Use{"$context.arguments", offset, end})
		case first == "":
		case n.Name == "util" && !utilFunctions[first], n.Name == "input" && !inputFunctions[first]:
			out = append(out, Use{"$" + n.Name + "." + first, offset, end})
		}
	})
	return out
}

// StageVariables returns the stage variables that the template reads under
// names that are written in it.
func (t *Template) StageVariables() []Use {
	var out []Use
	assigned := t.assigned()
	t.references(func(n *Reference, offset, end int) {
		if n.Name != "stageVariables" || len(n.Path) == 0 || assigned[n.Name] {
			return
		}
		a := n.Path[0]
		name := a.Name
		var arg Expr
		switch {
		case a.Index != nil:
			arg = a.Index
		case a.Call != nil && a.Call.Name == "get" && len(a.Call.Args) == 1:
			arg = a.Call.Args[0]
		}
		if s, ok := arg.(*String); ok && s.Tree == nil {
			name = s.Value
		}
		if name != "" {
			out = append(out, Use{name, offset, end})
		}
	})
	return out
}

// references visits all references that are evaluated or rendered, those in
// strings included, with their places in the template.
func (t *Template) references(visit func(n *Reference, offset, end int)) {
	t.each(func(start, end int) (int, int) { return start, end }, func(n Node, offset, end int) {
		if r, ok := n.(*Reference); ok && !r.Bare && !r.Inert && !r.Escape {
			visit(r, offset, end)
		}
	})
}

// each visits all nodes and, after a string, what it is made of.
func (t *Template) each(base func(start, end int) (int, int), visit func(n Node, offset, end int)) {
	Walk(t.Body, func(n Node) {
		offset, end := base(n.Span())
		visit(n, offset, end)
		if s, ok := n.(*String); ok && s.Tree != nil {
			s.Tree.each(s.base(t.Source, offset, end), visit)
		}
	})
}

// base maps offsets in what a string is made of to those of the template,
// where the string stands from offset to end. A string with escapes has only
// one place.
func (s *String) base(src string, offset, end int) func(start, end int) (int, int) {
	raw := src[s.start:s.end]
	if len(raw) >= 2 && raw[1:len(raw)-1] == s.Value && end-offset == len(raw) {
		return func(a, b int) (int, int) { return min(offset+1+a, end), min(offset+1+b, end) }
	}
	return func(int, int) (int, int) { return offset, end }
}

// assigned returns the names of all variables that the template sets.
func (t *Template) assigned() map[string]bool {
	out := map[string]bool{}
	t.each(func(start, end int) (int, int) { return start, end }, func(n Node, _, _ int) {
		switch n := n.(type) {
		case *Set:
			if len(n.Left.Path) == 0 {
				out[n.Left.target] = true
			}
		case *Directive:
			switch n.Name {
			case "foreach", "define", "macro":
				for i, arg := range n.Args {
					if r, ok := arg.(*Reference); ok && (i == 0 || n.Name == "macro") {
						out[r.Name] = true
					}
				}
			}
		}
	})
	return out
}
