package lang

import "fmt"

// Position is a place in a program; both count from 1, columns in characters.
type Position struct{ Line, Column int }

func (p Position) String() string { return fmt.Sprintf("line %d, column %d", p.Line, p.Column) }

// Kind is the vendor's errorType. Of these only NameError is known from a real
// answer; the others follow its pattern.
type Kind string

// What can be wrong with a program.
const (
	SyntaxError Kind = "ANALYTICS_PROGRAM_SYNTAX_ERROR"
	NameError   Kind = "ANALYTICS_PROGRAM_NAME_ERROR"     // nothing has this name
	UsageError  Kind = "ANALYTICS_PROGRAM_ARGUMENT_ERROR" // a function called the wrong way
	LimitError  Kind = "ANALYTICS_PROGRAM_LIMIT_ERROR"    // larger than the vendor runs
)

// Error says what is wrong with a program, and where.
type Error struct {
	Position
	Kind    Kind
	Message string
	Name    string // the name in question, or empty
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %s", e.Position, e.Message) }

// Errorf returns an Error.
func Errorf(at Position, kind Kind, format string, args ...any) *Error {
	return &Error{Position: at, Kind: kind, Message: fmt.Sprintf(format, args...)}
}
