package e2e

import (
	"testing"
	"time"

	"github.com/otelcol-custom/otelcol-custom/e2e/harness"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/faults"
)

// The vendor is slower than the exporter's timeout, or stops in the middle of reading.
func TestSlowVendor(t *testing.T) {
	t.Parallel()
	const timeout = 2 * time.Second
	const hang = faults.Duration(5 * timeout)
	slow := []struct {
		name  string
		short bool
		fault faults.Fault
	}{
		{name: "slower than the timeout", short: true, fault: faults.Fault{Latency: hang, Count: 2}},
		{name: "stalled read", fault: faults.Fault{Stall: hang, Count: 2}},
	}
	forTargets(t, func(t *testing.T, tg *target) {
		r := startRig(t, tg, func(c *harness.Config) { c.More = "timeout: " + timeout.String() })
		for _, o := range slow {
			for _, s := range tg.takes() {
				if !long && (!o.short || s != harness.Metrics) {
					continue
				}
				sh := r.ship(o.name, s)
				unanswered := r.attempts("none")
				r.fault(o.fault)
				sh.send(tg.items(s))
				e := tg.afterBreak(false)
				r.eventually("the fault is used up", func() bool { return len(r.lab.Faults.List()) == 0 })
				r.eventually("everything", func() bool { got, _ := r.arrived(s, sh.id); return got >= sh.in })
				r.idle()
				// A machine that is busy may be late on its own account: then something comes twice.
				if r.attempts("none")-unanswered > o.fault.Count {
					e = expect{anyAgain: true, note: "late answers"}
				}
				sh.settle(e)
				r.lab.Faults.Clear()
			}
		}
	})
}
