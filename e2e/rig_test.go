package e2e

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/e2e/harness"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/faults"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// rig is a lab and a collector that sends to it.
type rig struct {
	*testing.T
	target    *target
	labConfig vendorlab.Config
	lab       *vendorlab.Lab
	collector *harness.Collector
}

// newRig starts a lab. The collector is the caller's to start.
func newRig(t *testing.T, tg *target) *rig {
	r := &rig{T: t, target: tg}
	r.labConfig.Options.AuditKey = tg.key
	r.labConfig.Options.Limits.AuditIdentities = 5_000_000
	r.startLab()
	t.Cleanup(func() { r.lab.Close() })
	return r
}

// startRig starts a lab and a collector.
func startRig(t *testing.T, tg *target, change ...func(*harness.Config)) *rig {
	r := newRig(t, tg)
	config := tg.config(r.lab)
	for _, c := range change {
		c(&config)
	}
	r.collector = harness.Start(t, config)
	return r
}

// startLab starts the lab, or starts it again where it was, with what it knew.
func (r *rig) startLab() {
	if r.labConfig.Store == nil {
		anyPort := harness.Host() + ":0"
		r.labConfig.SignalFx, r.labConfig.SignalFlow, r.labConfig.Librato = anyPort, anyPort, anyPort
		r.labConfig.Wavefront, r.labConfig.WavefrontProxy, r.labConfig.Listen = anyPort, anyPort, anyPort
	}
	lab, err := vendorlab.Start(r.labConfig)
	require.NoError(r, err)
	r.lab = lab
	r.labConfig.Store = lab.Store
	r.labConfig.SignalFlow, r.labConfig.Listen = lab.SignalFlow.Address(), lab.API.Address()
	r.labConfig.SignalFx, r.labConfig.Wavefront = lab.SignalFx.Address(), lab.Wavefront.Address()
	r.labConfig.WavefrontProxy, r.labConfig.Librato = lab.WavefrontProxy.Address(), lab.Librato.Address()
}

// fault switches one on at the exporter's vendor.
func (r *rig) fault(f faults.Fault) {
	_, err := r.lab.Faults.Add(f)
	require.NoError(r, err)
}

// wait waits for a condition on the lab.
func (r *rig) wait(what string, done func() bool) {
	r.Helper()
	ctx, cancel := context.WithTimeout(r.Context(), harness.Patience)
	defer cancel()
	require.NoError(r, r.lab.Store.Wait(ctx, done), "waited in vain: %s", what)
}

// eventually waits for a condition that nothing announces.
func (r *rig) eventually(what string, done func() bool) {
	r.Helper()
	for deadline := time.Now().Add(harness.Patience); !done(); time.Sleep(20 * time.Millisecond) {
		require.True(r, time.Now().Before(deadline), "waited in vain: %s", what)
	}
}

// arrived is how many different items of an id the lab has, and how many came again.
func (r *rig) arrived(s harness.Signal, id string) (distinct, again int) {
	if s == harness.Traces && r.target.sums {
		return r.summed(id)
	}
	for _, e := range r.lab.Store.Audit(id).Entries {
		return e.Distinct, int(e.Total) - e.Distinct
	}
	return 0, 0
}

// summed adds up the counts of the sums of spans. A sum that came again is one with the
// same time: the exporter makes no two for one period.
func (r *rig) summed(id string) (n, again int) {
	series, _ := r.lab.Store.Series(store.Query{Metric: "span.duration", Text: id})
	for _, s := range series {
		// With sources the id is what the source ends with, after the service, name, kind and status.
		if source, _ := s.Dimensions.Get("source"); source != id && !strings.HasSuffix(source, "."+id) {
			continue
		}
		_, points, _ := r.lab.Store.Points(s.ID)
		seen := map[string]bool{}
		for _, p := range points {
			h := p.Value.Histogram()
			if h == nil {
				continue
			}
			if key := fmt.Sprint(p.Timestamp, " ", p.Value); seen[key] {
				again += int(h.Count)
			} else {
				seen[key] = true
				n += int(h.Count)
			}
		}
	}
	return n, again
}

var ids atomic.Int64

// newID makes a name for what one case sends.
func newID(s harness.Signal) string { return fmt.Sprintf("%s-%d", s, ids.Add(1)) }

// shipment is what one case sends of one signal.
type shipment struct {
	*rig
	signal harness.Signal
	id     string
	in     int
	begun  time.Time
	before harness.Reasons
	line   harness.Line
}

// ship begins a case.
func (r *rig) ship(name string, s harness.Signal) *shipment {
	return &shipment{
		rig: r, signal: s, id: newID(s), begun: time.Now(), before: r.dropped(s),
		line: harness.Line{Case: name, Target: r.target.name, Signal: s},
	}
}

// dropped is what the exporter dropped of a signal until now.
func (r *rig) dropped(s harness.Signal) harness.Reasons {
	if !r.collector.Running() {
		return harness.Reasons{}
	}
	return r.collector.Counters().Dropped(`signal="` + string(s) + `"`)
}

// send sends n items in some requests, each until the collector accepts it.
func (s *shipment) send(n int) {
	s.Helper()
	for i := range requests {
		size := n / requests
		if i == requests-1 {
			size = n - size*(requests-1)
		}
		s.collector.Send(s.signal, s.signal.Batch(s.target.key, s.id, s.in, size))
		s.in += size
	}
}

// expect is what a case asks of the audit.
type expect struct {
	// again is how many items may arrive twice.
	again int
	// anyAgain says that there is no telling how many may.
	anyAgain bool
	// dropped is how many must have been dropped, and for which reason.
	dropped harness.Reasons
	note    string
}

// settle waits until everything has arrived or was dropped, prints the case's line and judges it.
func (s *shipment) settle(e expect) {
	s.Helper()
	want := s.in - e.dropped.Total()
	s.eventually(fmt.Sprintf("%d of %s", want, s.id), func() bool {
		got, _ := s.arrived(s.signal, s.id)
		return got >= want
	})
	s.idle()
	s.line.In, s.line.Took, s.line.Note = s.in, time.Since(s.begun), e.note
	s.line.Delivered, s.line.Duplicates = s.arrived(s.signal, s.id)
	s.line.Dropped = s.dropped(s.signal).Since(s.before)
	s.line.Print()
	assert.Equal(s, want, s.line.Delivered, "delivered of %s", s.id)
	if !e.anyAgain {
		assert.LessOrEqual(s, s.line.Duplicates, e.again, "duplicates of %s", s.id)
	}
	assert.Equal(s, e.dropped.String(), s.line.Dropped.String(), "dropped of %s", s.id)
	assert.Zero(s, s.lab.Store.Audit(s.id).Untracked)
}

// idle waits until the collector has nothing left to send: what would arrive twice has then.
func (r *rig) idle() {
	r.Helper()
	r.eventually("an empty queue", func() bool { return r.queued() == 0 })
}

// queued is how many items the collector's queues hold, those in flight included.
func (r *rig) queued() int { return r.collector.Counters().Sum(harness.QueueSize) }

// secretFree fails if the collector wrote the token anywhere.
func (r *rig) secretFree() {
	assert.False(r, strings.Contains(r.collector.Log.String(), "S3CRET"), "the collector's output holds the token")
}

// attempts is how many requests the exporter made that ended with a status, such as 2xx, or "none".
func (r *rig) attempts(status string) int {
	name := "otelcol_exporter_" + r.target.exporter + "_requests"
	if status == "none" && r.target.tcp {
		return r.collector.Counters().Sum(name, `outcome="retry"`) // there is no status over TCP
	}
	return r.collector.Counters().Sum(name, `status="`+status+`"`)
}

// series is the full name of a metric of the collector that has one series.
func (r *rig) series(name string) string {
	for key := range r.collector.Counters() {
		if base, _, _ := strings.Cut(key, "{"); base == name {
			return key
		}
	}
	require.Fail(r, "the collector has no metric "+name)
	return ""
}

func decimal(n int) string { return strconv.Itoa(n) }
