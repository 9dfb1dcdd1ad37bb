// Package flow runs a SignalFlow program and shows what it streams.
package flow

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"time"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
)

// Executor starts programs, as the clients of both transports do.
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

// maxFruitless is how many connections in a row may bring nothing before Run gives up.
const maxFruitless = 5

// Run shows the stream of a program until it ends, ctx is done, or limit points were
// shown; 0 is no limit. A connection that is lost is made again, at the pace of the
// client, and the program is executed from the last time that was shown: no point is
// shown twice. Only a first connection that cannot be made is an error at once.
func Run(ctx context.Context, client Executor, r signalflow.Request, limit int, view View) error {
	run := &run{view: view, limit: limit}
	for connected := false; ; {
		computation, err := client.Execute(ctx, r)
		if err == nil {
			connected = true
			err = errors.Join(run.read(ctx, computation), computation.Close())
		}
		switch {
		case errors.Is(err, errEnough), errors.Is(err, io.EOF):
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil || !connected || signalflow.ClassOf(err) != signalflow.ClassResume || run.fruitless == maxFruitless:
			return err
		}
		run.fruitless++
		view.Note(run.resume(err))
		if run.at != nil {
			r.Start = run.last
		}
	}
}

var errEnough = errors.New("enough points were shown")

// run is what is known across connections.
type run struct {
	view  View
	limit int
	shown int
	// last is the time of the newest points, and at has the series that were shown of it.
	last time.Time
	at   map[string]bool
	// resumed is from when the present connection goes on, and shownAt has the series
	// that were shown of that time before.
	resumed time.Time
	shownAt map[string]bool
	// fruitless is how many connections in a row brought nothing.
	fruitless int
}

// resume prepares for the next connection, and says what happened.
func (r *run) resume(err error) string {
	if r.at == nil { // nothing was shown yet
		return fmt.Sprintf("%v; beginning again", err)
	}
	r.resumed, r.shownAt = r.last, maps.Clone(r.at)
	return fmt.Sprintf("%v; going on from %s", err, r.last.UTC().Format(time.RFC3339))
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
	r.fruitless = 0
	at := time.UnixMilli(m.LogicalTimestampMs)
	if at.After(r.last) || r.at == nil {
		r.last, r.at = at, map[string]bool{}
	}
	var points []Point
	for i := range m.Points {
		p := pointOf(m.LogicalTimestampMs, &m.Points[i])
		key := p.key()
		if at.Before(r.resumed) || at.Equal(r.resumed) && r.shownAt[key] {
			continue // shown before the connection was lost
		}
		if at.Equal(r.last) {
			r.at[key] = true
		}
		points = append(points, p)
	}
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
