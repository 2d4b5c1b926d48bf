package vtl

// Walk calls visit for a node and everything in it, in the order of the source.
// What double-quoted strings are made of is not visited: see [String.Tree].
func Walk(n Node, visit func(Node)) {
	visit(n)
	switch n := n.(type) {
	case *Block:
		for _, c := range n.Nodes {
			Walk(c, visit)
		}
	case *Reference:
		for _, a := range n.Path {
			if a.Index != nil {
				Walk(a.Index, visit)
			}
			if a.Call != nil {
				walkAll(a.Call.Args, visit)
			}
		}
	case *Set:
		Walk(n.Left, visit)
		Walk(n.Right, visit)
	case *If:
		for _, b := range n.Branches {
			if b.Cond != nil {
				Walk(b.Cond, visit)
			}
			Walk(b.Body, visit)
		}
	case *Directive:
		walkAll(n.Args, visit)
		if n.Body != nil {
			Walk(n.Body, visit)
		}
	case *List:
		walkAll(n.Items, visit)
	case *Map:
		for i := range n.Keys {
			Walk(n.Keys[i], visit)
			Walk(n.Values[i], visit)
		}
	case *Range:
		Walk(n.From, visit)
		Walk(n.To, visit)
	case *Not:
		Walk(n.X, visit)
	case *Binary:
		Walk(n.X, visit)
		Walk(n.Y, visit)
	}
}

func walkAll(nodes []Expr, visit func(Node)) {
	for _, n := range nodes {
		Walk(n, visit)
	}
}
