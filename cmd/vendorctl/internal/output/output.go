// Package output writes what was read: as tables for people, as JSON or CSV for programs.
//
// Everything is written from its JSON form, so that each format and each command
// calls a member by the name that the vendor gave it.
package output

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"text/tabwriter"

	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/screen"
)

// Format of the output.
type Format string

// The formats.
const (
	Table Format = "table"
	JSON  Format = "json"
	CSV   Format = "csv"
)

// Formats are all of them.
var Formats = []string{string(Table), string(JSON), string(CSV)}

// ParseFormat reads the name of a format.
func ParseFormat(name string) (Format, error) {
	switch f := Format(name); f {
	case Table, JSON, CSV:
		return f, nil
	}
	return "", fmt.Errorf("%q is no output format; write table, json or csv", name)
}

// tableRows is after how many rows a table is written; later ones may be wider.
const tableRows = 1000

// Each writes items one after the other: JSON as an array with an item a line. It ends
// with the first error, after it wrote what came before.
func Each[T any](w io.Writer, f Format, columns []string, items iter.Seq2[T, error]) error {
	rows := newRows(w, f, columns)
	for item, err := range items {
		if err == nil {
			err = rows.add(item)
		}
		if err != nil {
			return errors.Join(err, rows.flush())
		}
	}
	return rows.end()
}

// One writes one item: JSON indented, a table with a line for each column, or for each
// member if there are no columns.
func One(w io.Writer, f Format, columns []string, item any) error {
	switch f {
	case JSON:
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(item)
	case CSV:
		return Each(w, f, columns, func(yield func(any, error) bool) { yield(item, nil) })
	}
	members, err := membersOf(item, columns)
	if err != nil {
		return err
	}
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, m := range members {
		fmt.Fprintf(tab, "%s\t%s\n", screen.Plain(m.name), screen.Plain(readable(m.name, m.value)))
	}
	return tab.Flush()
}

// rows is a list that is being written.
type rows struct {
	w       io.Writer
	f       Format
	columns []string
	n       int
	tab     *tabwriter.Writer
	csv     *csv.Writer
}

func newRows(w io.Writer, f Format, columns []string) *rows {
	return &rows{w: w, f: f, columns: columns, tab: tabwriter.NewWriter(w, 0, 0, 2, ' ', 0), csv: csv.NewWriter(w)}
}

// heading comes before the first row, or at the end if there is none.
func (r *rows) heading() {
	switch {
	case r.n > 0:
	case r.f == Table:
		fmt.Fprintln(r.tab, strings.ToUpper(strings.Join(r.columns, "\t")))
	case r.f == CSV:
		_ = r.csv.Write(r.columns) // the error is that of Flush
	}
}

func (r *rows) add(item any) error {
	text, err := marshal(item)
	if err != nil {
		return err
	}
	r.heading()
	r.n++
	if r.f == JSON {
		lead := "[\n"
		if r.n > 1 {
			lead = ",\n"
		}
		_, err := fmt.Fprintf(r.w, "%s%s", lead, text)
		return err
	}
	cells, err := r.cells(text)
	if err != nil {
		return err
	}
	if r.f == CSV {
		return r.csv.Write(cells)
	}
	for i := range cells {
		cells[i] = screen.Plain(cells[i])
	}
	fmt.Fprintln(r.tab, strings.Join(cells, "\t"))
	if r.n%tableRows == 0 {
		return r.tab.Flush()
	}
	return nil
}

func (r *rows) cells(item []byte) ([]string, error) {
	value, err := decode(item)
	if err != nil {
		return nil, err
	}
	cells := make([]string, len(r.columns))
	for i, column := range r.columns {
		if found := find(value, column); r.f == Table {
			cells[i] = readable(column, found)
		} else {
			cells[i] = text(found)
		}
	}
	return cells, nil
}

func (r *rows) end() error {
	r.heading()
	if r.f == JSON && r.n == 0 {
		_, err := fmt.Fprintln(r.w, "[]")
		return err
	}
	return r.flush()
}

// flush ends what was written so far.
func (r *rows) flush() error {
	switch {
	case r.f == Table:
		return r.tab.Flush()
	case r.f == CSV:
		r.csv.Flush()
		return r.csv.Error()
	case r.n > 0:
		_, err := fmt.Fprint(r.w, "\n]\n")
		return err
	}
	return nil
}

// decode keeps numbers as they are written.
func decode(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	err := decoder.Decode(&value)
	return value, err
}

// find follows a path of member names, such as customProperties.team. A member whose
// own name holds dots is found too.
func find(value any, path string) any {
	members, ok := value.(map[string]any)
	if !ok {
		return nil
	}
	if found, ok := members[path]; ok {
		return found
	}
	first, rest, ok := strings.Cut(path, ".")
	if !ok {
		return nil
	}
	return find(members[first], rest)
}
