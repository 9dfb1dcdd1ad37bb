package e2e

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/e2e/harness"
)

// The disk is full while the vendor is down. The collector says so and refuses what it cannot
// keep, so that the sender keeps it; all that was accepted arrives. How large the requests are
// decides whether the database finds room to write down that it takes one out.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	forTargets(t, func(t *testing.T, tg *target) {
		for _, size := range []int{2000, 4000, 6000} {
			t.Run(decimal(size), func(t *testing.T) {
				t.Parallel()
				diskFull(t, tg, size)
			})
		}
	})
}

func diskFull(t *testing.T, tg *target, size int) {
	r := newRig(t, tg)
	r.collector = harness.New(t, tg.config(r.lab))
	// A limit on the size of files stands in for the disk's; 4 MiB in blocks of 512 bytes.
	r.collector.Wrap("sh", "-c", `trap "" XFSZ; ulimit -f 8192; exec "$@"`, "sh")
	r.collector.Start()
	r.lab.Close()
	s := harness.Metrics
	sh := r.ship("disk full while the vendor is down", s)
	refused := 0
	for refused < 3 {
		body := s.Batch(tg.key, sh.id, sh.in, size)
		status, err := r.collector.Offer(t.Context(), s, body, nil)
		require.NoError(t, err)
		if status == http.StatusOK {
			sh.in += size
			continue
		}
		assert.Contains(t, []int{429, 500, 503}, status)
		refused++
	}
	assert.True(t, r.collector.Log.Contains("file too large"), "a clear error")
	r.startLab()
	r.eventually("room again", func() bool { return r.queued() == 0 })
	sh.send(2000)
	sh.settle(expect{note: "refused while full"})
	assert.True(t, r.collector.Running())
	r.secretFree()
}

// damages are what a power failure or a bad disk leaves of a queue file.
var damages = []struct {
	name string
	do   func(t *testing.T, file *os.File, size int64)
}{
	{"cut in half", func(t *testing.T, file *os.File, size int64) { require.NoError(t, file.Truncate(size/2)) }},
	{"its beginning overwritten", func(t *testing.T, file *os.File, _ int64) { overwrite(t, file, 0, 2*4096) }},
	{"its middle overwritten", func(t *testing.T, file *os.File, size int64) { overwrite(t, file, 2*4096, size-2*4096) }},
	{"some pages overwritten", func(t *testing.T, file *os.File, size int64) {
		for at := int64(10 * 4096); at < size; at += 7 * 4096 {
			overwrite(t, file, at, 4096)
		}
	}},
}

func overwrite(t *testing.T, file *os.File, at, n int64) {
	_, err := file.WriteAt(bytes.Repeat([]byte{0xA5}, int(n)), at)
	require.NoError(t, err)
}

// A queue file that was damaged while the collector was down. The collector says so, saves what can be
// read of it, keeps the damaged file, and goes on: other queues are whole, and new data flows.
func TestDamagedQueue(t *testing.T) {
	t.Parallel()
	for _, d := range damages {
		if !long && d.name != "cut in half" {
			continue
		}
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			r := startRig(t, &targets[0])
			r.lab.Close()
			lost := r.ship("damaged queue file, "+d.name, harness.Metrics)
			for range 5 {
				lost.send(2000)
			}
			other := r.ship("another queue beside a damaged one", harness.Logs)
			other.send(40)
			r.collector.Terminate(harness.Patience)
			name := r.collector.QueueFile(harness.Metrics)
			file, err := os.OpenFile(name, os.O_RDWR, 0)
			require.NoError(t, err)
			info, err := file.Stat()
			require.NoError(t, err)
			d.do(t, file, info.Size())
			require.NoError(t, file.Close())
			r.startLab()
			r.collector.Start()
			assert.True(t, r.collector.Log.Contains("A queue file is damaged"), "a clear error")
			kept, err := filepath.Glob(name + ".damaged-*")
			require.NoError(t, err)
			assert.Len(t, kept, 1, "the damaged file is kept")
			other.settle(expect{})
			after := r.ship("after a damaged queue file", harness.Metrics)
			after.send(2000)
			after.settle(expect{})
			lost.line.In, lost.line.Took = lost.in, time.Since(lost.begun)
			lost.line.Delivered, lost.line.Duplicates = r.arrived(harness.Metrics, lost.id)
			lost.line.Note = "what could be read was saved"
			lost.line.Print()
			assert.Zero(t, lost.line.Duplicates)
		})
	}
}
