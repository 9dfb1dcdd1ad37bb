// Package lang reads SignalFlow programs: a lexer and a parser for the part of the
// language that the lab runs, whose statements and expressions look like Python's.
//
//	program    = { statement ( newline | ";" ) }
//	statement  = [ name "=" ] expression
//	expression = or        or  = and { "or" and }      and = not { "and" not }
//	not        = "not" not | comparison
//	comparison = sum [ ( "<" | "<=" | ">" | ">=" | "==" | "!=" ) sum ]
//	sum        = product { ( "+" | "-" ) product }
//	product    = unary { ( "*" | "/" ) unary }
//	unary      = "-" unary | call
//	call       = primary { "." name arguments }
//	primary    = number | text | "True" | "False" | "None" | name [ arguments ]
//	           | "[" [ expression { "," expression } ] "]" | "(" expression ")"
//	arguments  = "(" [ argument { "," argument } ] ")"
//	argument   = [ name "=" ] expression
//
// Newlines within brackets count as blanks, and so does a backslash at the end of a
// line. A # begins a comment.
package lang
