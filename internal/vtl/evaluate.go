package vtl

import (
	"math"
	"strconv"
	"strings"
)

// eval returns what an expression evaluates to.
func (r *run) eval(x Expr) value {
	r.step()
	switch x := x.(type) {
	case *String:
		return r.interpolate(x)
	case *Number:
		return r.number(x)
	case *Bool:
		return x.Value
	case *Reference:
		return r.resolve(x)
	case *List:
		l := &list{}
		for _, item := range x.Items {
			l.items = append(l.items, r.eval(item))
		}
		return l
	case *Map:
		d := newDict()
		for i := range x.Keys {
			d.put(r.mapKey(r.eval(x.Keys[i]), x), r.eval(x.Values[i]))
		}
		return d
	case *Range:
		return r.rangeOf(x)
	case *Not:
		return !r.truth(x.X)
	case *Binary:
		switch x.Op {
		case "&&", "||", "==", "!=", "<", "<=", ">", ">=":
			return r.truth(x)
		}
		return r.arithmetic(x)
	}
	return nil
}

// mapKey makes an unknown out of keys that maps here cannot hold.
func (r *run) mapKey(k value, n Node) value {
	if hashable(k) {
		return k
	}
	return r.anything(HoleAny, r.source(n))
}

func (r *run) number(x *Number) value {
	if x.Float {
		f, err := strconv.ParseFloat(x.Text, 64)
		if err != nil {
			return r.anything(HoleScalar, x.Text)
		}
		return f
	}
	n, err := strconv.ParseInt(x.Text, 10, 32)
	if err != nil {
		return &unknown{kind: HoleScalar, key: x.Text, src: x.Text, sure: true}
	}
	return int(n)
}

// interpolate renders what a string is made of.
func (r *run) interpolate(x *String) value {
	if x.fault != nil {
		r.fail(x, x.fault.Message)
	}
	if x.Tree == nil {
		return x.Value
	}
	if !r.deeper() {
		panic(undecided{})
	}
	defer r.shallower()
	start, end := r.origin.base(x.start, x.end)
	base := x.base(r.origin.src, start, end)
	var pieces []Piece
	sig := goOn
	r.within(origin{x.Tree.Source, base}, func() {
		pieces, sig = r.capture(func() signal { return r.block(x.Tree.Body) })
	})
	if sig != goOn {
		panic(undecided{})
	}
	if x.tail {
		n := len(pieces) - 1
		if n < 0 || !strings.HasSuffix(pieces[n].Text, " ") {
			panic(undecided{})
		}
		pieces[n].Text = pieces[n].Text[:len(pieces[n].Text)-1]
	}
	return r.string(&text{pieces}, x)
}

func (r *run) rangeOf(x *Range) value {
	from, to := r.eval(x.From), r.eval(x.To)
	if isUnknown(from) || isUnknown(to) {
		return r.anything(HoleAny, r.source(x))
	}
	a, ok := from.(int)
	b, ok2 := to.(int)
	if f, isFloat := from.(float64); isFloat && math.Abs(f) < 1<<31 {
		a, ok = int(f), true
	}
	if f, isFloat := to.(float64); isFloat && math.Abs(f) < 1<<31 {
		b, ok2 = int(f), true
	}
	if !ok || !ok2 {
		return nil
	}
	step := 1
	if a >= b {
		step = -1
	}
	l := &list{}
	if n := (b-a)*step + 1; n > MaxIterations {
		l.opaque, l.size = true, n
		return l
	}
	for i := a; ; i += step {
		l.items = append(l.items, i)
		if i == b {
			return l
		}
	}
}

func isUnknown(v value) bool {
	switch v := v.(type) {
	case *unknown, *text:
		return true
	case *list:
		return v.opaque
	case *dict:
		return v.opaque
	}
	return false
}

// truth returns what a condition evaluates to.
func (r *run) truth(x Expr) bool {
	r.step()
	switch x := x.(type) {
	case *Bool:
		return x.Value
	case *Not:
		return !r.truth(x.X)
	case *Reference:
		switch v := r.eval(x).(type) {
		case nil:
			return false
		case bool:
			return v
		case *unknown:
			if v.sure && v.kind != HoleScalar && v.kind != HoleAny {
				return true
			}
			return r.decide("true "+v.key, x)
		case *definition:
			if v.depth >= 2 {
				return r.decide(r.fresh(), x)
			}
		}
		return true
	case *Binary:
		switch x.Op {
		case "&&":
			return r.truth(x.X) && r.truth(x.Y)
		case "||":
			return r.truth(x.X) || r.truth(x.Y)
		case "==":
			return r.equals(x)
		case "!=":
			return !r.equals(x)
		case "<", "<=", ">", ">=":
			return r.ordered(x)
		}
	}
	// Velocity takes literals and sums for false.
	return false
}

func (r *run) equals(x *Binary) bool {
	a, b := r.eval(x.X), r.eval(x.Y)
	if u, ok := b.(*unknown); ok {
		if _, both := a.(*unknown); !both {
			a, b = u, a
		}
	}
	u, ok := a.(*unknown)
	if !ok {
		if same, ok := r.same(a, b); ok {
			return same
		}
		return r.decide(r.fresh(), x)
	}
	if v, ok := b.(*unknown); ok {
		if v.key == u.key {
			return true
		}
		return r.decide("equal "+u.key+" "+v.key, x)
	}
	if b == nil {
		if u.sure {
			return false
		}
		return !r.decide("defined "+u.key, x)
	}
	if known, ok := r.equal[u.key]; ok && isString(b) {
		if same, ok := r.same(known, b); ok {
			return same
		}
	}
	key := r.fresh()
	if hashable(b) {
		key = "equal " + u.key + " " + r.key(b)
	}
	yes := r.decide(key, x)
	if s, ok := b.(string); ok && yes {
		// Only texts are compared as such: 1 equals both "1" and 1.0.
		r.equal[u.key] = s
	}
	return yes
}

// same compares known values as Velocity's == does.
func (r *run) same(a, b value) (same, known bool) {
	if a == nil || b == nil {
		return a == nil && b == nil, true
	}
	if x, ok := toFloat(a); ok {
		if y, ok := toFloat(b); ok {
			return x == y, true
		}
	}
	s, ok := plain(a)
	t, ok2 := plain(b)
	if ok && ok2 {
		return s == t, true
	}
	return false, false
}

// plain returns strings, numbers and truth values as text.
func plain(v value) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case int:
		return strconv.Itoa(v), true
	case bool:
		return strconv.FormatBool(v), true
	case float64:
		return javaFloat(v)
	}
	return "", false
}

func toFloat(v value) (float64, bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

func (r *run) ordered(x *Binary) bool {
	a, b := r.eval(x.X), r.eval(x.Y)
	f, ok := toFloat(a)
	g, ok2 := toFloat(b)
	if ok && ok2 {
		switch x.Op {
		case "<":
			return f < g
		case "<=":
			return f <= g
		case ">":
			return f > g
		}
		return f >= g
	}
	_, u := a.(*unknown)
	_, v := b.(*unknown)
	if (ok || u) && (ok2 || v) {
		return r.decide("ordered "+r.key(a)+x.Op+r.key(b), x)
	}
	return false // what is no number has no order
}

// arithmetic computes with whole numbers that stay within Java's int, and with
// floating-point ones.
func (r *run) arithmetic(x *Binary) value {
	a, b := r.eval(x.X), r.eval(x.Y)
	if x.Op == "+" && (isString(a) || isString(b)) {
		return r.concat(x, a, b)
	}
	i, ok := a.(int)
	j, ok2 := b.(int)
	if ok && ok2 {
		return r.integers(x, i, j)
	}
	f, ok := toFloat(a)
	g, ok2 := toFloat(b)
	_, u := a.(*unknown)
	_, v := b.(*unknown)
	switch {
	case ok && ok2:
		return r.floats(x, f, g)
	case (ok || u) && (ok2 || v):
		kind := HoleScalar
		if x.Op == "+" {
			kind = HoleAny // the sum of texts, too
			for _, o := range []value{a, b} {
				if o, ok := o.(*unknown); ok {
					kind = o.kind
				}
			}
		}
		return &unknown{kind: kind, key: "(" + r.key(a) + x.Op + r.key(b) + ")", src: r.source(x)}
	case u || v:
		return r.anything(HoleAny, r.source(x))
	}
	return nil
}

func isString(v value) bool {
	switch v.(type) {
	case string, *text:
		return true
	}
	return false
}

// concat joins texts; null is rendered as its source.
func (r *run) concat(x *Binary, a, b value) value {
	side := func(v value, n Node) []Piece {
		if v != nil {
			return r.show(v, n)
		}
		if src := r.source(n); isVerbatim(src) {
			return r.show(src, n)
		}
		return r.show(r.anything(HoleAny, r.source(n)), n)
	}
	return r.string(&text{append(side(a, x.X), side(b, x.Y)...)}, x)
}

func (r *run) integers(x *Binary, i, j int) value {
	n := 0
	switch x.Op {
	case "+":
		n = i + j
	case "-":
		n = i - j
	case "*":
		n = i * j
	case "/", "%":
		if j == 0 {
			return nil
		}
		if n = i / j; x.Op == "%" {
			n = i % j
		}
	}
	if n != int(int32(n)) {
		return r.anything(HoleScalar, r.source(x))
	}
	return n
}

func (r *run) floats(x *Binary, f, g float64) value {
	switch x.Op {
	case "+":
		return f + g
	case "-":
		return f - g
	case "*":
		return f * g
	}
	return r.anything(HoleScalar, r.source(x))
}
