package flow

import (
	"slices"
	"strings"

	"github.com/apigwlint/apigwlint/parsers/handler/internal/ir"
)

// properties are those that the events of API Gateway have, of proxy
// integrations in both formats and of authorizers.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
var properties = []string{
	"resource", "path", "httpMethod", "headers", "multiValueHeaders", "queryStringParameters", "multiValueQueryStringParameters", "pathParameters",
	"stageVariables", "requestContext", "body", "isBase64Encoded", "version", "routeKey", "rawPath", "rawQueryString", "cookies",
	"methodArn", "routeArn", "authorizationToken", "identitySource", "type",
}

// markers are those that every event of API Gateway of its kind has: whoever
// asks whether they are there asks who calls.
var markers = []string{"resource", "path", "httpMethod", "headers", "requestContext", "version", "routeKey", "rawPath", "methodArn", "routeArn", "type"}

// A guard is what a condition says of the ways that it opens.
type guard struct {
	asked  bool // it asks about the event
	dim    bool // it may ask who calls
	aside  [2]bool
	unsure bool
	blur   []int // cells whose alternatives it may choose among
}

// then and otherwise index what holds when a condition is met, and when not.
const (
	then = iota
	otherwise
)

// guard finds out what a condition says.
func (e *evaluator) guard(x ir.Expr, s *scope) guard {
	var g guard
	e.condition(x, s, &g)
	e.mentions(x, s, &g, false)
	return g
}

// condition looks for questions about who calls.
func (e *evaluator) condition(x ir.Expr, s *scope, g *guard) {
	both := func() { g.aside[then], g.aside[otherwise] = true, true }
	switch x := x.(type) {
	case *ir.Not:
		var inner guard
		e.condition(x.X, s, &inner)
		g.asked = g.asked || inner.asked
		g.aside[then] = g.aside[then] || inner.aside[otherwise]
		g.aside[otherwise] = g.aside[otherwise] || inner.aside[then]
	case *ir.Logic:
		e.condition(x.L, s, g)
		e.condition(x.R, s, g)
	case *ir.Binary:
		e.comparison(x, s, g)
	case *ir.Assign:
		e.condition(x.Value, s, g)
	case *ir.Name, *ir.Member, *ir.Call:
		if path, ok := e.path(x, s); ok {
			g.present(path, true)
			return
		}
		e.inside(x, s, g, both)
	default:
		e.inside(x, s, g, both)
	}
}

// present notes that a condition asks whether a property is there.
func (g *guard) present(path []string, positive bool) {
	g.asked = true
	is, isNot := then, otherwise
	if !positive {
		is, isNot = otherwise, then
	}
	switch {
	case len(path) == 0:
		g.aside[then], g.aside[otherwise] = true, true
	case !slices.Contains(properties, path[0]):
		g.aside[is] = true
	case len(path) == 1 && slices.Contains(markers, path[0]):
		g.aside[isNot] = true
	}
}

func (e *evaluator) comparison(x *ir.Binary, s *scope, g *guard) {
	both := func() { g.aside[then], g.aside[otherwise] = true, true }
	positive := x.Op == "==" || x.Op == "in"
	switch x.Op {
	case "in", "not in":
		if key, ok := e.literal(x.L, s); ok {
			if path, ok := e.path(x.R, s); ok {
				g.present(append(slices.Clone(path), key), positive)
				return
			}
		}
		if path, ok := e.path(x.L, s); ok && len(path) > 0 {
			g.equals(path, positive)
			return
		}
	case "==", "!=", "<", ">", "<=", ">=":
		for _, side := range [][2]ir.Expr{{x.L, x.R}, {x.R, x.L}} {
			path, ok := e.path(side[0], s)
			if !ok {
				continue
			}
			if lit, ok := side[1].(*ir.Lit); ok && (lit.Kind == ir.Null || lit.Kind == ir.Undefined) {
				g.present(path, !positive)
				return
			}
			if len(path) > 0 {
				g.equals(path, positive || x.Op != "!=")
				return
			}
		}
	}
	e.inside(x, s, g, both)
}

// equals notes that a condition compares a property with something.
func (g *guard) equals(path []string, positive bool) {
	g.asked = true
	if slices.Contains(properties, path[0]) {
		return
	}
	if positive {
		g.aside[then] = true
	} else {
		g.aside[otherwise] = true
	}
}

// inside looks for the event within any other expression.
func (e *evaluator) inside(x ir.Expr, s *scope, g *guard, both func()) {
	w := walker{expr: func(x ir.Expr) {
		path, ok := e.path(x, s)
		if !ok {
			return
		}
		g.asked = true
		if len(path) > 0 && !slices.Contains(properties, path[0]) {
			both()
		}
	}}
	w.x(x)
	if c, ok := x.(*ir.Call); ok {
		for _, a := range c.Args {
			if path, ok := e.path(a.Value, s); ok && len(path) == 0 {
				both()
			}
		}
	}
}

// path returns the property of the event that an expression is.
func (e *evaluator) path(x ir.Expr, s *scope) ([]string, bool) {
	switch x := x.(type) {
	case *ir.Name:
		if c, ok := s.lookup(x.Name); ok {
			v := e.cur.cells[c]
			return v.path, v.isAt
		}
	case *ir.Member:
		base, ok := e.path(x.X, s)
		if !ok {
			return nil, false
		}
		if key, ok := e.literal(x.Key, s); ok {
			return append(slices.Clone(base), key), true
		}
	case *ir.Call:
		m, ok := x.Fn.(*ir.Member)
		if !ok || len(x.Args) == 0 {
			return nil, false
		}
		name, _ := e.literal(m.Key, s)
		if name != "get" && name != "hasOwnProperty" {
			return nil, false
		}
		base, ok := e.path(m.X, s)
		if !ok {
			return nil, false
		}
		if key, ok := e.literal(x.Args[0].Value, s); ok {
			return append(slices.Clone(base), key), true
		}
	}
	return nil, false
}

func (e *evaluator) literal(x ir.Expr, s *scope) (string, bool) {
	switch x := x.(type) {
	case *ir.Lit:
		return x.Text, x.Kind == ir.String && x.Known
	case *ir.Name:
		if c, ok := s.lookup(x.Name); ok {
			if v, ok := e.cur.cells[c].only(); ok && v.kind == text && v.known {
				return v.text, true
			}
		}
	}
	return "", false
}

// mentions finds the variables that a condition asks about. When something is
// known of them, it may be known too which way it goes.
func (e *evaluator) mentions(x ir.Expr, s *scope, g *guard, asked bool) {
	switch x := x.(type) {
	case nil:
		return
	case *ir.Name:
		c, ok := s.lookup(x.Name)
		if !ok {
			return
		}
		v := e.cur.cells[c]
		if v.event != 0 {
			g.asked = true
		}
		// What is a property itself is looked at with the condition around it.
		g.dim = g.dim || !v.isAt && v.event&caller != 0 || strings.HasPrefix(v.name, "context")
		if len(v.list) == 0 {
			return
		}
		if v.open || len(v.list) > 1 || v.called {
			g.blur = append(g.blur, c)
		}
		if !v.open {
			for _, alt := range v.list {
				g.unsure = g.unsure || e.telling(alt, asked)
			}
		}
	case *ir.Call:
		typed := asked
		if n, ok := x.Fn.(*ir.Name); ok && (n.Name == "isinstance" || n.Name == "type" || n.Name == "callable" || n.Name == "hasattr") {
			typed = true
		}
		if m, ok := x.Fn.(*ir.Member); ok {
			if k, _ := e.literal(m.Key, s); k == "isArray" || k == "hasOwnProperty" || k == "isBuffer" {
				typed = true
			}
			e.mentions(m.X, s, g, typed)
		}
		for _, a := range x.Args {
			e.mentions(a.Value, s, g, typed)
		}
	case *ir.Opaque:
		for _, p := range x.Parts {
			e.mentions(p, s, g, asked || x.Type)
		}
	case *ir.Binary:
		e.mentions(x.L, s, g, asked || x.Op == "instanceof")
		e.mentions(x.R, s, g, asked)
	case *ir.Member:
		e.mentions(x.X, s, g, asked)
		e.mentions(x.Key, s, g, asked)
	case *ir.Logic:
		e.mentions(x.L, s, g, asked)
		e.mentions(x.R, s, g, asked)
	case *ir.Not:
		e.mentions(x.X, s, g, asked)
	case *ir.Assign:
		e.mentions(x.Value, s, g, asked)
	case *ir.Await:
		e.mentions(x.X, s, g, asked)
	case *ir.Cond:
		e.mentions(x.Test, s, g, asked)
		e.mentions(x.Then, s, g, asked)
		e.mentions(x.Else, s, g, asked)
	case *ir.List:
		for _, a := range x.Items {
			e.mentions(a.Value, s, g, asked)
		}
	}
}

// telling reports whether what is known of a value may decide a condition about it.
func (e *evaluator) telling(v val, typed bool) bool {
	if typed {
		return true
	}
	switch v.kind {
	case undefined, null:
		return true
	case text, number, boolean:
		return v.known
	case object, array:
		t := e.cur.heap[v.ref]
		return t == nil || !t.grown
	}
	return false
}

// enter goes one way of a condition.
func (e *evaluator) enter(g guard, met bool) {
	way := otherwise
	if met {
		way = then
	}
	e.cur.aside = e.cur.aside || g.aside[way]
	e.cur.unsure = e.cur.unsure || g.unsure
	e.cur.asked = e.cur.asked || g.asked
	e.cur.dim = e.cur.dim || g.dim
	for _, c := range g.blur {
		e.cur.cells[c] = e.cur.cells[c].blurred()
	}
}
