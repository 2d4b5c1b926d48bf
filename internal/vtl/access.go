package vtl

import (
	"regexp"
	"strings"
)

// resolve evaluates a reference.
func (r *run) resolve(n *Reference) value {
	if n.Bare || n.Inert {
		return nil
	}
	v := r.get(n.Name)
	for _, a := range n.Path {
		if v == nil {
			return nil
		}
		r.step()
		switch {
		case a.Call != nil:
			args := make([]value, len(a.Call.Args))
			for i, arg := range a.Call.Args {
				args[i] = r.eval(arg)
			}
			v = r.call(v, a.Call.Name, args, n)
		case a.Index != nil:
			v = r.index(v, r.eval(a.Index), n)
		default:
			v = r.property(v, a.Name, n)
		}
	}
	if u, ok := v.(*unknown); ok && u.src != r.source(n) {
		c := *u
		c.src = r.source(n)
		return &c
	}
	return v
}

// derive returns an unknown that is read from another.
func (r *run) derive(u *unknown, step string, kind HoleKind) *unknown {
	return &unknown{kind: kind, key: u.key + step + r.era(), src: u.src + step}
}

func (r *run) property(v value, name string, n Node) value {
	switch v := v.(type) {
	case *unknown:
		return r.derive(v, "."+name, v.kind)
	case inputObject:
		if name == "body" {
			return &unknown{kind: HoleBody, key: "$input.body", src: "$input.body"}
		}
		return r.anything(HoleAny, r.source(n))
	case stageObject:
		return r.stageVariable(name)
	case utilObject:
		return r.anything(HoleAny, r.source(n))
	case *dict:
		if name == "class" {
			return r.anything(HoleAny, r.source(n))
		}
		return r.lookup(v, name, n)
	case entry:
		switch {
		case name == "key":
			return v.key
		case name == "value" && !v.of.opaque:
			return v.of.values[v.key]
		}
		return r.anything(HoleAny, r.source(n))
	case *loopScope:
		return r.loopProperty(v, name, n)
	case *list:
		if name == "empty" && !v.opaque && !v.array {
			return len(v.items) == 0
		}
	case string:
		if name == "empty" {
			return v == ""
		}
		if name == "length" {
			return nil
		}
	}
	return r.anything(HoleAny, r.source(n))
}

func (r *run) loopProperty(v *loopScope, name string, n Node) value {
	switch name {
	case "index":
		return v.index
	case "count":
		return v.index + 1
	case "hasNext":
		return v.more
	case "first":
		return v.index < 1
	case "last":
		return !v.more
	case "parent":
		return v.parent
	}
	return r.anything(HoleAny, r.source(n))
}

func (r *run) stageVariable(name string) value {
	if r.env.StageVariable != nil {
		if s, ok := r.env.StageVariable(name); ok {
			return s
		}
	}
	key := "$stageVariables." + name
	return &unknown{kind: HoleStage, key: key, src: key}
}

// lookup reads a key of a map.
func (r *run) lookup(d *dict, k value, n Node) value {
	if d.opaque || !hashable(k) {
		return r.anything(HoleAny, r.source(n))
	}
	return d.values[k]
}

func (r *run) index(v, i value, n Node) value {
	switch v := v.(type) {
	case *unknown:
		return r.derive(v, "["+r.key(i)+"]", v.kind)
	case *list:
		return r.element(v, i, n)
	case *dict:
		return r.lookup(v, i, n)
	case stageObject:
		if s, ok := i.(string); ok {
			return r.stageVariable(s)
		}
	case string, int, bool, float64:
		return nil // has no get(…)
	}
	return r.anything(HoleAny, r.source(n))
}

// element reads an element of a list; one outside of it fails.
func (r *run) element(l *list, i value, n Node) value {
	k, ok := i.(int)
	if !ok || l.opaque || l.view {
		if !isUnknown(i) && !ok && !l.opaque && !l.view {
			return nil
		}
		return r.anything(HoleAny, r.source(n))
	}
	if k < 0 {
		k += len(l.items)
	}
	if k < 0 || k >= len(l.items) {
		r.fail(n, r.source(n)+" reads beyond the end of a list")
	}
	return l.items[k]
}

// set assigns. Null is not assigned.
func (r *run) set(n *Set) {
	v := r.eval(n.Right)
	if v == nil {
		return
	}
	u, isUnknown := v.(*unknown)
	if len(n.Left.Path) > 0 {
		r.setProperty(n, v)
		return
	}
	name := n.Left.target
	if isUnknown && !u.sure {
		if old := r.get(name); old != nil {
			opaque(old)
			o, ok := old.(*unknown)
			if !ok || o.key != u.key {
				v = &unknown{kind: worse(u, old), key: "(" + u.key + "|" + r.key(old) + ")", src: u.src}
			}
		}
	}
	r.put(name, v)
}

// worse returns the kind of something that is either u or old.
func worse(u *unknown, old value) HoleKind {
	if o, ok := old.(*unknown); ok && o.kind != u.kind {
		return HoleAny
	}
	return u.kind
}

// setProperty assigns to a member or an element.
func (r *run) setProperty(n *Set, v value) {
	left := *n.Left
	last := left.Path[len(left.Path)-1]
	left.Path = left.Path[:len(left.Path)-1]
	left.Bare = false
	to := r.resolve(&left)
	if n.Left.Bare || n.Left.Inert {
		return
	}
	var k value = last.Name
	switch {
	case last.Index != nil:
		k = r.eval(last.Index)
	case last.Call != nil:
		k = last.Call.Name
		if to != nil {
			panic(undecided{})
		}
	}
	switch to := to.(type) {
	case nil:
	case *unknown:
		r.assign(to, k, v, n)
	case *dict:
		to.put(r.mapKey(k, n), v)
	case *list:
		i, ok := k.(int)
		if !ok || to.array || to.view {
			opaque(to)
			return
		}
		if i < 0 {
			i += len(to.items)
		}
		switch {
		case to.opaque:
		case i < 0 || i >= len(to.items):
			r.fail(n, r.source(n.Left)+" writes beyond the end of a list")
		default:
			to.items[i] = v
		}
	default:
		r.havocObjects()
	}
}

// assign writes into something unknown, which may be the override of the status.
func (r *run) assign(to *unknown, k, v value, n Node) {
	defer opaque(v)
	path, inContext := strings.CutPrefix(eras.ReplaceAllString(to.key, ""), contextKey)
	if !inContext {
		r.forget()
		if to.kind == HoleAny && overrides(r.t.Source) {
			r.override(n, r.anything(HoleAny, ""))
		}
		return
	}
	name, ok := k.(string)
	switch {
	case !ok:
		r.override(n, r.anything(HoleAny, ""))
	case path == ".responseOverride" && name == "status":
		r.override(n, v)
	case path == "" && name == "responseOverride":
		if d, ok := v.(*dict); ok && !d.opaque {
			if status, ok := d.values["status"]; ok {
				r.override(n, status)
			}
			return
		}
		r.override(n, r.anything(HoleAny, ""))
	}
}

// eras matches the marks of [run.era].
var eras = regexp.MustCompile(`@\d+`)

// override notes an assignment to the status.
func (r *run) override(n Node, v value) {
	start, end := n.Span()
	o := Override{}
	o.Offset, o.End = r.origin.base(start, end)
	switch v.(type) {
	case *list, *dict, entry, *definition: // may change after they are assigned
	default:
		if s, ok := r.string(v, n).(string); ok {
			o.Value, o.Known = s, true
		}
	}
	r.overrides = append(r.overrides, o)
}
