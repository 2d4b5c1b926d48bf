package cloudformation

import (
	"strings"

	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// exports are the values that the units of a run export, by name. Names may
// hold the region and account of the deployment, which importers share.
type exports map[string]*value.Text

// lookup returns what the export of a name holds, when it is known.
func (e exports) lookup(name value.Text) (value.Text, bool) {
	if len(e) == 0 {
		return value.Text{}, false
	}
	key, ok := exportKey(name)
	if t := e[key]; ok && t != nil {
		return *t, true
	}
	return value.Text{}, false
}

// exportKey writes down a name; ok is false when two stacks may read it differently.
func exportKey(name value.Text) (key string, ok bool) {
	if name.Present() != tri.Yes {
		return "", false
	}
	for ref := range name.Refs() {
		if !shared(ref) {
			return "", false
		}
	}
	return name.String(), true
}

// shared reports whether a reference is the same in every stack of a deployment.
func shared(ref value.Ref) bool {
	if ref.Kind != value.Pseudo {
		return false
	}
	switch ref.Name {
	case "Region", "AccountId", "Partition", "URLSuffix":
		return true
	}
	return false
}

// collectExports evaluates the exports of all units. An export of which two
// units or scenarios say different things is not known.
func collectExports(units []*unit) exports {
	var importing bool
	for _, u := range units {
		importing = importing || u.imports()
	}
	if !importing {
		return nil
	}
	lists := make([]exports, len(units))
	index := map[*unit]int{}
	for i, u := range units {
		index[u] = i
	}
	each(units, func(u *unit) { lists[index[u]] = u.exported() })
	all := exports{}
	for _, list := range lists {
		for key, t := range list {
			if _, twice := all[key]; twice {
				t = nil
			}
			all[key] = t
		}
	}
	return all
}

// imports reports whether the unit may import something.
func (u *unit) imports() bool {
	for _, f := range u.files {
		if strings.Contains(string(f.Data), "ImportValue") {
			return true
		}
	}
	return false
}

// exported evaluates the exports of the root template and of its nested stacks.
func (u *unit) exported() exports {
	mayExport := false
	for _, f := range u.files {
		mayExport = mayExport || strings.Contains(string(f.Data), "Export")
	}
	if !mayExport {
		return nil
	}
	out := exports{}
	for i, a := range u.scenarios {
		found := map[string]value.Text{}
		newInstance(newRun(u, a.decider.frozen()), u.root, "", nil).export(found)
		for key, t := range found {
			known, ok := out[key]
			if !ok && i == 0 || ok && known != nil && same(*known, t) {
				out[key] = &t
			} else {
				out[key] = nil
			}
		}
		for key := range out {
			if _, ok := found[key]; !ok {
				out[key] = nil // not exported in every scenario
			}
		}
	}
	return out
}

func (in *instance) export(found map[string]value.Text) {
	for _, m := range in.outputSection().members {
		if name, ok := m.scope.substituted(m.value.Get("Condition")); ok && in.condition(name) != tri.Yes {
			continue
		}
		name, v := m.value.Get("Export", "Name"), m.value.Get("Value")
		if name == nil || v == nil {
			continue
		}
		text := m.scope.text(name)
		key, ok := exportKey(text)
		if !ok {
			continue
		}
		if _, call := intrinsicOf(m.value); call {
			continue
		}
		found[key] = in.foreign(m.scope.text(v)).Assuming(text.Assumes()...)
	}
	for _, m := range in.resources().members {
		kind, _ := m.scope.substituted(m.value.Get("Type"))
		if _, ok := nestedStack(kind); !ok {
			continue
		}
		if c := in.child(m.key); c != nil {
			c.export(found)
		}
	}
}

// foreign returns a text as other units see it: what it refers to is not theirs.
func (in *instance) foreign(t value.Text) value.Text {
	if t.Present() != tri.Yes {
		return t
	}
	var parts []value.Part
	for _, p := range t.Parts() {
		if p.Ref != nil && !shared(*p.Ref) && p.Ref.Kind != value.Import {
			ref := *p.Ref
			ref.Kind, ref.Name = value.Import, in.run.unit.root.file.Name+"#"+ref.Name
			p.Ref = &ref
		}
		parts = append(parts, p)
	}
	return value.Join(t.Span(), parts...).Assuming(t.Assumes()...)
}

// same reports whether two texts consist of the same characters and references.
func same(t, u value.Text) bool {
	return t.Present() == u.Present() && value.Glob(t, u, value.Literal) == tri.Yes
}
