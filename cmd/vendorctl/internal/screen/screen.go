// Package screen knows terminals.
package screen

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	"golang.org/x/term"
)

// Is reports whether w is a terminal.
func Is(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Size is that of a terminal, in characters; 80 by 24 for anything else.
func Size(w io.Writer) (width, height int) {
	if f, ok := w.(*os.File); ok {
		if width, height, err := term.GetSize(int(f.Fd())); err == nil && width > 0 && height > 0 {
			return width, height
		}
	}
	return 80, 24
}

// Plain takes out of a text what would steer a terminal or break a line of a table.
func Plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// ReadSecret asks for a secret without showing it, if in is a terminal.
func ReadSecret(in io.Reader, out io.Writer, prompt string) (secret string, asked bool, err error) {
	f, ok := in.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return "", false, nil
	}
	fmt.Fprint(out, prompt)
	text, err := term.ReadPassword(int(f.Fd()))
	fmt.Fprintln(out)
	return string(text), true, err
}
