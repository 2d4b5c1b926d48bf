package vtl

import "strings"

// Fault returns what makes every use of a template fail although it can be
// parsed: a string that cannot be, or a directive with wrong arguments. It is
// nil when there is nothing of that kind.
func (t *Template) Fault() *SyntaxError {
	var first *SyntaxError
	Walk(t.Body, func(n Node) {
		var e *SyntaxError
		switch n := n.(type) {
		case *String:
			e = n.fault
			if e == nil && n.Tree != nil {
				if inner := n.Tree.Fault(); inner != nil {
					e = &SyntaxError{Offset: n.start, Message: "in the string: " + inner.Message}
				}
			}
		case *Number:
			if strings.ContainsAny(n.Text, "#$\\") {
				e = &SyntaxError{Offset: n.start, Message: quote(n.Text) + " is no number"}
			}
		case *Directive:
			e = n.fault()
		}
		if first == nil && e != nil {
			first = e
		}
	})
	return first
}

// fault checks the number and kinds of arguments, as far as Velocity does
// before it renders anything.
func (d *Directive) fault() *SyntaxError {
	n := len(d.Args)
	message := ""
	switch d.Name {
	case "foreach", "literal":
		if !d.Parens {
			message = "#" + d.Name + " has no arguments"
		} else if d.Name == "literal" && n == 0 && len(d.Body.Nodes) == 0 {
			message = "#literal is empty"
		}
	case "define":
		if n != 1 {
			message = "#define does not have exactly one argument"
		}
	case "break", "stop":
		if n > 1 {
			message = "#" + d.Name + " has more than one argument"
		}
	case "evaluate":
		if n != 1 {
			message = "#evaluate does not have exactly one argument"
			break
		}
		switch d.Args[0].(type) {
		case *String, *Reference:
		default:
			message = "the argument of #evaluate is neither a string nor a reference"
		}
	}
	if message == "" {
		return nil
	}
	return &SyntaxError{Offset: d.start, Message: message}
}
