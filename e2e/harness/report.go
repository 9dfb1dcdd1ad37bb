package harness

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

// Line is the result of one case: what the table in docs/reliability.md is made of.
type Line struct {
	Case, Target string
	Signal       Signal
	In           int // items that the collector accepted
	Delivered    int // different items that arrived
	Duplicates   int // arrivals beyond those
	Dropped      Reasons
	Took         time.Duration
	Note         string
}

var printing sync.Mutex

// Print writes the line to standard output, and to the file that E2E_REPORT names.
func (l Line) Print() {
	printing.Lock()
	defer printing.Unlock()
	text := l.String()
	fmt.Println(text)
	if name := os.Getenv("E2E_REPORT"); name != "" {
		if file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644); err == nil {
			fmt.Fprintln(file, text)
			_ = file.Close()
		}
	}
}

// String has the same columns for every case.
func (l Line) String() string {
	text := fmt.Sprintf("%-34s %-17s %-8s in %-9d delivered %-9d duplicates %-6d dropped %-22s %6.1f s",
		l.Case, l.Target, l.Signal, l.In, l.Delivered, l.Duplicates, l.Dropped, l.Took.Seconds())
	return strings.TrimSpace(text + "  " + l.Note)
}
