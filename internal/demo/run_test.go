package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// lockedBuffer is read while Run writes to it.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// fakeSettings run this test binary as both children; the fake lab holds that many host metrics.
func fakeSettings(t *testing.T, collector string, metrics int) Settings {
	t.Helper()
	all := append(hostSeries(metrics), aSeries("span.duration", "gauge", "1", map[string]string{"host.name": "web-1", "source": "web-1"}))
	page, err := json.Marshal(map[string]any{"series": all})
	require.NoError(t, err)
	t.Setenv(seriesVariable, string(page))
	t.Setenv(fakeVariable, collector)
	variable, value, _ := strings.Cut(fastExit, "=")
	t.Setenv(variable, value)
	return Settings{
		Lab: os.Args[0], Collector: os.Args[0], Config: "collector.yaml",
		LogDir: filepath.Join(t.TempDir(), "logs"), Ports: freePorts(t),
	}
}

func TestRunSucceedsWhenEnoughArrived(t *testing.T) {
	s := fakeSettings(t, fakePolite, 5)
	s.Duration = 500 * time.Millisecond
	var out lockedBuffer
	require.NoError(t, Run(t.Context(), t.Context(), s, &out))
	assert.Contains(t, out.String(), "SignalFx received 5 different host metrics in 500ms: 12 datapoints of 6 series, 3 events and 4 spans in 2 requests, 1 rejected (nan: 1)")
	assert.Contains(t, out.String(), "system.metric4")
	assert.Contains(t, out.String(), address(s.Ports.OTLPHTTP))
	assert.FileExists(t, s.labLog())
	assert.NoError(t, s.Ports.check(), "the ports must be free again")
}

func TestRunFailsWhenTooLittleArrived(t *testing.T) {
	s := fakeSettings(t, fakePolite, 4)
	s.Duration = 500 * time.Millisecond
	err := Run(t.Context(), t.Context(), s, &lockedBuffer{})
	require.ErrorContains(t, err, "SignalFx received 4 different host metrics")
	assert.NoError(t, s.Ports.check())
}

func TestRunReportsACollectorThatDies(t *testing.T) {
	s := fakeSettings(t, fakeDying, 5)
	err := Run(t.Context(), t.Context(), s, &lockedBuffer{})
	require.ErrorContains(t, err, "the collector ended by itself: exit status 3")
	require.ErrorContains(t, err, "  | cannot go on")
	assert.NoError(t, s.Ports.check(), "the lab must have been stopped")
}

func TestRunReportsALabThatDies(t *testing.T) {
	s := fakeSettings(t, fakePolite, 5)
	s.Lab = "/bin/false"
	err := Run(t.Context(), t.Context(), s, &lockedBuffer{})
	require.ErrorContains(t, err, "the lab ended by itself: exit status 1")
}

func TestRunNamesTakenPortsBeforeItStartsAnything(t *testing.T) {
	s := fakeSettings(t, fakePolite, 5)
	s.Ports.Lab = s.Ports.SignalFx
	require.ErrorContains(t, Run(t.Context(), t.Context(), s, &lockedBuffer{}), "DEMO_SIGNALFX_PORT")
	assert.NoDirExists(t, s.LogDir)
}

func TestRunStopsBothWhenInterrupted(t *testing.T) {
	for name, test := range map[string]struct {
		duration time.Duration
		want     error
	}{
		"without a duration that is the normal end": {0, nil},
		"with a duration there is no verdict":       {time.Minute, ErrInterrupted},
	} {
		t.Run(name, func(t *testing.T) {
			s := fakeSettings(t, fakePolite, 5)
			s.Duration = test.duration
			ctx, interrupt := context.WithCancel(t.Context())
			defer interrupt()
			ended := make(chan error)
			go func() { ended <- Run(ctx, t.Context(), s, &lockedBuffer{}) }()
			require.Eventually(t, func() bool {
				lines, err := tail(s.collectorLog(), 100, 1)
				return err == nil && len(lines) == 1
			}, 10*time.Second, 5*time.Millisecond)
			interrupt()
			require.ErrorIs(t, <-ended, test.want)
			assert.NoError(t, s.Ports.check())
		})
	}
}

func TestRunKillsACollectorThatWillNotEndWhenHurried(t *testing.T) {
	s := fakeSettings(t, fakeStubborn, 5)
	s.Duration = 500 * time.Millisecond
	hurry, cut := context.WithCancel(t.Context())
	cut()
	require.ErrorContains(t, Run(t.Context(), hurry, s, &lockedBuffer{}), "the collector did not end when asked to and was killed")
	assert.NoError(t, s.Ports.check())
}
