package model

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// Dump writes m out for people and for comparisons in tests. It is the same for
// equal models. Of each thing it lists the settings that are known, then on one
// line each those that are left out ("absent:"). What is not mentioned nobody
// knows. Holes stand as ${Ref}; a set that may have more members ends
// with "…". Things that are listed elsewhere appear by their name only. With
// spans, each setting has the place where it is written.
func Dump(m *Model, spans bool) string {
	d := &dumper{spans: spans}
	d.fields(reflect.ValueOf(m).Elem(), 0)
	return d.b.String()
}

type dumper struct {
	b     strings.Builder
	spans bool
}

func (d *dumper) line(depth int, format string, args ...any) {
	d.b.WriteString(strings.Repeat("  ", depth))
	fmt.Fprintf(&d.b, format, args...)
	d.b.WriteByte('\n')
}

func (d *dumper) at(s source.Span) string {
	if !d.spans || !s.IsValid() {
		return ""
	}
	return "  @" + s.String()
}

// identified are the types whose members are written out only in the lists of
// the model and the API that own them.
var identified = map[reflect.Type]bool{
	reflect.TypeFor[API](): true, reflect.TypeFor[Route](): true, reflect.TypeFor[Stage](): true,
	reflect.TypeFor[Deployment](): true, reflect.TypeFor[Authorizer](): true, reflect.TypeFor[Function](): true,
	reflect.TypeFor[Permission](): true, reflect.TypeFor[Role](): true, reflect.TypeFor[VPCLink](): true,
	reflect.TypeFor[LoadBalancer](): true,
}

// owns reports whether things of identified types are written out in fields of t.
func owns(t reflect.Type) bool { return t == reflect.TypeFor[Model]() || t == reflect.TypeFor[API]() }

// fields writes the fields of a struct.
func (d *dumper) fields(v reflect.Value, depth int) {
	var absent []string
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Name == "Span" || f.Name == "API" || f.Name == "ID" && depth > 0 {
			continue
		}
		x := v.Field(i)
		if x.Kind() == reflect.Pointer && x.IsNil() || x.Kind() == reflect.Slice && x.Len() == 0 {
			continue // a link that nobody made says nothing
		}
		switch presence(x) {
		case tri.No:
			absent = append(absent, f.Name+d.absentAt(x))
		case tri.Yes:
			d.setting(f.Name+":", x, depth, owns(v.Type()))
		}
	}
	if len(absent) > 0 {
		d.line(depth, "absent: %s", strings.Join(absent, ", "))
	}
}

func (d *dumper) absentAt(v reflect.Value) string {
	if s, ok := v.Interface().(value.Setting); ok && d.spans {
		return "@" + s.Span().String()
	}
	return ""
}

// presence reports whether there is anything to write about a field beyond its
// name. An empty set is left out when it is certainly empty.
func presence(v reflect.Value) tri.Bool {
	switch x := v.Interface().(type) {
	case tri.Bool:
		return max(x, -x) // both answers are worth a line
	case Kind:
		if x == "" {
			return tri.Maybe
		}
	case interface {
		Len() int
		IsClosed() bool
	}:
		switch {
		case x.Len() > 0:
			return tri.Yes
		case !x.IsClosed():
			return tri.Maybe
		}
		if m, ok := x.(value.Setting); ok {
			return m.Present()
		}
		return tri.No
	case value.Setting:
		return x.Present()
	}
	return tri.Yes
}

// setting writes a setting or a member of a list. The head is its name and a
// colon, or a dash.
func (d *dumper) setting(head string, v reflect.Value, depth int, owned bool) {
	if s, ok := inline(v, owned); ok {
		d.line(depth, "%s %s%s", head, s, d.placeOf(v))
		return
	}
	switch {
	case v.Kind() == reflect.Pointer:
		d.line(depth, "%s%s", strings.TrimRight(head+" "+nameOf(v), " "), d.placeOf(v))
		d.fields(v.Elem(), depth+1)
	case v.Kind() == reflect.Slice:
		d.line(depth, "%s", head)
		for i := range v.Len() {
			d.setting("-", v.Index(i), depth+1, owned)
		}
	case isOf(v):
		d.setting(head, v.MethodByName("Get").Call(nil)[0], depth, owned)
	case v.Type().ConvertibleTo(reflect.TypeFor[Principal]()):
		d.line(depth, "%s %s %s", head, v.Field(0).String(), text(v.Field(1).Interface().(value.Text)))
	case isCollection(v):
		d.line(depth, "%s%s", head, d.placeOf(v))
		for item := range v.MethodByName("All").Call(nil)[0].Seq() {
			if key := item.FieldByName; item.Kind() == reflect.Struct && key("Key").IsValid() {
				d.setting(text(key("Key").Interface().(value.Text))+":", key("Value"), depth+1, false)
			} else {
				d.setting("-", item, depth+1, owned)
			}
		}
		if !closed(v) {
			d.line(depth+1, "…")
		}
	case v.Kind() == reflect.Struct:
		d.line(depth, "%s%s", head, d.placeOf(v))
		d.fields(v, depth+1)
	default:
		d.line(depth, "%s %v", head, v.Interface())
	}
}

// inline returns what fits on the line of the name.
func inline(v reflect.Value, owned bool) (string, bool) {
	switch x := v.Interface().(type) {
	case value.Text:
		return text(x), true
	case fmt.Stringer: // tri.Bool, time.Duration
		if v.Kind() != reflect.Pointer {
			return x.String(), true
		}
	case value.Setting:
		switch {
		case isCollection(v):
		case x.Present() == tri.Yes:
			return inline(v.MethodByName("Get").Call(nil)[0], owned)
		case x.Present() == tri.No:
			return "-", true
		default:
			return "?", true
		}
	case value.Set[value.Text]:
		var all []string
		for t := range x.All() {
			all = append(all, text(t))
		}
		if !x.IsClosed() {
			all = append(all, "…")
		}
		return "[" + strings.Join(all, ", ") + "]", true
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return "-", true
		}
		if identified[v.Type().Elem()] && !owned {
			return "-> " + nameOf(v), true
		}
	case reflect.String, reflect.Bool, reflect.Int, reflect.Int64, reflect.Float64:
		return fmt.Sprint(v.Interface()), true
	}
	return "", false
}

// nameOf returns what a thing is called in the dump: a route by its key and its
// id, anything else by its id.
func nameOf(v reflect.Value) string {
	name := ""
	if r, ok := v.Interface().(*Route); ok {
		name = r.Key()
	}
	if id := v.Elem().FieldByName("ID"); id.IsValid() && id.String() != "" {
		if name == "" {
			return id.String()
		}
		name += " (" + id.String() + ")"
	}
	return name
}

func text(t value.Text) string {
	switch t.Present() {
	case tri.Yes:
		return strconv.Quote(t.String())
	case tri.No:
		return "-"
	}
	return "?"
}

// placeOf returns where a setting is, or where the thing is that it points to.
func (d *dumper) placeOf(v reflect.Value) string {
	if s, ok := v.Interface().(value.Setting); ok {
		return d.at(s.Span())
	}
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if v.Kind() == reflect.Struct {
		if f := v.FieldByName("Span"); f.IsValid() {
			return d.at(f.Interface().(source.Span))
		}
	}
	return ""
}

func isCollection(v reflect.Value) bool {
	_, ok := v.Interface().(interface{ IsClosed() bool })
	return ok
}

func isOf(v reflect.Value) bool {
	_, ok := v.Interface().(value.Setting)
	return ok && !isCollection(v) && v.Kind() == reflect.Struct
}

func closed(v reflect.Value) bool { return v.Interface().(interface{ IsClosed() bool }).IsClosed() }
