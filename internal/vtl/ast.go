package vtl

// A Template is a parsed mapping template.
type Template struct {
	Source string
	Body   *Block

	macros          map[string]*Directive
	macrosInStrings bool // strings define macros too, which are not followed
}

// A SyntaxError says why Velocity cannot parse a template, and where.
type SyntaxError struct {
	Offset  int // in bytes
	Message string
}

func (e *SyntaxError) Error() string { return e.Message }

// A Node is a piece of a template.
type Node interface {
	// Span returns where the node begins and ends, in bytes of the source.
	Span() (start, end int)
}

type pos struct{ start, end int }

func (p pos) Span() (start, end int) { return p.start, p.end }

// A Block is a sequence of statements.
type Block struct {
	pos
	Nodes []Node
}

// A Text is rendered as it is; escapes are already resolved.
type Text struct {
	pos
	Text string
}

// A Reference is $x, ${x}, $!x or $!{x} with what is read from it.
type Reference struct {
	pos
	Name   string
	Path   []Access
	Quiet  bool   // renders as nothing when it is null
	Bare   bool   // lacks the "$", as in $x.m(y); evaluates to null
	Inert  bool   // $\!x, which is always rendered as text
	Escape bool   // \$x, which is rendered without the backslash when it is defined
	before string // rendered before the value: backslashes that escape each other, and stray dollar signs
	double string // rendered once more before the text of a null reference
	null   string // what a null reference is rendered as
	target string // the name that #set($x = …) assigns to, which for ${x} is odd
}

// An Access is one step of a reference: exactly one of the three.
type Access struct {
	pos
	Name  string // .name
	Call  *Call  // .name(arguments)
	Index Expr   // [index]
}

// A Call is a call of a method.
type Call struct {
	Name string
	Args []Expr
}

// A Set is #set(left = right).
type Set struct {
	pos
	Left  *Reference
	Right Expr
}

// An If is #if … #elseif … #else … #end.
type If struct {
	pos
	Branches []Branch
}

// A Branch is one alternative of an If; Cond is nil for #else.
type Branch struct {
	Cond Expr
	Body *Block
}

// A Directive is every other directive, a call of a macro, or text that looks
// like one, such as the colour #ffffff.
type Directive struct {
	pos
	Name   string
	Parens bool   // has arguments, perhaps none
	Args   []Expr // a Word where a bare word stands
	Body   *Block // of #foreach, #macro, #define, #literal and #@name; otherwise nil
	source string // what a call of an unknown macro is rendered as
}

// An Expr is an expression: a *Reference, *String, *Number, *Bool, *List, *Map,
// *Range, *Unary, *Binary or, in the arguments of a directive only, a *Word.
type Expr interface{ Node }

// A String is a string in single or double quotes.
type String struct {
	pos
	Value string    // between the quotes, with escapes resolved
	Tree  *Template // what a string in double quotes is made of; nil when nothing is to be replaced in it
	fault *SyntaxError
	tail  bool // Tree ends with a space that is no part of the string
}

// A Number is an integer or, with Float, a floating-point literal.
type Number struct {
	pos
	Text  string
	Float bool
}

// A Bool is true or false.
type Bool struct {
	pos
	Value bool
}

// A List is [a, b, c].
type List struct {
	pos
	Items []Expr
}

// A Map is {k: v, …}.
type Map struct {
	pos
	Keys, Values []Expr
}

// A Range is [from..to].
type Range struct {
	pos
	From, To Expr
}

// A Not is !x.
type Not struct {
	pos
	X Expr
}

// A Binary is x op y.
type Binary struct {
	pos
	Op   string // one of + - * / % && || == != < <= > >=
	X, Y Expr
}

// A Word is a bare word among the arguments of a directive, such as the "in"
// of #foreach or the name of a macro.
type Word struct {
	pos
	Name string
}
