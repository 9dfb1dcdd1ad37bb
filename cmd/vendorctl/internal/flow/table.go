package flow

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/screen"
)

// refresh is how often the table is drawn, if anything has changed.
const refresh = 100 * time.Millisecond

// history is how many values of a series the table remembers.
const history = 20

// maxNotes is how many notes stand below the table.
const maxNotes = 3

// Table is a view of a terminal: a row for each series, updated in place. It draws
// from a goroutine of its own, which Close ends.
type Table struct {
	w     io.Writer
	title string
	size  func() (width, height int)

	mu     sync.Mutex // guards what follows
	rows   map[string]*row
	latest int64
	notes  []string
	dirty  bool
	drawn  int // lines on the screen

	stop    chan struct{}
	stopped sync.WaitGroup
}

// row is a series.
type row struct {
	stream     string
	dimensions []Dimension
	last       Point
	values     []float64
}

// NewTable draws on w, a terminal whose size it asks for each time.
func NewTable(w io.Writer, title string, size func() (width, height int)) *Table {
	t := &Table{w: w, title: title, size: size, rows: map[string]*row{}, dirty: true, stop: make(chan struct{})}
	fmt.Fprint(w, "\x1b[?25l") // no cursor
	t.stopped.Go(t.drawLoop)
	return t
}

func (t *Table) drawLoop() {
	ticker := time.NewTicker(refresh)
	defer ticker.Stop()
	for {
		t.draw()
		select {
		case <-ticker.C:
		case <-t.stop:
			return
		}
	}
}

// Close draws the last state, which stays on the screen.
func (t *Table) Close() error {
	close(t.stop)
	t.stopped.Wait()
	t.draw()
	_, err := fmt.Fprint(t.w, "\x1b[?25h")
	return err
}

// Points implements View.
func (t *Table) Points(points []Point) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, p := range points {
		key := p.key()
		r := t.rows[key]
		if r == nil {
			r = &row{stream: p.Stream, dimensions: p.Dimensions}
			if r.stream == "" {
				r.stream = p.Metric
			}
			t.rows[key] = r
		}
		r.last = p
		if !p.null {
			r.values = append(r.values, p.number)
			r.values = r.values[max(0, len(r.values)-history):]
		}
		t.latest = max(t.latest, p.Timestamp)
	}
	t.dirty = true
	return nil
}

// Event implements View.
func (t *Table) Event(e Event) error {
	t.Note(time.UnixMilli(e.Timestamp).Format(time.TimeOnly) + " " + describe(e))
	return nil
}

// Gone implements View.
func (t *Table) Gone(s *signalflow.Series) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.rows, keyOf(s.StreamLabel(), s.OriginatingMetric(), dimensionsOf(s)))
	t.dirty = true
}

// Note implements View.
func (t *Table) Note(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.notes = append(t.notes, text)
	t.notes = t.notes[max(0, len(t.notes)-maxNotes):]
	t.dirty = true
}

// draw draws over what was drawn before, if anything has changed.
func (t *Table) draw() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.dirty {
		return
	}
	t.dirty = false
	width, height := t.size()
	lines := t.lines(height - 1) // the last one is the cursor's
	var b strings.Builder
	if t.drawn > 0 {
		fmt.Fprintf(&b, "\x1b[%dA", t.drawn)
	}
	b.WriteString("\r\x1b[J")
	for _, line := range lines {
		b.WriteString(cut(line, width) + "\r\n")
	}
	t.drawn = len(lines)
	_, _ = io.WriteString(t.w, b.String())
}

// lines are at most so many: what does not fit is counted.
func (t *Table) lines(most int) []string {
	status := "waiting for data"
	if t.latest > 0 {
		status = fmt.Sprintf("%d series at %s", len(t.rows), time.UnixMilli(t.latest).Format("2006-01-02 15:04:05"))
	}
	lines := []string{screen.Plain(t.title), status, ""}
	grid := t.grid()
	room := most - len(lines) - len(t.notes)
	if hidden := len(grid) - room; hidden > 0 {
		kept := max(1, room-1)
		lines = append(append(lines, grid[:min(kept, len(grid))]...), fmt.Sprintf("... and %d more", len(grid)-min(kept, len(grid))))
	} else {
		lines = append(lines, grid...)
	}
	for _, note := range t.notes {
		lines = append(lines, screen.Plain(note))
	}
	return lines[:min(len(lines), max(1, most))]
}

// grid is the heading and a line for each series, in order.
func (t *Table) grid() []string {
	if len(t.rows) == 0 {
		return nil
	}
	rows := make([]*row, 0, len(t.rows))
	var keys []string
	for _, r := range t.rows {
		rows = append(rows, r)
		for _, d := range r.dimensions {
			if !slices.Contains(keys, d.Key) {
				keys = append(keys, d.Key)
			}
		}
	}
	slices.Sort(keys)
	heading := []string{"STREAM"}
	for _, key := range keys {
		heading = append(heading, strings.ToUpper(key))
	}
	cells := [][]string{append(heading, "VALUE", "")}
	for _, r := range rows {
		cells = append(cells, r.cells(keys))
	}
	slices.SortFunc(cells[1:], func(a, b []string) int { return slices.Compare(a[:1+len(keys)], b[:1+len(keys)]) })
	return align(cells)
}

func (r *row) cells(keys []string) []string {
	cells := []string{screen.Plain(r.stream)}
	for _, key := range keys {
		text := ""
		for _, d := range r.dimensions {
			if d.Key == key {
				text = screen.Plain(d.Value)
			}
		}
		cells = append(cells, text)
	}
	value := string(r.last.Value)
	if r.last.null {
		value = "-"
	}
	return append(cells, value, sparkline(r.values))
}
