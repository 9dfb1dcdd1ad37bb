package e2e

import (
	"testing"
	"time"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/faults"
)

// outages are the ways in which a vendor, or what is in between, fails for a while. Everything must
// arrive, and once: twice only what a case says was taken without an answer that said so.
var outages = []struct {
	name  string
	short bool // part of the short form
	fault faults.Fault
	// taken says that the vendor stores what it then does not confirm, so that it comes again.
	taken bool
	// http says that the fault has no meaning over plain TCP.
	http bool
}{
	{name: "cut in the middle of the request", short: true, fault: faults.Fault{Reset: faults.ResetRequest, Count: 5}},
	{name: "cut in the middle of the answer", short: true, fault: faults.Fault{Reset: faults.ResetResponse, Count: 3}, taken: true},
	{name: "429, Retry-After in seconds", short: true, fault: faults.Fault{Status: 429, RetryAfter: 1, Count: 3}, http: true},
	{name: "429, Retry-After as a date", fault: faults.Fault{Status: 429, RetryAfter: 2, RetryAfterDate: true, Count: 3}, http: true},
	{name: "429 without Retry-After", fault: faults.Fault{Status: 429, Count: 5}, http: true},
	{name: "503", fault: faults.Fault{Status: 503, Count: 5}, http: true},
	{name: "503, Retry-After in seconds", fault: faults.Fault{Status: 503, RetryAfter: 1, Count: 3}, http: true},
	{name: "burst of 500", short: true, fault: faults.Fault{Status: 500, Count: 15}, http: true},
	{name: "burst of 502 with a page", fault: faults.Fault{Status: 502, Body: "<html>bad gateway</html>", Count: 15}, http: true},
	{name: "burst of 504", fault: faults.Fault{Status: 504, Count: 15}, http: true},
	{name: "408", fault: faults.Fault{Status: 408, Count: 5}, http: true},
	{name: "stored, yet 503", fault: faults.Fault{Status: 503, Partial: share(1), Count: 2}, taken: true},
	{name: "stored by half, then 503", fault: faults.Fault{Status: 503, Partial: share(0.5), Count: 2}, taken: true},
}

func share(f float64) *float64 { return &f }

func TestOutages(t *testing.T) {
	t.Parallel()
	forTargets(t, func(t *testing.T, tg *target) {
		r := startRig(t, tg)
		for _, o := range outages {
			if !o.short && !long || o.http && tg.tcp {
				continue
			}
			for _, s := range tg.takes() {
				sh := r.ship(o.name, s)
				r.fault(o.fault)
				sh.send(tg.items(s))
				sh.settle(tg.afterBreak(o.taken))
				r.lab.Faults.Clear()
			}
		}
		r.secretFree()
	})
}

// afterBreak is what may have happened to requests that were not confirmed.
func (tg *target) afterBreak(taken bool) expect {
	switch {
	case taken:
		return expect{anyAgain: true, note: "stored without an answer"}
	case tg.tcp:
		return expect{anyAgain: true, note: "read without a confirmation"}
	}
	return expect{}
}

// The vendor is away for a while, and comes back.
func TestDownAndBack(t *testing.T) {
	t.Parallel()
	forTargets(t, func(t *testing.T, tg *target) {
		r := startRig(t, tg)
		for _, s := range tg.takes() {
			sh := r.ship("down, then back", s)
			sh.send(tg.items(s) / 2)
			r.eventually("what was sent before", func() bool { got, _ := r.arrived(s, sh.id); return got == sh.in })
			r.idle()
			r.lab.Close()
			away := time.Now()
			sh.send(tg.items(s) / 2)
			r.eventually("a failed attempt", func() bool { return r.attempts("none") > 0 && r.queued() > 0 })
			time.Sleep(outage() - time.Since(away)) // the length of an outage, not a wait for something
			r.startLab()
			sh.settle(expect{})
		}
		r.secretFree()
	})
}
