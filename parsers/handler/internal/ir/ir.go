// Package ir is the common form to which the sources of handlers are read: the
// part of Python, JavaScript and TypeScript that decides what a function
// returns. Everything else keeps its operands, so that what happens to a value
// is not lost from sight, and has a result of which nothing is known.
package ir

// A Pos is a range of bytes in the source of a module.
type Pos struct{ Start, End int }

// Place returns the range.
func (p Pos) Place() Pos { return p }

// A Node is anything with a place.
type Node interface{ Place() Pos }

// A Kind is a kind of value, as JSON has them.
type Kind int8

// The kinds. Undefined is a member that JSON leaves out.
const (
	Any Kind = iota
	Undefined
	Null
	Bool
	Number
	String
	Array
	Object
)

// An Expr is an expression; the place of a target is an expression too.
type Expr interface {
	Node
	expr()
}

// The expressions.
type (
	// A Lit is a literal. Text is its value when Known.
	Lit struct {
		Pos
		Kind  Kind
		Text  string
		Known bool
	}
	// A Name is a variable.
	Name struct {
		Pos
		Name string
	}
	// A Member is x.key or x[key].
	Member struct {
		Pos
		X        Expr
		Key      Expr
		Dot      bool // x.key, where Key is a literal
		Optional bool // x?.key
	}
	// A Call calls a function, or with New a constructor.
	Call struct {
		Pos
		Fn       Expr
		Args     []Arg
		New      bool
		Optional bool
	}
	// A Map is the literal of an object or a dictionary.
	Map struct {
		Pos
		Fields []Field
	}
	// A List is the literal of an array, a list or a tuple.
	List struct {
		Pos
		Items []Arg
	}
	// A Func is a function, a lambda or a method.
	Func struct {
		Pos
		Name       string
		Params     []Param
		Body       []Stmt
		Async      bool
		Generator  bool
		Arrow      bool
		Decorators []Expr
	}
	// A Class is a class, of which only the members are looked at.
	Class struct {
		Pos
		Name       string
		Bases      []Expr
		Body       []Stmt
		Decorators []Expr
	}
	// A Cond is test ? then : else.
	Cond struct {
		Pos
		Test, Then, Else Expr
	}
	// A Logic is "and", "or" or "??".
	Logic struct {
		Pos
		Op   string
		L, R Expr
	}
	// A Not is a negation.
	Not struct {
		Pos
		X Expr
	}
	// A Binary is a comparison or a computation with two operands.
	Binary struct {
		Pos
		Op   string
		L, R Expr
	}
	// An Assign assigns within an expression or as a statement. Op is empty, or
	// what combines the old value with the new one, such as "+".
	Assign struct {
		Pos
		Target Expr
		Value  Expr
		Op     string
	}
	// An Await waits for a promise.
	Await struct {
		Pos
		X Expr
	}
	// A Seq evaluates expressions and has the value of the last.
	Seq struct {
		Pos
		Items []Expr
	}
	// An Opaque has a value of which at most the kind is known.
	Opaque struct {
		Pos
		Kind  Kind
		Parts []Expr
		// Binds are names that are bound within the parts only, as in comprehensions.
		Binds []Expr
		Type  bool // asks for the type of its part
	}
)

// An Arg is an argument or an item; Spread is *x, **x or ...x.
type Arg struct {
	Name   string
	Value  Expr
	Spread bool
}

// A Field is a member of a literal; without a key it spreads its value.
type Field struct {
	Key   Expr
	Value Expr
}

// A Param is a parameter. Rest takes all further arguments.
type Param struct {
	Target  Expr
	Default Expr
	Rest    bool
}

func (*Lit) expr()    {}
func (*Name) expr()   {}
func (*Member) expr() {}
func (*Call) expr()   {}
func (*Map) expr()    {}
func (*List) expr()   {}
func (*Func) expr()   {}
func (*Class) expr()  {}
func (*Cond) expr()   {}
func (*Logic) expr()  {}
func (*Not) expr()    {}
func (*Binary) expr() {}
func (*Assign) expr() {}
func (*Await) expr()  {}
func (*Seq) expr()    {}
func (*Opaque) expr() {}

// A Stmt is a statement.
type Stmt interface {
	Node
	stmt()
}

// The statements.
type (
	// An Eval evaluates an expression.
	Eval struct {
		Pos
		X Expr
	}
	// A Declare binds a target in the innermost scope; Var means that of the
	// function. Value may be nil.
	Declare struct {
		Pos
		Target Expr
		Value  Expr
		Var    bool
	}
	// A Return returns X, or nothing when it is nil.
	Return struct {
		Pos
		X Expr
	}
	// A Throw raises X, or what was caught when it is nil.
	Throw struct {
		Pos
		X Expr
	}
	// An If chooses.
	If struct {
		Pos
		Test       Expr
		Then, Else []Stmt
	}
	// A Loop runs Body any number of times, with the targets bound to members
	// of Iter when there is one.
	Loop struct {
		Pos
		Init   []Stmt
		Test   Expr
		Target Expr
		Iter   Expr
		Step   Expr
		Body   []Stmt
		Else   []Stmt
		Once   bool // the body runs at least once
	}
	// A Try catches.
	Try struct {
		Pos
		Body     []Stmt
		Handlers []Handler
		Else     []Stmt
		Finally  []Stmt
	}
	// A With enters contexts.
	With struct {
		Pos
		Items []Assign // Target may be nil
		Body  []Stmt
	}
	// A Switch chooses among cases.
	Switch struct {
		Pos
		Tag   Expr
		Cases []Case
		Falls bool // a case goes on into the next
	}
	// A Block has a scope of its own.
	Block struct {
		Pos
		Body []Stmt
	}
	// A Define binds a function or a class by its name.
	Define struct {
		Pos
		Name string
		X    Expr
	}
	// A Jump is break or continue.
	Jump struct {
		Pos
		Break bool
		Label string
	}
	// An Import binds names of another module.
	Import struct {
		Pos
		// From is the module: a path, or dotted names with leading dots.
		From string
		// Names are bound to members of it; the member "*" is all of them, and
		// the empty member the module itself.
		Names []Imported
		// Reexport exports the names instead.
		Reexport bool
	}
	// An Export exports what is bound to names; an X exports a value by default.
	Export struct {
		Pos
		Names []Imported // Member is the name that others see, Name the local one
		X     Expr
	}
	// An Outer lists names that belong to an outer scope: global, nonlocal.
	Outer struct {
		Pos
		Names []string
	}
	// A Delete takes a member away.
	Delete struct {
		Pos
		X Expr
	}
)

// An Imported is a name and the member of a module that it stands for.
type Imported struct{ Member, Name string }

// A Handler catches; Name is bound to what was caught.
type Handler struct {
	Name  Expr
	Types Expr
	Body  []Stmt
}

// A Case is one case of a switch; one without tests is the default.
type Case struct {
	Tests []Expr
	Binds []Expr
	Any   bool
	Body  []Stmt
}

func (*Eval) stmt()    {}
func (*Declare) stmt() {}
func (*Return) stmt()  {}
func (*Throw) stmt()   {}
func (*If) stmt()      {}
func (*Loop) stmt()    {}
func (*Try) stmt()     {}
func (*With) stmt()    {}
func (*Switch) stmt()  {}
func (*Block) stmt()   {}
func (*Define) stmt()  {}
func (*Jump) stmt()    {}
func (*Import) stmt()  {}
func (*Export) stmt()  {}
func (*Outer) stmt()   {}
func (*Delete) stmt()  {}

// A SyntaxError says where a source cannot be read.
type SyntaxError struct {
	At      int
	Message string
}

func (e *SyntaxError) Error() string { return e.Message }

// Where returns the offset.
func (e *SyntaxError) Where() int { return e.At }
