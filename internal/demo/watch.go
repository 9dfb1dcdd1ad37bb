package demo

import (
	"context"
	"fmt"
	"io"
	"time"
)

const (
	pollInterval = 250 * time.Millisecond
	// settleTime lets the scrapers that report a little later into the table.
	settleTime = 3 * time.Second
	// patience is how long the demo waits before it says that not enough has arrived yet.
	patience = 30 * time.Second
)

// watch follows what arrives and prints the table once there is something to show.
type watch struct {
	settings   *Settings
	lab        *lab
	out        io.Writer
	began      time.Time
	enough     time.Time // when every room had enough; zero: not yet
	shown      bool
	complained bool
}

// untilTheEnd returns when the duration is over (with the verdict), when ctx is done or when a child ended by itself.
func (w *watch) untilTheEnd(ctx context.Context, stand, collector *child) error {
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	var end <-chan time.Time // without a duration: never
	if w.settings.Duration > 0 {
		timer := time.NewTimer(w.settings.Duration)
		defer timer.Stop()
		end = timer.C
	}
	for {
		select {
		case <-stand.done:
			return stand.died()
		case <-collector.done:
			return collector.died()
		case <-end:
			return w.finish(ctx)
		case <-ctx.Done():
			if w.settings.Duration > 0 {
				return ErrInterrupted
			}
			return nil
		case <-tick.C:
			w.poll(ctx)
		}
	}
}

func (w *watch) poll(ctx context.Context) {
	if w.shown {
		return
	}
	arrivals, err := w.lab.look(ctx)
	if err != nil {
		return // passing; what lasts shows in a child that ended, or in the verdict
	}
	missing := verdict(arrivals)
	switch {
	case missing != nil:
		if !w.complained && time.Since(w.began) > patience {
			w.complained = true
			fmt.Fprintf(w.out, "still waiting: %v\nthe collector's log is %s\n", missing, w.settings.collectorLog())
		}
	case w.enough.IsZero():
		w.enough = time.Now()
	case time.Since(w.enough) >= settleTime:
		w.show(arrivals)
	}
}

func (w *watch) show(arrivals []arrival) {
	w.shown = true
	for i := range arrivals {
		arrivals[i].print(w.out)
	}
	w.settings.printAddresses(w.out)
	if w.settings.Duration == 0 {
		fmt.Fprintln(w.out, "\nrunning until Ctrl-C")
	}
}

// finish is the end of a demo with a duration.
func (w *watch) finish(ctx context.Context) error {
	arrivals, err := w.lab.look(ctx)
	if err != nil {
		return err
	}
	if err := verdict(arrivals); err != nil {
		return err
	}
	if !w.shown {
		w.show(arrivals)
	}
	fmt.Fprintln(w.out)
	for i := range arrivals {
		a := &arrivals[i]
		fmt.Fprintf(w.out, "%s received %d different host metrics in %s: %s\n",
			a.room.title, len(a.room.hostMetrics(a.series)), w.settings.Duration, a.summary())
	}
	return nil
}
