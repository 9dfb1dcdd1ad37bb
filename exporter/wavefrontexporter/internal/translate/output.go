package translate

import (
	"bytes"

	"github.com/otelcol-custom/otelcol-custom/internal/parts"
)

// Limits bound one request, and one line of it (0 does not).
type Limits struct{ Bytes, Lines, LineBytes int }

// Output is where the parts of one kind of lines go.
type Output struct {
	Limits Limits
	Emit   func(*parts.Part)
}

// lane builds the parts of one output. It is told only of the items that it gets.
type lane struct {
	parts.Builder
	lineBytes int
	begin     int // of the item that is open
}

func (o *Output) lane() lane {
	return lane{
		Builder:   parts.Builder{MaxBytes: o.Limits.Bytes, MaxUnits: o.Limits.Lines, Emit: o.Emit},
		lineBytes: o.Limits.LineBytes,
	}
}

// start begins the item of an ordinal.
func (l *lane) start(ordinal int) {
	l.StartAt(ordinal)
	l.begin = len(l.Body)
}

// has reports whether the item of an ordinal has been started.
func (l *lane) has(ordinal int) bool { return l.Walked() > ordinal }

// finish ends the item. It reports false when it is over a limit; nothing of it is sent then.
func (l *lane) finish(lines int) bool {
	if lines == 0 || l.lineBytes > 0 && len(l.Body)-l.begin > l.lineBytes && longestLine(l.Body[l.begin:]) > l.lineBytes {
		l.Body = l.Body[:l.begin]
		l.Finish(0)
		return false
	}
	return l.Finish(lines)
}

func longestLine(lines []byte) int {
	longest := 0
	for line := range bytes.Lines(lines) {
		longest = max(longest, len(line))
	}
	return longest
}
