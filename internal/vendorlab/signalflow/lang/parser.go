package lang

import "slices"

// maxDepth bounds how deep expressions may be nested.
const maxDepth = 200

type parser struct {
	tokens []token
	depth  int
}

// Parse reads a program. Its error says where the program ends to make sense.
func Parse(program string) (*Program, *Error) {
	tokens, err := lex(program)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens}
	parsed := &Program{}
	for {
		for p.peek().kind == newline {
			p.take()
		}
		if p.peek().kind == end {
			return parsed, nil
		}
		statement, err := p.statement()
		if err != nil {
			return nil, err
		}
		parsed.Statements = append(parsed.Statements, statement)
	}
}

func (p *parser) peek() token { return p.tokens[0] }

func (p *parser) take() token {
	taken := p.tokens[0]
	if taken.kind != end {
		p.tokens = p.tokens[1:]
	}
	return taken
}

// is reports whether the next token is one of these symbols.
func (p *parser) is(symbols ...string) bool {
	return p.peek().kind == symbol && slices.Contains(symbols, p.peek().text)
}

func (p *parser) accept(symbol string) bool {
	if !p.is(symbol) {
		return false
	}
	p.take()
	return true
}

func (p *parser) expect(symbol string) *Error {
	if !p.accept(symbol) {
		return p.unexpected("expected '" + symbol + "'")
	}
	return nil
}

func (p *parser) unexpected(expected string) *Error {
	return Errorf(p.peek().at, SyntaxError, "unexpected %s; %s", p.peek(), expected)
}

// named reports whether a name and an equals sign come next, and takes them.
func (p *parser) named() (string, bool) {
	if p.peek().kind != name || p.tokens[1].kind != symbol || p.tokens[1].text != "=" {
		return "", false
	}
	taken := p.take()
	p.take()
	return taken.text, true
}

func (p *parser) statement() (Statement, *Error) {
	s := Statement{Position: p.peek().at}
	s.Name, _ = p.named()
	var err *Error
	if s.Value, err = p.expression(); err != nil {
		return s, err
	}
	if next := p.peek().kind; next != newline && next != end {
		return s, p.unexpected("expected the end of the statement")
	}
	return s, nil
}

// levels are the binary operators, the loosest first.
var levels = [][]string{{"or"}, {"and"}, {"<", "<=", ">", ">=", "==", "!="}, {"+", "-"}, {"*", "/"}}

// Indexes in levels.
const (
	conjunction = 1
	comparison  = 2
)

func (p *parser) expression() (Expression, *Error) {
	if p.depth++; p.depth > maxDepth {
		return nil, p.tooDeep()
	}
	defer func() { p.depth-- }()
	return p.binary(0)
}

func (p *parser) tooDeep() *Error {
	return Errorf(p.peek().at, LimitError, "expressions are nested deeper than %d", maxDepth)
}

func (p *parser) binary(level int) (Expression, *Error) {
	left, err := p.operand(level)
	for err == nil && p.is(levels[level]...) {
		operator := p.take()
		var right Expression
		if right, err = p.operand(level); err != nil {
			return nil, err
		}
		left = &Binary{operator.at, operator.text, left, right}
		if level == comparison && p.is(levels[level]...) {
			return nil, p.unexpected("comparisons cannot be chained")
		}
	}
	return left, err
}

// operand reads what stands on both sides of a level's operators. "not" binds
// tighter than "and" and looser than comparisons, "-" tighter than all.
func (p *parser) operand(level int) (Expression, *Error) {
	switch level {
	case conjunction:
		return p.unary("not", func() (Expression, *Error) { return p.binary(comparison) })
	case len(levels) - 1:
		return p.unary("-", p.call)
	}
	return p.binary(level + 1)
}

// unary reads any number of one operator in front of an operand.
func (p *parser) unary(operator string, operand func() (Expression, *Error)) (Expression, *Error) {
	if !p.is(operator) {
		return operand()
	}
	if p.depth++; p.depth > maxDepth {
		return nil, p.tooDeep()
	}
	defer func() { p.depth-- }()
	at := p.take().at
	inner, err := p.unary(operator, operand)
	if err != nil {
		return nil, err
	}
	return &Unary{at, operator, inner}, nil
}

func (p *parser) call() (Expression, *Error) {
	value, err := p.primary()
	for err == nil && p.accept(".") {
		method := p.peek()
		if method.kind != name {
			return nil, p.unexpected("expected the name of a method")
		}
		p.take()
		var arguments []Argument
		if arguments, err = p.arguments(); err == nil {
			value = &Call{method.at, value, method.text, arguments}
		}
	}
	return value, err
}

func (p *parser) primary() (Expression, *Error) {
	switch t := p.peek(); {
	case t.kind == number:
		p.take()
		return &Number{t.at, t.number, t.isInt}, nil
	case t.kind == text:
		p.take()
		return &Text{t.at, t.text}, nil
	case t.kind == name:
		p.take()
		return p.name(t)
	case p.accept("("):
		value, err := p.expression()
		if err == nil {
			err = p.expect(")")
		}
		return value, err
	case p.accept("["):
		return p.list(t.at)
	}
	return nil, p.unexpected("expected a value")
}

// name reads what a name begins: a word of the language, a call, or a variable.
func (p *parser) name(t token) (Expression, *Error) {
	switch t.text {
	case "True", "False":
		return &Bool{t.at, t.text == "True"}, nil
	case "None":
		return &None{t.at}, nil
	case "def", "lambda", "if", "else", "for", "while", "import", "from", "return", "in", "is", "class":
		return nil, Errorf(t.at, SyntaxError, "the lab does not run '%s'", t.text)
	}
	if !p.is("(") {
		return &Name{t.at, t.text}, nil
	}
	arguments, err := p.arguments()
	if err != nil {
		return nil, err
	}
	return &Call{t.at, nil, t.text, arguments}, nil
}

func (p *parser) arguments() ([]Argument, *Error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	var arguments []Argument
	for !p.is(")") {
		a := Argument{Position: p.peek().at}
		a.Name, _ = p.named()
		var err *Error
		if a.Value, err = p.expression(); err != nil {
			return nil, err
		}
		arguments = append(arguments, a)
		if !p.accept(",") {
			break
		}
	}
	return arguments, p.expect(")")
}

func (p *parser) list(at Position) (Expression, *Error) {
	list := &List{Position: at}
	for !p.is("]") {
		item, err := p.expression()
		if err != nil {
			return nil, err
		}
		list.Items = append(list.Items, item)
		if !p.accept(",") {
			break
		}
	}
	return list, p.expect("]")
}
