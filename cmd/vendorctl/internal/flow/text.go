package flow

import (
	"strings"
	"unicode/utf8"
)

// align puts cells under each other, two blanks apart.
func align(rows [][]string) []string {
	widths := make([]int, len(rows[0]))
	for _, cells := range rows {
		for i, cell := range cells {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	lines := make([]string, len(rows))
	for i, cells := range rows {
		var b strings.Builder
		for j, cell := range cells {
			b.WriteString(cell)
			if j < len(cells)-1 {
				b.WriteString(strings.Repeat(" ", widths[j]-utf8.RuneCountInString(cell)+2))
			}
		}
		lines[i] = strings.TrimRight(b.String(), " ")
	}
	return lines
}

// cut makes a line fit, so that it does not wrap.
func cut(line string, width int) string {
	runes := []rune(line)
	if len(runes) <= width {
		return line
	}
	return string(runes[:max(0, width-1)]) + "…"
}

var bars = []rune("▁▂▃▄▅▆▇█")

// sparkline draws values between their least and their greatest.
func sparkline(values []float64) string {
	if len(values) < 2 {
		return ""
	}
	least, most := values[0], values[0]
	for _, v := range values {
		least, most = min(least, v), max(most, v)
	}
	var b strings.Builder
	for _, v := range values {
		level := 0
		if most > least { // halved first, so that the difference of extremes is no infinity
			level = int((v/2 - least/2) / (most/2 - least/2) * float64(len(bars)-1))
		}
		b.WriteRune(bars[min(max(level, 0), len(bars)-1)])
	}
	return b.String()
}
