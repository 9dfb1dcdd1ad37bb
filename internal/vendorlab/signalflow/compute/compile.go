package compute

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalflow/lang"
)

// Limits of a program. Source: the vendor's page of SignalFlow limits.
const (
	maxProgram         = 50_000 // characters
	maxQueries         = 200    // data(), events() and their like
	maxCalls           = 1000   // functions and methods
	maxFilterArguments = 1024
	maxWildcards       = 35  // patterns of a filter with * elsewhere than at the end
	maxPrefixes        = 150 // patterns of a filter with * at the end only
)

// A value of the language is one of: float64, string, bool, nil, []any, filter,
// stream, condition, when, *events, *detector.

// condition is a stream of true and false.
type condition struct {
	stream
	watched string
}

// when is a condition that detect() takes.
type when condition

type compiler struct {
	plan      *Plan
	variables map[string]any
	calls     int
	queries   int
}

// Compile turns a program into a plan, or says what is wrong with it and where.
func Compile(program string) (*Plan, *lang.Error) {
	if n := utf8.RuneCountInString(program); n > maxProgram {
		return nil, lang.Errorf(lang.Position{Line: 1, Column: 1}, lang.LimitError, "the program has %d characters, the limit is %d", n, maxProgram)
	}
	parsed, err := lang.Parse(program)
	if err != nil {
		return nil, err
	}
	c := &compiler{plan: &Plan{Program: program}, variables: map[string]any{}}
	published := false
	for _, statement := range parsed.Statements {
		value, err := c.value(statement.Value)
		if err != nil {
			return nil, err
		}
		if statement.Name != "" {
			c.variables[statement.Name] = value
		}
		published = published || publishes(statement.Value)
	}
	if !published {
		return nil, lang.Errorf(lang.Position{Line: 1, Column: 1}, lang.UsageError, "the program publishes nothing; add .publish() to a stream")
	}
	return c.plan, nil
}

// publishes reports whether a publish() is in the expression, even one that is not enabled.
func publishes(e lang.Expression) bool {
	switch e := e.(type) {
	case *lang.Call:
		return e.Name == "publish" || e.Receiver != nil && publishes(e.Receiver) ||
			slices.ContainsFunc(e.Arguments, func(a lang.Argument) bool { return publishes(a.Value) })
	case *lang.Unary:
		return publishes(e.Operand)
	case *lang.Binary:
		return publishes(e.Left) || publishes(e.Right)
	}
	return false
}

func (c *compiler) value(e lang.Expression) (any, *lang.Error) {
	switch e := e.(type) {
	case *lang.Number:
		return numberOf(e), nil
	case *lang.Text:
		return e.Value, nil
	case *lang.Bool:
		return e.Value, nil
	case *lang.None:
		return nil, nil
	case *lang.List:
		return c.list(e)
	case *lang.Name:
		return c.variable(e)
	case *lang.Unary:
		return c.unary(e)
	case *lang.Binary:
		return c.binary(e)
	case *lang.Call:
		return c.call(e)
	}
	return nil, lang.Errorf(e.At(), lang.SyntaxError, "the lab does not run this expression")
}

func numberOf(n *lang.Number) Value {
	if n.IsInt && n.Value < 1<<53 {
		return LongValue(int64(n.Value))
	}
	return DoubleValue(n.Value)
}

func (c *compiler) list(e *lang.List) (any, *lang.Error) {
	items := make([]any, len(e.Items))
	for i, item := range e.Items {
		value, err := c.value(item)
		if err != nil {
			return nil, err
		}
		items[i] = value
	}
	return items, nil
}

func (c *compiler) variable(e *lang.Name) (any, *lang.Error) {
	value, ok := c.variables[e.Name]
	if !ok {
		return nil, unknownName(e.Position, e.Name, "nothing has the name '%s'", e.Name)
	}
	switch v := value.(type) {
	case named:
		return named{v.stream, e.Name}, nil
	case condition, when:
		return v, nil
	case stream:
		return named{v, e.Name}, nil
	}
	return value, nil
}

// named is a stream with the name of its variable, which events of a detector tell.
type named struct {
	stream
	name string
}

func unknownName(at lang.Position, name, format string, args ...any) *lang.Error {
	err := lang.Errorf(at, lang.NameError, format, args...)
	err.Name = name
	return err
}

func (c *compiler) unary(e *lang.Unary) (any, *lang.Error) {
	operand, err := c.value(e.Operand)
	if err != nil {
		return nil, err
	}
	switch v := operand.(type) {
	case when:
	case filter:
		if e.Operator == "not" {
			return notFilter{v}, nil
		}
	case condition:
		if e.Operator == "not" {
			return condition{&invert{v.stream}, v.watched}, nil
		}
	case Value:
		if e.Operator == "-" {
			return arithmetic("-", LongValue(0), v), nil
		}
	case stream:
		if e.Operator == "-" {
			return newCombine("-", &constant{LongValue(0)}, streamOf(v)), nil
		}
	}
	return nil, lang.Errorf(e.Position, lang.UsageError, "'%s' cannot stand before %s", e.Operator, nameOf(operand))
}

func (c *compiler) binary(e *lang.Binary) (any, *lang.Error) {
	left, err := c.value(e.Left)
	if err != nil {
		return nil, err
	}
	right, err := c.value(e.Right)
	if err != nil {
		return nil, err
	}
	if result := combineValues(e.Operator, left, right); result != nil {
		return result, nil
	}
	return nil, lang.Errorf(e.Position, lang.UsageError, "'%s' cannot stand between %s and %s", e.Operator, nameOf(left), nameOf(right))
}

// combineValues returns nil when the operator does not go with the operands.
func combineValues(operator string, left, right any) any {
	switch operator {
	case "and", "or":
		return combineLogic(operator, left, right)
	case "<", "<=", ">", ">=", "==", "!=":
		return combineComparison(operator, left, right)
	}
	a, aIsNumber := left.(Value)
	b, bIsNumber := right.(Value)
	if aIsNumber && bIsNumber {
		return arithmetic(operator, a, b)
	}
	x, y := streamOf(left), streamOf(right)
	if x == nil || y == nil {
		return nil
	}
	return newCombine(operator, x, y)
}

func combineLogic(operator string, left, right any) any {
	switch a := left.(type) {
	case filter:
		b, ok := right.(filter)
		switch {
		case !ok:
			return nil
		case operator == "and":
			return andFilter{a, b}
		}
		return orFilter{a, b}
	case condition:
		b, ok := right.(condition)
		if !ok {
			return nil
		}
		of := either
		if operator == "and" {
			of = both
		}
		return condition{&combine{operator, a.stream, b.stream, of, firstInput}, a.watched}
	}
	return nil
}

func combineComparison(operator string, left, right any) any {
	_, aIsNumber := left.(Value)
	_, bIsNumber := right.(Value)
	x, y := streamOf(left), streamOf(right)
	if x == nil || y == nil || aIsNumber && bIsNumber {
		return nil
	}
	is := func(a, b Value) Value { return compare(operator, a, b) }
	return condition{&combine{operator, x, y, is, comparedInput}, watchedName(left, right)}
}

func watchedName(operands ...any) string {
	for _, operand := range operands {
		if v, ok := operand.(named); ok {
			return v.name
		}
	}
	return ""
}

func newCombine(operator string, left, right stream) stream {
	return &combine{operator, left, right, func(a, b Value) Value { return arithmetic(operator, a, b) }, nil}
}

// streamOf is a stream, or a number as one, or nil.
func streamOf(value any) stream {
	switch v := value.(type) {
	case Value:
		return &constant{v}
	case condition, when:
		return nil
	case named:
		return v.stream
	case stream:
		return v
	}
	return nil
}

// nameOf names a kind of value in messages.
func nameOf(value any) string {
	switch value.(type) {
	case nil:
		return "None"
	case Value:
		return "a number"
	case string:
		return "text"
	case bool:
		return "True or False"
	case []any:
		return "a list"
	case filter:
		return "a filter"
	case condition:
		return "a condition"
	case when:
		return "when()"
	case *events:
		return "events()"
	case *detector:
		return "detect()"
	}
	return "a stream"
}

func isPattern(text string) bool { return strings.Contains(text, "*") }
