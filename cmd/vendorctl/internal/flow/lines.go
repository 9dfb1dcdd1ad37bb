package flow

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
)

// notes writes what is said about the computation to standard error.
type notes struct{ w io.Writer }

func (n notes) Note(text string) { fmt.Fprintln(n.w, text) }

func (notes) Gone(*signalflow.Series) {}

// JSONLines is a view that writes an object a line: points, and events with a member "event".
type JSONLines struct {
	notes
	w *bufio.Writer
}

// NewJSONLines writes to w, and notes to stderr.
func NewJSONLines(w, stderr io.Writer) *JSONLines {
	return &JSONLines{notes{stderr}, bufio.NewWriter(w)}
}

// Points implements View.
func (v *JSONLines) Points(points []Point) error {
	for _, p := range points {
		if err := v.line(p); err != nil {
			return err
		}
	}
	return v.w.Flush()
}

// Event implements View.
func (v *JSONLines) Event(e Event) error {
	if err := v.line(e); err != nil {
		return err
	}
	return v.w.Flush()
}

func (v *JSONLines) line(item any) error {
	text, err := json.Marshal(item)
	if err != nil {
		return err
	}
	_, err = v.w.Write(append(text, '\n'))
	return err
}

// CSV is a view that writes a row a point; events are notes.
type CSV struct {
	notes
	w *csv.Writer
}

// NewCSV writes to w, beginning with a row of names, and notes to stderr.
func NewCSV(w, stderr io.Writer) *CSV {
	v := &CSV{notes{stderr}, csv.NewWriter(w)}
	_ = v.w.Write([]string{"timestamp", "stream", "metric", "dimensions", "value"}) // the error is that of Flush
	v.w.Flush()
	return v
}

// Points implements View.
func (v *CSV) Points(points []Point) error {
	for _, p := range points {
		value := string(p.Value)
		if p.null {
			value = ""
		}
		if err := v.w.Write([]string{strconv.FormatInt(p.Timestamp, 10), p.Stream, p.Metric, pairs(p.Dimensions), value}); err != nil {
			return err
		}
	}
	v.w.Flush()
	return v.w.Error()
}

// Event implements View.
func (v *CSV) Event(e Event) error {
	v.Note(describe(e))
	return nil
}

func describe(e Event) string {
	text, _ := json.Marshal(e) // made of text and JSON
	return string(text)
}
