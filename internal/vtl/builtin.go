package vtl

import (
	"encoding/base64"
	"regexp"
	"strings"
	"unicode/utf8"
)

// pureMethods change nothing.
var pureMethods = map[string]bool{
	"json": true, "path": true, "params": true, "escapeJavaScript": true, "parseJson": true, "urlEncode": true, "urlDecode": true,
	"base64Encode": true, "base64Decode": true, "get": true, "getOrDefault": true, "size": true, "length": true, "isEmpty": true,
	"isBlank": true, "equals": true, "equalsIgnoreCase": true, "contains": true, "containsKey": true, "containsValue": true, "keySet": true,
	"entrySet": true, "values": true, "getKey": true, "getValue": true, "hasNext": true, "split": true, "substring": true, "replace": true,
	"replaceAll": true, "replaceFirst": true, "toLowerCase": true, "toUpperCase": true, "trim": true, "startsWith": true, "endsWith": true,
	"indexOf": true, "lastIndexOf": true, "matches": true, "concat": true, "charAt": true, "toString": true, "hashCode": true,
	"intValue": true, "compareTo": true, "parseInt": true, "valueOf": true, "format": true,
}

// scalarMethods return numbers and truth values.
var scalarMethods = map[string]bool{
	"size": true, "length": true, "isEmpty": true, "isBlank": true, "equals": true, "equalsIgnoreCase": true, "contains": true,
	"containsKey": true, "containsValue": true, "startsWith": true, "endsWith": true, "indexOf": true, "lastIndexOf": true, "matches": true,
	"hashCode": true, "intValue": true, "compareTo": true, "hasNext": true,
}

// call calls a method.
func (r *run) call(v value, name string, args []value, n Node) value {
	switch v := v.(type) {
	case *unknown:
		return r.callUnknown(v, name, args, n)
	case inputObject:
		return r.callInput(name, args, n)
	case utilObject:
		return r.callUtil(name, args, n)
	case stageObject:
		if s, ok := first(args).(string); ok && name == "get" && len(args) == 1 {
			return r.stageVariable(s)
		}
		return r.anything(HoleStage, r.source(n))
	case string:
		if out, ok := r.callString(v, name, args, n); ok {
			return out
		}
		return r.anything(HoleAny, r.source(n))
	case *text:
		return r.callText(v, name, args, n)
	case *list:
		return r.callList(v, name, args, n)
	case *dict:
		return r.callDict(v, name, args, n)
	case entry:
		if len(args) == 0 && name == "getKey" {
			return v.key
		}
		if len(args) == 0 && name == "getValue" && !v.of.opaque {
			return v.of.values[v.key]
		}
		opaque(v)
	case *loopScope:
		if len(args) == 0 {
			if prop, ok := strings.CutPrefix(name, "get"); ok && prop != "" {
				return r.loopProperty(v, strings.ToLower(prop[:1])+prop[1:], n)
			}
			switch name {
			case "hasNext":
				return v.more
			case "isFirst":
				return v.index < 1
			case "isLast":
				return !v.more
			}
		}
		r.havoc()
	case int, bool, float64:
		if len(args) == 0 && name == "toString" {
			if s, ok := plain(v); ok {
				return s
			}
		}
		if _, isInt := v.(int); isInt && len(args) == 0 && name == "intValue" {
			return v
		}
		if x, ok := first(args).(bool); ok && name == "equals" && len(args) == 1 {
			return v == value(x)
		}
	default:
		r.havoc()
	}
	return r.anything(HoleAny, r.source(n))
}

func first(args []value) value {
	if len(args) == 0 {
		return nil
	}
	return args[0]
}

func (r *run) callUnknown(v *unknown, name string, args []value, n Node) value {
	keys := make([]string, len(args))
	for i, arg := range args {
		keys[i] = r.key(arg)
	}
	kind := v.kind
	switch {
	case scalarMethods[name]:
		kind = HoleScalar
	case kind == HoleEscaped && replaces(name, args) != "":
		if !strings.Contains(replaces(name, args), `\'`) {
			kind = HoleQuoted
		}
	case kind == HoleEscaped || kind == HoleQuoted || kind == HoleEncoded || kind == HoleJSON:
		kind = HoleAny
	}
	if !pureMethods[name] {
		for _, arg := range args {
			opaque(arg)
		}
		if name == "put" && len(args) == 2 {
			r.assign(v, args[0], args[1], n)
		} else if strings.HasPrefix(v.key, contextKey) && overrides(r.t.Source) || v.kind == HoleAny && overrides(r.t.Source) {
			r.override(n, r.anything(HoleAny, ""))
		}
		if v.kind == HoleAny {
			r.havocObjects() // it may be one of the maps that are known
		}
		if !strings.HasPrefix(v.key, contextKey) {
			r.forget()
		}
		return r.anything(kind, r.source(n))
	}
	step := "." + name + "(" + strings.Join(keys, ",") + ")"
	return r.derive(v, step, kind)
}

// callInput calls a function of $input.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html#input-variable-reference
func (r *run) callInput(name string, args []value, n Node) value {
	var kind HoleKind
	switch {
	case name == "json" && len(args) == 1:
		kind = HoleJSON
	case name == "path" && len(args) == 1:
		kind = HoleValue
	case name == "params" && len(args) <= 1:
		kind = HoleParam
	default:
		return r.anything(HoleAny, r.source(n))
	}
	key := "$input." + name + "("
	for _, arg := range args {
		key += r.key(arg)
	}
	return &unknown{kind: kind, key: key + ")" + r.era(), src: r.source(n)}
}

// callUtil calls a function of $util.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html#util-template-reference
func (r *run) callUtil(name string, args []value, n Node) value {
	if len(args) != 1 {
		return r.anything(HoleAny, r.source(n))
	}
	kind := HoleAny
	s, known := args[0].(string)
	switch name {
	case "escapeJavaScript":
		if known && unreserved(s) {
			return s
		}
		kind = HoleEscaped
	case "parseJson":
		kind = HoleValue
	case "urlEncode":
		if known && unreserved(s) && !strings.Contains(s, " ") {
			return s
		}
		kind = HoleEncoded
	case "urlDecode":
		if known && unreserved(s) && !strings.Contains(s, " ") {
			return s
		}
		kind = HoleParam
	case "base64Encode":
		if known {
			return base64.StdEncoding.EncodeToString([]byte(s))
		}
		kind = HoleEncoded
	case "base64Decode":
		if b, err := base64.StdEncoding.DecodeString(s); known && err == nil && utf8.Valid(b) {
			return string(b)
		}
		kind = HoleParam
	}
	return &unknown{kind: kind, key: "$util." + name + "(" + r.key(args[0]) + ")", src: r.source(n)}
}

// unreserved reports whether s holds nothing that any encoding would change.
func unreserved(s string) bool {
	for i := range len(s) {
		if c := s[i]; !isLetter(c) && !isDigit(c) && !strings.ContainsRune(" -_.", rune(c)) {
			return false
		}
	}
	return true
}

// replaces returns what a call of replace or replaceAll makes of the \' that
// $util.escapeJavaScript yields and JSON does not allow; it is empty for other
// calls.
func replaces(method string, args []value) string {
	const sample = `a\'b`
	if len(args) != 2 {
		return ""
	}
	from, ok := args[0].(string)
	to, ok2 := args[1].(string)
	if !ok || !ok2 {
		return ""
	}
	if method == "replace" {
		return strings.ReplaceAll(sample, from, to)
	}
	re, err := regexp.Compile(from)
	if method != "replaceAll" || err != nil {
		return ""
	}
	return re.ReplaceAllString(sample, strings.ReplaceAll(to, `\\`, `\`))
}

func (r *run) callText(v *text, name string, args []value, n Node) value {
	switch {
	case name == "toString" && len(args) == 0:
		return v
	case name == "isEmpty" && len(args) == 0, name == "length" && len(args) == 0:
		for _, p := range v.pieces {
			if p.Text != "" && name == "isEmpty" {
				return false
			}
		}
	case name == "concat" && len(args) == 1 && isString(args[0]):
		return r.string(&text{append(r.show(v, n), r.show(args[0], n)...)}, n)
	}
	if scalarMethods[name] {
		return r.anything(HoleScalar, r.source(n))
	}
	return r.anything(HoleAny, r.source(n))
}

func (r *run) callList(l *list, name string, args []value, n Node) value {
	if l.opaque {
		if !pureMethods[name] {
			l.size = 0
		}
		for _, arg := range args {
			opaque(arg)
		}
		r.forget()
		return r.anything(HoleAny, r.source(n))
	}
	arg := first(args)
	switch {
	case name == "size" && len(args) == 0:
		return len(l.items)
	case name == "isEmpty" && len(args) == 0:
		return len(l.items) == 0
	case l.view && (name == "get" || !pureMethods[name]):
		r.havoc()
		return r.anything(HoleAny, r.source(n))
	case name == "get" && len(args) == 1 && !l.array:
		if k, ok := arg.(int); ok && k < 0 {
			r.fail(n, r.source(n)+" reads before the start of a list")
		}
		return r.element(l, arg, n)
	case name == "get" && len(args) == 1:
		if k, ok := arg.(int); ok && k >= 0 && k < len(l.items) {
			return l.items[k]
		}
	case name == "add" && len(args) == 1 && !l.array:
		l.items = append(l.items, arg)
		return true
	case name == "clear" && len(args) == 0 && !l.array:
		l.items = nil
		return ""
	case name == "contains" && len(args) == 1:
		if found, ok := r.contains(l, arg); ok {
			return found
		}
		return r.anything(HoleScalar, r.source(n))
	}
	if pureMethods[name] {
		return r.anything(HoleAny, r.source(n))
	}
	for _, arg := range args {
		opaque(arg)
	}
	opaque(l)
	r.forget()
	return r.anything(HoleAny, r.source(n))
}

// contains looks for a value among strings or whole numbers.
func (r *run) contains(l *list, x value) (found, known bool) {
	if !hashable(x) {
		return false, false
	}
	known = true
	for _, item := range l.items {
		switch {
		case !hashable(item):
			known = false
		case item == x:
			return true, true
		}
	}
	return false, known
}

func (r *run) callDict(d *dict, name string, args []value, n Node) value {
	if d.opaque {
		for _, arg := range args {
			opaque(arg)
		}
		r.forget()
		return r.anything(HoleAny, r.source(n))
	}
	arg := first(args)
	switch {
	case name == "size" && len(args) == 0:
		return len(d.keys)
	case name == "isEmpty" && len(args) == 0:
		return len(d.keys) == 0
	case name == "get" && len(args) == 1:
		return r.lookup(d, arg, n)
	case name == "containsKey" && len(args) == 1 && hashable(arg):
		_, ok := d.values[arg]
		return ok
	case name == "put" && len(args) == 2 && hashable(arg):
		old := d.values[arg]
		d.put(arg, args[1])
		return old
	case name == "keySet" && len(args) == 0:
		l := d.viewed()
		l.items = append(l.items, d.keys...)
		return l
	case name == "entrySet" && len(args) == 0:
		l := d.viewed()
		for _, k := range d.keys {
			l.items = append(l.items, entry{k, d})
		}
		return l
	case name == "values" && len(args) == 0:
		l := d.viewed()
		for _, k := range d.keys {
			l.items = append(l.items, d.values[k])
		}
		return l
	}
	if pureMethods[name] {
		return r.anything(HoleAny, r.source(n))
	}
	for _, arg := range args {
		opaque(arg)
	}
	opaque(d)
	r.forget()
	return r.anything(HoleAny, r.source(n))
}

// viewed returns an empty collection that is no longer known when the map changes.
func (d *dict) viewed() *list {
	l := &list{view: true, of: d}
	d.views = append(d.views, l)
	return l
}
