package tri_test

import (
	"testing"

	. "github.com/apigwlint/apigwlint/tri"
)

var all = []Bool{No, Maybe, Yes}

func TestLaws(t *testing.T) {
	for _, a := range all {
		if a.Not().Not() != a {
			t.Errorf("not not %v is %v", a, a.Not().Not())
		}
		for _, b := range all {
			if And(a, b).Not() != Or(a.Not(), b.Not()) {
				t.Errorf("De Morgan fails for %v, %v", a, b)
			}
			if And(a, b) != And(b, a) || Or(a, b) != Or(b, a) {
				t.Errorf("%v and %v do not commute", a, b)
			}
			// Learning what was open never turns a Yes into a No.
			for _, learnt := range []Bool{No, Yes} {
				if b == Maybe {
					for name, op := range map[string]func(...Bool) Bool{"And": And, "Or": Or} {
						if before, after := op(a, b), op(a, learnt); before != Maybe && before != after {
							t.Errorf("%s(%v, maybe) is %v, but with %v it is %v", name, a, before, learnt, after)
						}
					}
				}
			}
		}
	}
	if And() != Yes || Or() != No {
		t.Error("the empty conjunction is Yes and the empty disjunction is No")
	}
}

func TestZeroValueDecidesNothing(t *testing.T) {
	var b Bool
	if b != Maybe || b.Not() != Maybe || b.String() != "maybe" {
		t.Errorf("the zero value is %v", b)
	}
}
