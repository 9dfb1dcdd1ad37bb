package libratocmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/command"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/exit"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/input"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/session"
)

const submitLong = `Submit one measurement, or all that a file holds.

A line of the file is a measurement, with tags or, for Librato, with a source:

  {"name": "orders", "value": 12, "time": 1700000000, "tags": {"service": "shop"}}
  {"name": "orders", "value": 12, "measure_time": 1700000000, "source": "web-1", "type": "counter"}

or what many samples came to, with count and sum, and min, max, last, stddev and sum_squares as far as they are
known. period, display_name, description and attributes are for a metric that the measurement creates.
The service refuses a whole request for one bad measurement, so lines are checked before they are sent.`

func newSubmit(s *session.Session) *cobra.Command {
	var lines command.Lines
	var m librato.Measurement
	var tags []string
	var at string
	var sanitize bool
	cmd := command.Leaf("submit [NAME] [VALUE]", "Submit measurements", func(cmd *cobra.Command, args []string) error {
		if lines.Path == "" && len(args) != 2 {
			return exit.With(exit.Usage, errors.New("give NAME and VALUE, or a file with -f"))
		}
		client, err := s.Librato()
		if err != nil {
			return err
		}
		var legal func(string) string
		if sanitize {
			legal = librato.SanitizeName
		}
		shared, err := command.Pairs(tags)
		if err != nil {
			return err
		}
		conn := librato.NewConnection(client, shared, legal)
		if lines.Path != "" {
			if err := command.OnlyFile(cmd, args, "skip-lines", "tag", "sanitize"); err != nil {
				return err
			}
			return lines.Send(cmd, &batch{session: s, queue: conn.NewQueue(0, nil)})
		}
		if m.Time, err = command.Time(s, "time", at); err != nil {
			return err
		}
		m.Name = args[0]
		if m.Value, err = numberOf(json.Number(args[1])); err != nil {
			return exit.With(exit.Usage, err)
		}
		return submit(cmd.Context(), s, conn, m)
	})
	cmd.Long = submitLong
	cmd.Example = "  vendorctl librato submit orders 12 --tag service=shop\n  vendorctl librato submit -f - < measurements.jsonl"
	lines.AddFlags(cmd.Flags(), "measurements, one a line as JSON")
	cmd.Flags().StringArrayVar(&tags, "tag", nil, "NAME=VALUE, also of the measurements of a file that have no tags; may be repeated")
	cmd.Flags().StringVar(&m.Source, "source", "", "source of the measurement, for Librato without tags")
	cmd.Flags().BoolVar(&m.Counter, "counter", false, "the value is a running total, for Librato without tags")
	cmd.Flags().StringVar(&at, "time", "", "now, -5m, a date or a Unix time (default: that of arrival)")
	cmd.Flags().BoolVar(&sanitize, "sanitize", false, "make the names of metrics legal")
	return cmd
}

func submit(ctx context.Context, s *session.Session, conn *librato.Connection, m librato.Measurement) error {
	return s.Patiently(ctx, func() error {
		receipt, err := conn.Submit(ctx, m)
		if errors.Is(err, librato.ErrNoTags) {
			return exit.With(exit.Usage, fmt.Errorf("%w: --tag NAME=VALUE", err))
		}
		if err == nil && receipt.Rejected > 0 {
			return exit.With(exit.Refused, errors.New("the service took the request, but not the measurement"))
		}
		return err
	})
}

// line is a measurement as a line of a batch has it: as the API does, in either dialect.
type line struct {
	Name        string              `json:"name"`
	Value       json.Number         `json:"value"`
	Time        int64               `json:"time"` // Unix seconds
	MeasureTime int64               `json:"measure_time"`
	Type        string              `json:"type"`
	Source      string              `json:"source"`
	Tags        librato.Tags        `json:"tags"`
	Count       uint64              `json:"count"`
	Sum         json.Number         `json:"sum"`
	Min         json.Number         `json:"min"`
	Max         json.Number         `json:"max"`
	Last        json.Number         `json:"last"`
	Deviation   json.Number         `json:"stddev"`
	SumSquares  json.Number         `json:"sum_squares"`
	Period      int64               `json:"period"` // seconds
	DisplayName string              `json:"display_name"`
	Description string              `json:"description"`
	Attributes  *librato.Attributes `json:"attributes"`
}

func (l *line) measurement() (m librato.Measurement, err error) {
	if l.Type != "" && l.Type != "gauge" && l.Type != "counter" {
		return m, fmt.Errorf("%q is no type of measurements: write gauge or counter", l.Type)
	}
	m = librato.Measurement{
		Name: l.Name, Counter: l.Type == "counter", Source: l.Source, Tags: l.Tags,
		Properties: &librato.Properties{DisplayName: l.DisplayName, Description: l.Description, Period: l.Period, Attributes: l.Attributes},
	}
	if seconds := max(l.Time, l.MeasureTime); seconds > 0 {
		m.Time = time.Unix(seconds, 0)
	}
	if l.Count > 0 {
		m.Complex, err = l.complex()
		return m, err
	}
	m.Value, err = numberOf(l.Value)
	return m, err
}

func (l *line) complex() (*librato.Complex, error) {
	c := &librato.Complex{Count: l.Count}
	var err error
	if c.Sum, err = numberOf(l.Sum); err != nil {
		return nil, fmt.Errorf("sum: %w", err)
	}
	for _, part := range []struct {
		has  librato.Has
		text json.Number
		to   *librato.Number
	}{
		{librato.HasMin, l.Min, &c.Min}, {librato.HasMax, l.Max, &c.Max}, {librato.HasLast, l.Last, &c.Last},
		{librato.HasDeviation, l.Deviation, &c.Deviation}, {librato.HasSumSquares, l.SumSquares, &c.SumSquares},
	} {
		if part.text == "" {
			continue
		}
		if *part.to, err = numberOf(part.text); err != nil {
			return nil, err
		}
		c.Has |= part.has
	}
	return c, nil
}

// numberOf keeps integers exact.
func numberOf(n json.Number) (librato.Number, error) {
	if n == "" {
		return librato.Number{}, errors.New("the value is missing")
	}
	if i, err := n.Int64(); err == nil {
		return librato.Int(i), nil
	}
	f, err := n.Float64()
	if err != nil || f-f != 0 { // NaN and infinities
		return librato.Number{}, fmt.Errorf("the value %q is no finite number", n)
	}
	return librato.Float(f), nil
}

// batch is a batch of measurements.
type batch struct {
	session *session.Session
	queue   *librato.Queue
}

// Add implements input.Batch.
func (b *batch) Add(text []byte) (full bool, err error) {
	var l line
	if err := input.Line(text, &l); err != nil {
		return false, err
	}
	m, err := l.measurement()
	if err != nil {
		return false, err
	}
	// The queue sends nothing by itself, so that its errors are those of the line.
	err = b.queue.Add(context.Background(), m)
	return b.queue.Len() >= librato.QueueChunk, err
}

// Send implements input.Batch.
func (b *batch) Send(ctx context.Context) error {
	sent := 0
	return b.session.Patiently(ctx, func() error {
		outcome, err := b.queue.Submit(ctx)
		sent += outcome.Delivered
		switch {
		case err != nil && sent > 0: // what has no tags goes in a request of its own
			return fmt.Errorf("but %d measurements of them were sent, those without tags first; leave them out: %w", sent, err)
		case err == nil && outcome.Rejected > 0:
			return &input.Refused{Items: outcome.Rejected, Err: fmt.Errorf("the service took the request up to here, but not %d of its measurements", outcome.Rejected)}
		}
		return err
	})
}

// Len implements input.Batch.
func (b *batch) Len() int { return b.queue.Len() }
