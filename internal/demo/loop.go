package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"
)

const (
	loopPoints = 10 // seconds of the stream that are awaited before and after each kill
	loopOutage = 2 * time.Second
	// loopPatience is far more than the max_delay of the example and its pauses after failures.
	loopPatience = 90 * time.Second
)

// Loop shows that a SignalFlow stream has no gap and no repetition though both its ends
// are killed: it runs the collector against a lab, kills first the lab and then the
// collector in mid-stream with SIGKILL, and compares in the end what the collector's
// debug exporter printed with what the lab computes for the same range.
func Loop(ctx context.Context, s Settings, out io.Writer) error {
	l := &loop{settings: s, out: out}
	defer l.killAll()
	if err := l.prepare(); err != nil {
		return err
	}
	steps := []struct {
		name string
		do   func(context.Context) error
	}{
		{"starting the lab", l.startLab},
		{"starting the collector", l.startCollector},
		{"waiting for the stream", l.awaitMore},
		{"killing the lab", l.killLab},
		{"starting the lab again", l.startLab},
		{"waiting for the stream", l.awaitMore},
		{"killing the collector", l.killCollector},
		{"starting the collector again", l.startCollector},
		{"waiting for the stream", l.awaitMore},
		{"comparing", l.compare},
	}
	for _, step := range steps {
		fmt.Fprintln(out, step.name)
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return nil
}

type loop struct {
	settings       Settings
	out            io.Writer
	lab, collector *child
	lives          int // of the collector so far
}

func (l *loop) prepare() error {
	if err := os.RemoveAll(l.settings.LogDir); err != nil {
		return err
	}
	if err := os.MkdirAll(l.settings.LogDir, 0o755); err != nil {
		return err
	}
	for _, port := range l.settings.Ports.all() {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		defer listener.Close() // when all are chosen
		*port.value = listener.Addr().(*net.TCPAddr).Port
	}
	return nil
}

func (l *loop) startLab(ctx context.Context) error {
	s := &l.settings
	args := append(s.labArgs(), "--signalfx-journal", filepath.Join(s.LogDir, "journal"))
	var err error
	if l.lab, err = start("the lab", s.labLog(), s.Lab, args, nil); err != nil {
		return err
	}
	api := newLab(s.Ports.Lab)
	defer api.client.CloseIdleConnections()
	return waitReady(ctx, api, l.lab)
}

func (l *loop) startCollector(context.Context) error {
	s := &l.settings
	l.lives++
	env := append(s.collectorEnv(), "CHECKPOINTS="+filepath.Join(s.LogDir, "checkpoints"))
	var err error
	l.collector, err = start("the collector", l.log(l.lives), s.Collector, []string{"--config", s.Config}, env)
	return err
}

func (l *loop) log(life int) string {
	return filepath.Join(l.settings.LogDir, fmt.Sprintf("collector-%d.log", life))
}

func (l *loop) killLab(ctx context.Context) error       { return end(ctx, l.lab) }
func (l *loop) killCollector(ctx context.Context) error { return end(ctx, l.collector) }

// end kills a child without a warning and waits a while, as an outage lasts.
func end(ctx context.Context, c *child) error {
	kill(c.process)
	<-c.done
	return pause(ctx, loopOutage)
}

func (l *loop) killAll() {
	for _, c := range []*child{l.lab, l.collector} {
		if c != nil {
			kill(c.process)
			<-c.done
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ErrInterrupted
	}
}

// awaitMore returns when more of the stream has come through.
func (l *loop) awaitMore(ctx context.Context) error {
	before, err := l.delivered()
	if err != nil {
		return err
	}
	for began := time.Now(); time.Since(began) < loopPatience; {
		now, err := l.delivered()
		if err != nil {
			return err
		}
		if len(now) >= len(before)+loopPoints {
			return nil
		}
		for _, c := range []*child{l.lab, l.collector} {
			select {
			case <-c.done:
				return c.died()
			default:
			}
		}
		if err := pause(ctx, pollInterval); err != nil {
			return err
		}
	}
	return fmt.Errorf("nothing came for %s\n%s", loopPatience, l.collector.lastLines())
}

// delivered is what the lives of the collector have printed, by logical time.
func (l *loop) delivered() (map[time.Time][]string, error) {
	all := make(map[time.Time][]string)
	for life := 1; life <= l.lives; life++ {
		if err := readDebugLog(l.log(life), all); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// compare is the verdict.
func (l *loop) compare(ctx context.Context) error {
	got, err := l.delivered()
	if err != nil {
		return err
	}
	times := slices.SortedFunc(maps.Keys(got), time.Time.Compare)
	first, last := times[0], times[len(times)-1]
	want, err := l.truth(ctx, first, last)
	if err != nil {
		return err
	}
	missing, repeated, different := judge(got, want)
	fmt.Fprintf(l.out, "%d points from %s to %s: %d missing, %d repeated, %d with another value\n",
		len(want), first.Format(time.TimeOnly), last.Format(time.TimeOnly), missing, repeated, different)
	switch {
	case len(want) != int(last.Sub(first)/time.Second)+1:
		return errors.New("the lab has not kept every second")
	case missing+different > 0 || len(got) > len(want):
		return fmt.Errorf("the stream is not what the lab computes; see the logs in %s", l.settings.LogDir)
	case repeated > 1: // a collector that is killed may repeat what it delivered within a second
		return errors.New("points were repeated")
	}
	return nil
}

// judge counts how what was printed differs from what it should be.
func judge(got map[time.Time][]string, want map[time.Time]string) (missing, repeated, different int) {
	for at, value := range want {
		switch printed := got[at]; {
		case len(printed) == 0:
			missing++
		case slices.ContainsFunc(printed, func(p string) bool { return p != value }):
			different++
		default:
			repeated += len(printed) - 1
		}
	}
	return missing, repeated, different
}
