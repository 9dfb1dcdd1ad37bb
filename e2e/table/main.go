// Command table makes of the lines of a run (build/log/e2e-long.txt) the table in docs/reliability.md: one row a case,
// the signals and ways to send of each exporter added up.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "table:", err)
		os.Exit(1)
	}
}

var line = regexp.MustCompile(`^(.+?)\s+(signalfx|wavefront|librato|signalflow)(?: \w+)?\s+(?:metrics|logs|traces)\s+` +
	`in (\d+)\s+delivered (\d+)\s+duplicates (\d+)\s+dropped (0|(?:\d+ \w+(?:, )?)+)\s+([\d.]+) s`)

var exporters = []string{"signalfx", "wavefront", "librato"}

type row struct {
	name    string
	cells   map[string]*cell
	seconds float64
}

type cell struct {
	in, delivered, again int
	dropped              map[string]int
}

func run(in io.Reader, out io.Writer) error {
	var rows []*row
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		m := line.FindStringSubmatch(lines.Text())
		if m == nil {
			return fmt.Errorf("not a line of a run: %q", lines.Text())
		}
		name := m[1]
		if strings.HasPrefix(name, "hostile: ") {
			name = "hostile input beside sound input"
		}
		exporter := m[2]
		if exporter == "signalflow" {
			exporter = "signalfx" // which carries the points back
		}
		i := slices.IndexFunc(rows, func(r *row) bool { return r.name == name })
		if i < 0 {
			i = len(rows)
			rows = append(rows, &row{name: name, cells: map[string]*cell{}})
		}
		rows[i].add(exporter, m)
	}
	if err := lines.Err(); err != nil {
		return err
	}
	slices.SortStableFunc(rows, func(a, b *row) int { return strings.Compare(a.name, b.name) })
	fmt.Fprintln(out, "| case | signalfx | wavefront | librato | longest |")
	fmt.Fprintln(out, "|---|---|---|---|---|")
	for _, r := range rows {
		fmt.Fprintf(out, "| %s ", r.name)
		for _, e := range exporters {
			fmt.Fprintf(out, "| %s ", r.cells[e])
		}
		fmt.Fprintf(out, "| %.0f s |\n", max(r.seconds, 1))
	}
	return nil
}

func (r *row) add(exporter string, m []string) {
	c := r.cells[exporter]
	if c == nil {
		c = &cell{dropped: map[string]int{}}
		r.cells[exporter] = c
	}
	number := func(text string) int { n, _ := strconv.Atoi(text); return n } // the pattern takes digits only
	c.in += number(m[3])
	c.delivered += number(m[4])
	c.again += number(m[5])
	if m[6] != "0" {
		for _, part := range strings.Split(m[6], ", ") {
			n, reason, _ := strings.Cut(part, " ")
			c.dropped[reason] += number(n)
		}
	}
	seconds, _ := strconv.ParseFloat(m[7], 64)
	r.seconds = max(r.seconds, seconds)
}

// String says what went in, and only what did not simply arrive.
func (c *cell) String() string {
	if c == nil {
		return ""
	}
	text := grouped(c.in)
	dropped := 0
	for _, n := range c.dropped {
		dropped += n
	}
	if dropped > 0 {
		text += ", " + grouped(dropped) + " dropped"
	}
	if missing := c.in - c.delivered - dropped; missing != 0 {
		text += ", " + grouped(missing) + " missing"
	}
	if c.again > 0 {
		text += ", " + grouped(c.again) + " twice"
	}
	return text
}

func grouped(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
