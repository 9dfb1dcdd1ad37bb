package signalflowreceiver

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/receiver/receivertest"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow/signalflowtest"
	"github.com/otelcol-custom/otelcol-custom/receiver/signalflowreceiver/internal/metadata"
)

// A process that receives is killed again and again, in the middle of anything. What
// it delivered is in a file. No point may be missing in the end, and only those may
// come again, with the same value, that were not in the checkpoint when it was killed.
func TestAKilledProcessLosesNothingAndRepeatsOnlyWhatItHadNotStored(t *testing.T) {
	const kills, stepsPerLife = 15, 10
	server := signalflowtest.Start(t)
	program := blocks(3)
	server.Handle(text, signalflowtest.Replay(program))
	place := t.TempDir()
	begin := func() (*exec.Cmd, *bufio.Scanner) {
		return startProcess(t, "TestReceiverProcess",
			"URL="+server.URL(), "PLACE="+place, "START="+t0.Format(time.RFC3339))
	}
	random := rand.New(rand.NewPCG(3, 4))
	before := deliveries{}
	for i := range kills {
		server.SetTime(t0.Add(time.Duration((i+1)*stepsPerLife-1) * time.Second))
		stored := readCheckpoint(t, place)
		process, lines := begin()
		for range 1 + random.IntN(2*stepsPerLife) {
			said(t, lines, "delivered")
		}
		kill(process, lines)
		after := readDeliveries(t, place)
		stored.assertRepeats(t, before, after)
		before = after
	}
	want := expectedPoints(program, kills*stepsPerLife)
	stored := readCheckpoint(t, place)
	assert.Greater(t, stored.Watermark, t0.UnixMilli(), "checkpoints were written")
	process, lines := begin()
	for after := before; len(after.values) < len(want); after = readDeliveries(t, place) {
		said(t, lines, "delivered")
	}
	kill(process, lines)
	after := readDeliveries(t, place)
	stored.assertRepeats(t, before, after)
	assert.Equal(t, want, after.values)
	total := 0
	for _, n := range after.counts {
		total += n
	}
	t.Logf("%d points, %d deliveries of them", len(want), total)
}

// kill kills a process and returns when it is gone.
func kill(process *exec.Cmd, lines *bufio.Scanner) {
	_ = process.Process.Kill()
	for lines.Scan() { // until its output ends with it
	}
}

// deliveries are the points that the processes have delivered.
type deliveries struct {
	values map[string]float64
	counts map[string]int
}

// lineEnd tells a whole line from one that a kill has cut off, or that is being written.
const lineEnd = "\t.\n"

func readDeliveries(t *testing.T, place string) deliveries {
	t.Helper()
	d := deliveries{values: make(map[string]float64), counts: make(map[string]int)}
	raw, err := os.ReadFile(filepath.Join(place, "delivered"))
	require.NoError(t, err)
	for line := range strings.Lines(string(raw)) {
		line, isWhole := strings.CutSuffix(line, lineEnd)
		if !isWhole {
			continue
		}
		key, value, _ := strings.Cut(line, "\t")
		v, err := strconv.ParseFloat(value, 64)
		require.NoError(t, err)
		if d.counts[key] > 0 {
			assert.Equal(t, d.values[key], v, "%s came again with another value", key)
		}
		d.values[key] = v
		d.counts[key]++
	}
	return d
}

// storedProgress is what a checkpoint says.
type storedProgress struct {
	Watermark int64
	Open      []int64
	Series    []byte // of each series 8 bytes of hash, and a bit per open time
}

func readCheckpoint(t *testing.T, place string) storedProgress {
	t.Helper()
	var p storedProgress
	raw, _ := diskStorage(place).Get(t.Context(), keyPrefix+"cpu")
	if raw != nil {
		require.NoError(t, json.Unmarshal(raw, &p))
	}
	return p
}

// assertRepeats makes sure that of every time only as many points came again as were
// delivered but not stored.
func (p *storedProgress) assertRepeats(t *testing.T, before, after deliveries) {
	t.Helper()
	mayRepeat, repeated := make(map[int64]int), make(map[int64]int)
	for key, n := range after.counts {
		at := timeOf(t, key)
		if before.counts[key] > 0 {
			mayRepeat[at]++
			repeated[at] += n - before.counts[key]
		} else {
			assert.Equal(t, 1, n, "%s came twice in one life", key)
		}
	}
	for at, n := range repeated {
		allowed := mayRepeat[at]
		if at <= p.Watermark {
			allowed = 0
		}
		for i, open := range p.Open {
			for series := 8; open == at && series < len(p.Series); series += 9 {
				allowed -= int(p.Series[series]>>i) & 1
			}
		}
		assert.LessOrEqual(t, n, allowed, "points of %d s came again", (at-t0.UnixMilli())/1000)
	}
}

func timeOf(t *testing.T, key string) int64 {
	t.Helper()
	_, text, _ := strings.Cut(key, "@")
	at, err := strconv.ParseInt(text, 10, 64)
	require.NoError(t, err)
	return at
}

// TestReceiverProcess is what is killed: a receiver with a storage on disk.
func TestReceiverProcess(t *testing.T) {
	playRole(t)
	place := os.Getenv("PLACE")
	file, err := os.OpenFile(filepath.Join(place, "delivered"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	require.NoError(t, err)
	defer file.Close()
	next, err := consumer.NewMetrics(func(_ context.Context, md pmetric.Metrics) error {
		s := newSink()
		if err := s.ConsumeMetrics(t.Context(), md); err != nil {
			return err
		}
		lines := new(strings.Builder)
		lines.WriteString("\n") // behind a line that was cut off
		for key, v := range s.points {
			fmt.Fprintf(lines, "%s\t%v%s", key, v, lineEnd)
		}
		if _, err := file.WriteString(lines.String()); err != nil {
			return err
		}
		fmt.Println("delivered", len(s.points))
		return nil
	})
	require.NoError(t, err)
	c := testConfig(&signalflowtest.Server{})
	c.StreamURL, c.Storage = os.Getenv("URL"), &storageID
	c.Programs[0].Start = Moment(os.Getenv("START"))
	h := newHost()
	h.extensions = map[component.ID]component.Component{storageID: diskStorage(place)}
	r, err := NewFactory().CreateMetrics(t.Context(), receivertest.NewNopSettings(metadata.Type), c, next)
	require.NoError(t, err)
	r.(*signalflowReceiver).saveInterval = time.Millisecond
	require.NoError(t, r.Start(t.Context(), h))
	untilLeashIsCut()
	stop(t, r.(*signalflowReceiver))
}

// diskStorage keeps each value in a file of a directory.
type diskStorage string

func (diskStorage) Start(context.Context, component.Host) error { return nil }
func (diskStorage) Shutdown(context.Context) error              { return nil }
func (d diskStorage) GetClient(context.Context, component.Kind, component.ID, string) (storage.Client, error) {
	return d, nil
}

func (d diskStorage) file(key string) string { return filepath.Join(string(d), url.PathEscape(key)) }

func (d diskStorage) Get(_ context.Context, key string) ([]byte, error) {
	value, err := os.ReadFile(d.file(key))
	if os.IsNotExist(err) {
		return nil, nil
	}
	return value, err
}

func (d diskStorage) Set(_ context.Context, key string, value []byte) error {
	if err := os.WriteFile(d.file(key)+"~", value, 0o600); err != nil {
		return err
	}
	return os.Rename(d.file(key)+"~", d.file(key))
}

func (d diskStorage) Delete(_ context.Context, key string) error         { return os.Remove(d.file(key)) }
func (d diskStorage) Batch(context.Context, ...*storage.Operation) error { return nil }
func (d diskStorage) Close(context.Context) error                        { return nil }
