package linttest

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// CheckForgetting verifies that knowing less never finds more: it takes the
// settings of the models away, one at a time, and requires that rule then
// reports nothing that it did not report before. It puts every setting back.
func CheckForgetting(t *testing.T, units []*model.Unit, rule *lint.Rule) {
	t.Helper()
	for _, u := range units {
		for i, sc := range u.Scenarios {
			for _, e := range forgetting(sc.Model, rule) {
				t.Errorf("%s, scenario %d: %s", u.Name, i, e)
			}
		}
	}
}

// forgetting returns what rule reports of m only when a setting is unknown.
func forgetting(m *model.Model, rule *lint.Rule) []string {
	say := func() map[string]bool {
		said := map[string]bool{}
		list, _ := lint.Raw(m, rule, lint.DefaultLimits)
		for _, d := range list {
			said[fmt.Sprintf("%v-%d: %s", d.Span, d.Span.End, d.Message)] = true
		}
		return said
	}
	before := say()
	var out []string
	forget(m, func(path string, named bool) {
		for d := range say() {
			if !before[d] && !(named && atPlaceOf(d, before)) {
				out = append(out, fmt.Sprintf("only when %s is unknown: %s", path, d))
			}
		}
	})
	return out
}

// atPlaceOf reports whether something was said of the place before: what has
// lost its name is called something else.
func atPlaceOf(d string, said map[string]bool) bool {
	place, _, _ := strings.Cut(d, ": ")
	for s := range said {
		if other, _, _ := strings.Cut(s, ": "); other == place {
			return true
		}
	}
	return false
}

// Packages whose types are walked, and types that are settings.
var (
	modelPackage = reflect.TypeFor[model.Model]().PkgPath()
	valuePackage = reflect.TypeFor[value.Text]().PkgPath()
	invocation   = reflect.TypeFor[model.Invocation]()
	triBool      = reflect.TypeFor[tri.Bool]()
	kind         = reflect.TypeFor[model.Kind]()
	text         = reflect.TypeFor[value.Text]()
)

// forget makes each setting in m unknown, calls then, and puts it back. named
// says that the setting names a function.
func forget(m *model.Model, then func(path string, named bool)) {
	w := walker{then: then, seen: map[any]bool{}}
	w.walk(reflect.ValueOf(m), "model")
}

type walker struct {
	then  func(path string, named bool)
	seen  map[any]bool
	named bool
}

// without calls then while v is not decidable, which is what the zero value of
// every setting means; the place stays, as that of something unknown does.
func (w *walker) without(v reflect.Value, path string) {
	if !v.CanSet() || v.IsZero() {
		return
	}
	old := reflect.New(v.Type()).Elem()
	old.Set(v)
	v.SetZero()
	defer v.Set(old)
	if v.Kind() == reflect.Struct {
		if _, ok := v.Type().FieldByName("span"); ok {
			reach(v.FieldByName("span")).Set(reach(old.FieldByName("span")))
		}
	}
	w.then(path, w.named)
}

// reach makes a field that is not exported one that can be set.
func reach(f reflect.Value) reflect.Value {
	return reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())).Elem()
}

func (w *walker) walk(v reflect.Value, path string) {
	switch {
	case v.Type() == triBool, v.Type() == kind, v.Type() == text:
		w.without(v, path)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() || v.Type().Elem().PkgPath() != modelPackage || w.seen[v.Interface()] {
			return
		}
		w.seen[v.Interface()] = true
		before := w.named
		w.named = v.Type().Elem() == invocation
		w.walk(v.Elem(), path)
		w.named = before
	case reflect.Slice:
		for i := range v.Len() {
			w.walk(v.Index(i), fmt.Sprintf("%s[%d]", path, i))
		}
	case reflect.Struct:
		if v.Type().PkgPath() == valuePackage && !strings.HasPrefix(v.Type().Name(), "Entry[") {
			w.without(v, path)
			w.fields(v, path, "")
		} else if v.Type().PkgPath() == modelPackage || v.Type().PkgPath() == valuePackage {
			w.fields(v, path, ".")
		}
	}
}

// fields walks the fields of a struct. Those of a set, a map or a value are
// not exported: they are reached by their address.
func (w *walker) fields(v reflect.Value, path, dot string) {
	if !v.CanAddr() {
		return
	}
	for i := range v.NumField() {
		f, t := v.Field(i), v.Type().Field(i)
		if !t.IsExported() {
			f = reach(f)
		}
		name := path
		if dot != "" {
			name += dot + t.Name
		}
		// What an integration names may be out of sight. A permission whose
		// function is out of sight is taken for that of another function.
		if f.Kind() == reflect.Pointer && names[t.Name] && !strings.HasPrefix(path, "model.Permissions") {
			w.without(f, name)
		}
		w.walk(f, name)
	}
}

// names are the fields that link finds out, and leaves nil when it cannot.
var names = map[string]bool{"Function": true, "Role": true, "VPCLink": true, "LoadBalancer": true, "Listener": true, "TargetGroup": true, "Registry": true, "StateMachine": true}
