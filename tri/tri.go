// Package tri is logic over what can be known without deploying.
//
// A question about an infrastructure definition has three answers: the files
// say yes, the files say no, or the answer depends on something that the files
// do not hold. The last one is the zero value, so that whatever nobody decided
// keeps a rule silent.
package tri

// A Bool is Yes, No, or, as its zero value, Maybe.
type Bool int8

// The three answers.
const (
	No    Bool = -1
	Maybe Bool = 0
	Yes   Bool = 1
)

// Of returns Yes or No.
func Of(b bool) Bool {
	if b {
		return Yes
	}
	return No
}

// Not returns the opposite of b; the opposite of Maybe is Maybe.
func (b Bool) Not() Bool { return -b }

// And is Kleene's conjunction, the weakest of its operands: No as soon as one
// is No, Yes only when all are. Without operands it is Yes.
func And(bs ...Bool) Bool {
	r := Yes
	for _, b := range bs {
		r = min(r, b)
	}
	return r
}

// Or is Kleene's disjunction, the strongest of its operands: Yes as soon as one
// is Yes, No only when all are. Without operands it is No.
func Or(bs ...Bool) Bool {
	r := No
	for _, b := range bs {
		r = max(r, b)
	}
	return r
}

// String returns "no", "maybe" or "yes".
func (b Bool) String() string {
	switch {
	case b < Maybe:
		return "no"
	case b > Maybe:
		return "yes"
	}
	return "maybe"
}
