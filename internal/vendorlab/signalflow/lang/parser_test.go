package lang

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// show writes an expression with every bracket it has.
func show(e Expression) string {
	switch e := e.(type) {
	case *Number:
		return strconv.FormatFloat(e.Value, 'g', -1, 64)
	case *Text:
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(e.Value) + `"`
	case *Bool:
		return fmt.Sprint(e.Value)
	case *None:
		return "None"
	case *Name:
		return e.Name
	case *List:
		items := make([]string, len(e.Items))
		for i, item := range e.Items {
			items[i] = show(item)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case *Unary:
		return "(" + e.Operator + " " + show(e.Operand) + ")"
	case *Binary:
		return "(" + show(e.Left) + " " + e.Operator + " " + show(e.Right) + ")"
	case *Call:
		call := e.Name + "("
		if e.Receiver != nil {
			call = show(e.Receiver) + "." + call
		}
		for i, a := range e.Arguments {
			if i > 0 {
				call += ", "
			}
			if a.Name != "" {
				call += a.Name + "="
			}
			call += show(a.Value)
		}
		return call + ")"
	}
	return fmt.Sprintf("%T", e)
}

func showAll(p *Program) string {
	lines := make([]string, len(p.Statements))
	for i, s := range p.Statements {
		if s.Name != "" {
			lines[i] = s.Name + " = "
		}
		lines[i] += show(s.Value)
	}
	return strings.Join(lines, "\n")
}

func TestPrograms(t *testing.T) {
	for _, test := range []struct{ name, program, want string }{
		{"nothing", "", ""},
		{"only blanks and comments", " \n# data('x')\n\t;\n", ""},
		{"a call with a method", "data('cpu').publish()", `data("cpu").publish()`},
		{"arguments by place and name", "data('a', filter=f, rollup='sum',)", `data("a", filter=f, rollup="sum")`},
		{"an assignment", "A = data('a')", `A = data("a")`},
		{"several statements", "A = 1; B = 2\nC = 3", "A = 1\nB = 2\nC = 3"},
		{"a statement over lines in brackets", "A = (\n  1 +\n  2\n)", "A = (1 + 2)"},
		{"a statement over lines by backslash", "A = 1 + \\\n 2", "A = (1 + 2)"},
		{"comments within brackets", "f(1, # one\n 2) # end", "f(1, 2)"},
		{"products before sums", "1 + 2 * 3 - 4 / 5", "((1 + (2 * 3)) - (4 / 5))"},
		{"from the left", "1 - 2 - 3", "((1 - 2) - 3)"},
		{"brackets", "(1 + 2) * 3", "((1 + 2) * 3)"},
		{"minus", "-1 * - -a.sum()", "((- 1) * (- (- a.sum())))"},
		{"and before or", "a or b and c", "(a or (b and c))"},
		{"not before and", "not a and not not b", "((not a) and (not (not b)))"},
		{"comparisons before not", "not a > 1 or b <= 2", "((not (a > 1)) or (b <= 2))"},
		{"sums before comparisons", "a + 1 != b * 2", "((a + 1) != (b * 2))"},
		{"lists", "x(by=['a', 'b',], e=[])", `x(by=["a", "b"], e=[])`},
		{"words", "x(True, False, None)", "x(true, false, None)"},
		{"both quotes", `x('it"s', "it's")`, `x("it\"s", "it's")`},
		{"escapes", `x('a\'b\\c\nd\q')`, `x("a'b\\c\nd\\q")`},
		{"text over lines", "x('''a\n'b''')", `x("a\n'b")`},
		{"numbers", "x(1, 1.5, .5, 1e3, 2E-2)", "x(1, 1.5, 0.5, 1000, 0.02)"},
		{"Windows lines", "A = 1\r\nB = 2\r\n", "A = 1\nB = 2"},
		{"methods in a row", "a.sum(by='h').mean().publish('l')", `a.sum(by="h").mean().publish("l")`},
		{"letters beyond ASCII", "größe = 'é'", `größe = "é"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			program, err := Parse(test.program)
			require.Nil(t, err)
			assert.Equal(t, test.want, showAll(program))
		})
	}
}

func TestProgramsThatAreWrong(t *testing.T) {
	for _, test := range []struct{ name, program, want string }{
		{"no end of brackets", "data('a'", "line 1, column 9: unexpected end of the program; expected ')'"},
		{"a bracket too much", "data('a'))", "line 1, column 10: unexpected ')'; expected the end of the statement"},
		{"no end of text", "data('a)\nx", "line 1, column 6: the text that begins here has no end; expected '"},
		{"no end of long text", "x('''a\nb", "line 1, column 3: the text that begins here has no end; expected '''"},
		{"a strange character", "A = 1\nB = $", "line 2, column 5: unexpected character '$'"},
		{"no value", "A = \nB", "line 1, column 5: unexpected end of the line; expected a value"},
		{"two values", "1 2", "line 1, column 3: unexpected '2'; expected the end of the statement"},
		{"no method", "a.", "line 1, column 3: unexpected end of the program; expected the name of a method"},
		{"a method without brackets", "a.sum", "line 1, column 6: unexpected end of the program; expected '('"},
		{"an operator without a right side", "é + *", "line 1, column 5: unexpected '*'; expected a value"},
		{"chained comparisons", "1 < 2 < 3", "line 1, column 7: unexpected '<'; comparisons cannot be chained"},
		{"a number that is none", "1.2.3", "line 1, column 1: 1.2.3 is not a number"},
		{"a word of Python", "x = 1 if a else b", "line 1, column 7: unexpected 'if'; expected the end of the statement"},
		{"another word of Python", "def f(): pass", "line 1, column 1: the lab does not run 'def'"},
		{"text as a statement's second part", "a 'b'", `line 1, column 3: unexpected "b"; expected the end of the statement`},
		{"nested too deep", strings.Repeat("(", 300), "line 1, column 201: expressions are nested deeper than 200"},
		{"negated too often", strings.Repeat("-", 300), "line 1, column 200: expressions are nested deeper than 200"},
		{"behind a text over lines", "'''\n\n''' 1", "line 3, column 5: unexpected '1'; expected the end of the statement"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse(test.program)
			require.NotNil(t, err)
			assert.Equal(t, test.want, err.Error())
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add("A = data('cpu', filter=filter('h', 'a*') and not filter('b', 'c')).mean(by=['h']).publish(label='x') # c")
	f.Add("detect(when(A > 1.5e3)).publish('''d''');\\\n[1, -2]")
	f.Fuzz(func(t *testing.T, program string) {
		parsed, err := Parse(program)
		if err == nil {
			// What it understood means the same when it is written out.
			again, err := Parse(showAll(parsed))
			if err == nil && showAll(again) != showAll(parsed) {
				t.Fatalf("%q became %q", showAll(parsed), showAll(again))
			}
			return
		}
		lines := strings.Split(program, "\n")
		if err.Line < 1 || err.Line > len(lines) || err.Column < 1 || err.Column > utf8.RuneCountInString(lines[err.Line-1])+1 {
			t.Fatalf("%v is not within the program", err)
		}
	})
}
