package signalflow

import (
	"context"
	"errors"
	"net/http"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/clock"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalflow/compute"
)

// sink takes what a job tells. Its errors mean that nobody listens any more.
type sink interface {
	message(message) error
	data(data) error
}

// runner streams a job to one client. It belongs to one goroutine.
type runner struct {
	*job
	options options
	out     sink

	grid
	run *compute.Run
}

func (j *job) runner(out sink) *runner { return &runner{job: j, options: j.options, out: out} }

// attached goes on where the job is.
func (j *job) attached(r request, out sink) (*runner, *failure) {
	if r.Filters != "" {
		return nil, refuse(http.StatusBadRequest, "the lab knows no filters for attach")
	}
	view := j.runner(out)
	view.options.start = j.next.Load()
	if r.Resolution > 0 {
		view.options.resolution = int64(r.Resolution)
	}
	return view, nil
}

// stream tells everything about the job until it ends, is stopped, or the context
// ends. It returns the error of the sink, if any.
func (r *runner) stream(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	closed := r.open(&stream{cancel})
	last, err := r.steps(ctx)
	closed() // ahead of the last message: who has read it finds the job gone
	var stop *stopped
	if errors.As(context.Cause(ctx), &stop) {
		last, err = r.abort("STOPPED", stop.reason), nil
	}
	if err != nil || last.kind == "" {
		return err
	}
	return r.tell(last)
}

// abort is the last message of a job that did not reach its end.
func (r *runner) abort(state, reason string) message {
	return r.control("CHANNEL_ABORT", map[string]any{
		"abortInfo": map[string]any{"sf_job_abortState": state, "sf_job_abortReason": reason},
	})
}

func (r *runner) now() int64 { return r.server.now() }

func (r *runner) control(event string, more map[string]any) message {
	return control(event, r.now(), more)
}

// tell sends messages, and keeps those about the job as feedback.
func (r *runner) tell(messages ...message) error {
	for _, m := range messages {
		if m.kind == "control-message" || m.kind == "message" {
			r.note(m)
		}
		if err := r.out.message(m); err != nil {
			return err
		}
	}
	return nil
}

// begin loads the inputs and lays the grid.
func (r *runner) begin() {
	r.run = r.plan.NewRun(r.server.source())
	r.grid = newGrid(r.options, r.server.Config, r.run.Inputs(), r.now())
	r.run.Begin(r.first, r.resolution)
}

// steps tells all but the last message, which it returns; there is none when the context ended.
func (r *runner) steps(ctx context.Context) (last message, err error) {
	loaded := r.now()
	r.begin()
	opening := []message{r.control("STREAM_START", nil), r.control("JOB_START", map[string]any{"handle": r.handle})}
	if r.first <= r.ready(loaded) { // there is something to catch up with
		opening = append(opening, r.control("JOB_PROGRESS", map[string]any{"progress": 0}), r.control("JOB_PROGRESS", map[string]any{"progress": 100}))
	}
	if err := r.tell(opening...); err != nil {
		return message{}, err
	}
	for t := r.first; !r.bounded || t <= r.last; t += r.resolution {
		r.next.Store(t)
		if t > r.ready(loaded) {
			if clock.Wait(ctx, r.server.Clock, r.due(t)) != nil {
				return message{}, nil
			}
			loaded = r.now() // before loading: what arrives meanwhile is for later
			r.run.Load()
		}
		if ctx.Err() != nil {
			return message{}, nil
		}
		if err := r.step(t); err != nil {
			return message{}, err
		}
		if r.run.Exceeded() {
			return r.abort("COMPUTATION_FAILED", "the program makes too many time series"), nil
		}
	}
	return r.control("END_OF_CHANNEL", nil), nil
}

// step tells one step, and behind the first one what is known about the job.
func (r *runner) step(t int64) error {
	batch := r.run.Step(t)
	for _, e := range batch.Events {
		if err := r.tell(r.event(e)...); err != nil {
			return err
		}
	}
	for _, block := range batch.Blocks {
		if err := r.block(t, block); err != nil {
			return err
		}
	}
	if t == r.first {
		return r.tell(r.infos(t)...)
	}
	return nil
}

// block tells what one publication has: new series ahead of their points.
func (r *runner) block(t int64, block compute.Block) error {
	for _, p := range block.Points {
		if p.New {
			if err := r.out.message(r.metadata(block.Of, p)); err != nil {
				return err
			}
		}
	}
	if err := r.out.data(data{t, r.maxDelay, block.Points}); err != nil {
		return err
	}
	for _, tsid := range block.Expired {
		if err := r.out.message(message{"expired-tsid", map[string]any{"tsId": tsID(tsid)}}); err != nil {
			return err
		}
	}
	return nil
}

// estimate tells how many incidents a detector would have opened over the range.
func (r *runner) estimate(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer r.open(&stream{cancel})()
	r.begin()
	opened := 0
	for t := r.first; t <= min(r.last, r.ready(r.now())); t += r.resolution {
		if ctx.Err() != nil {
			return nil
		}
		for _, e := range r.run.Step(t).Events {
			if e.Of.IsDetector() && e.Properties["is"] == "anomalous" {
				opened++
			}
		}
	}
	return r.tell(message{"estimation", map[string]any{"result": opened}})
}
