package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// table prints Markdown as it grows, so that a long run shows where it is.
type table struct{ columns int }

func newTable(title string, columns ...string) table {
	fmt.Printf("\n### %s\n\n", title)
	t := table{len(columns)}
	t.row(columns...)
	fmt.Println("|" + strings.Repeat("---|", t.columns))
	return t
}

func (t table) row(cells ...string) { fmt.Println("| " + strings.Join(cells, " | ") + " |") }

func nanoseconds(v float64) string { return fmt.Sprintf("%.0f", v) }
func count(v float64) string       { return fmt.Sprintf("%.3f", v) }
func times(v float64) string       { return fmt.Sprintf("%.2f×", v) }

func describeMachine(o options) {
	load, _ := os.ReadFile("/proc/loadavg")
	fmt.Printf("%s, %s/%s, %d processors (%s), load before the run: %s; medians of %d rounds of %v\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), processorName(),
		strings.Join(strings.Fields(string(load))[:min(1, len(load))], ""), o.rounds, o.time.Round(time.Millisecond))
}

func processorName() string {
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}
