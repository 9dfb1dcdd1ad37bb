package lang

// Program is a program as it was written.
type Program struct {
	Statements []Statement
}

// Statement is an expression whose value may get a name.
type Statement struct {
	Position
	Name  string // empty: none
	Value Expression
}

// Expression is one of the types below.
type Expression interface{ At() Position }

// At returns where an expression begins.
func (p Position) At() Position { return p }

// Number is a number literal.
type Number struct {
	Position
	Value float64
	IsInt bool
}

// Text is a text literal.
type Text struct {
	Position
	Value string
}

// Bool is True or False.
type Bool struct {
	Position
	Value bool
}

// None is None.
type None struct{ Position }

// Name refers to a variable.
type Name struct {
	Position
	Name string
}

// List is a list literal.
type List struct {
	Position
	Items []Expression
}

// Call calls a function, or a method if it has a receiver.
type Call struct {
	Position  // of the name
	Receiver  Expression
	Name      string
	Arguments []Argument
}

// Argument is one argument of a call.
type Argument struct {
	Position
	Name  string // empty: by position
	Value Expression
}

// Unary is "-" or "not" before an expression.
type Unary struct {
	Position
	Operator string
	Operand  Expression
}

// Binary is an operator between two expressions.
type Binary struct {
	Position    // of the operator
	Operator    string
	Left, Right Expression
}
