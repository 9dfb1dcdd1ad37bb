// Package flow runs a SignalFlow program and shows what it streams.
package flow

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
)

// Executor starts programs; it is a *signalflow.Client.
type Executor interface {
	Execute(ctx context.Context, r signalflow.Request) (*signalflow.Computation, error)
}

// View shows a stream. All methods are called by one goroutine.
type View interface {
	// Points shows the values of one time.
	Points(points []Point) error
	// Event shows an event or an alert.
	Event(e Event) error
	// Gone says that a series has ended.
	Gone(s *signalflow.Series)
	// Note says something about the computation.
	Note(text string)
}

// Run shows the stream of a program until it ends, ctx is done, or limit points were
// shown; 0 is no limit. A connection that is lost is made again, and the program is
// executed from the last time that was shown: no point is shown twice.
func Run(ctx context.Context, client Executor, r signalflow.Request, limit int, view View) error {
	run := &run{view: view, limit: limit, last: r.Start}
	for {
		computation, err := client.Execute(ctx, r)
		if err == nil {
			err = errors.Join(run.read(ctx, computation), computation.Close())
		}
		switch {
		case errors.Is(err, errEnough), errors.Is(err, io.EOF):
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil || signalflow.ClassOf(err) != signalflow.ClassResume || !run.progress():
			return err
		}
		view.Note(fmt.Sprintf("%v; going on from %s", err, run.last.UTC().Format(time.RFC3339)))
		r.Start = run.last
	}
}

var errEnough = errors.New("enough points were shown")

// run is what is known across connections.
type run struct {
	view  View
	limit int
	shown int
	// last is the time of the newest points, and at it the series that were shown.
	last time.Time
	at   map[string]bool
	// read tells whether the present connection brought anything.
	brought bool
}

// progress reports whether there is a time to go on from. Without one, going on would
// begin at another time than the user asked for; and a connection that brings
// nothing is not worth another one.
func (r *run) progress() bool {
	brought := r.brought
	r.brought = false
	return brought && !r.last.IsZero()
}

func (r *run) read(ctx context.Context, c *signalflow.Computation) error {
	for {
		message, err := c.Next(ctx)
		if err != nil {
			return err
		}
		if err := r.show(message); err != nil {
			return err
		}
	}
}

func (r *run) show(message signalflow.Message) error {
	switch m := message.(type) {
	case *signalflow.Data:
		return r.data(m)
	case *signalflow.Event:
		return r.view.Event(eventOf(m))
	case *signalflow.Expired:
		if m.Series != nil {
			r.view.Gone(m.Series)
		}
	case *signalflow.Info:
		if text := noteOf(m); text != "" {
			r.view.Note(text)
		}
	case *signalflow.Malformed:
		r.view.Note("a message could not be read: " + m.Err.Error())
	}
	return nil
}

func (r *run) data(m *signalflow.Data) error {
	at := time.UnixMilli(m.LogicalTimestampMs)
	if at.Before(r.last) && r.at != nil {
		return nil // shown before the connection was lost
	}
	if at.After(r.last) || r.at == nil {
		r.last, r.at = at, map[string]bool{}
	}
	var points []Point
	for i := range m.Points {
		p := pointOf(m.LogicalTimestampMs, &m.Points[i])
		if key := p.key(); !r.at[key] {
			r.at[key] = true
			points = append(points, p)
		}
	}
	r.brought = true
	if r.limit > 0 {
		points = points[:min(len(points), r.limit-r.shown)]
	}
	r.shown += len(points)
	if err := r.view.Points(points); err != nil {
		return err
	}
	if r.limit > 0 && r.shown >= r.limit {
		return errEnough
	}
	return nil
}

// noteOf is what is worth saying of an info message, or nothing.
func noteOf(m *signalflow.Info) string {
	switch m.Code {
	case signalflow.InfoRunningResolution:
		return fmt.Sprintf("resolution %s", time.Duration(m.Contents.ResolutionMs)*time.Millisecond)
	case signalflow.InfoMatchedNothing:
		return fmt.Sprintf("no time series match %q", m.Contents.Query)
	case signalflow.InfoLimitedResultSet:
		return fmt.Sprintf("incomplete: only %d of %d time series", m.Contents.LimitSize, m.Contents.MatchedSize)
	case signalflow.InfoMissingProperty:
		return fmt.Sprintf("some time series do not have %v, which the program groups by", m.Contents.PropertyNames)
	}
	return ""
}
