package faults

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEffectsOnStreams(t *testing.T) {
	half := 0.5
	for _, test := range []struct {
		name  string
		fault Fault
		share float64
		cut   bool
		takes time.Duration
	}{
		{"latency", Fault{Latency: Duration(time.Second)}, 1, false, time.Second},
		{"stall", Fault{Stall: Duration(time.Second)}, 0, true, time.Second},
		{"status", Fault{Status: 503}, 0, true, 0},
		{"reset in the request", Fault{Reset: ResetRequest}, 0, true, 0},
		{"reset in the response", Fault{Reset: ResetResponse}, 1, true, 0},
		{"partial", Fault{Partial: &half}, 0.5, false, 0},
		{"partial with a status", Fault{Partial: &half, Status: 503}, 0.5, true, 0},
		{"partial with a reset", Fault{Partial: &half, Reset: ResetResponse}, 0.5, true, 0},
		{"latency and status", Fault{Latency: Duration(time.Second), Status: 503}, 0, true, time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := NewSet()
				test.fault.Count = 1
				_, err := s.Add(test.fault)
				require.NoError(t, err)
				started := time.Now()
				effect := s.Stream(t.Context(), "v", "tcp")
				assert.Equal(t, test.takes, time.Since(started))
				assert.Equal(t, Effect{Fault: test.fault.String(), Share: test.share, Cut: test.cut}, effect)
				assert.Equal(t, Effect{Share: 1}, s.Stream(t.Context(), "v", "tcp"), "used up")
			})
		})
	}
}

func TestClosingEndsTheWaitOnAStream(t *testing.T) {
	s := NewSet()
	_, err := s.Add(Fault{Latency: Duration(time.Minute)})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	assert.Equal(t, Effect{Fault: "latency 1m0s", Cut: true}, s.Stream(ctx, "v", "tcp"))
}

func TestAVendorStandsForItsServices(t *testing.T) {
	for _, test := range []struct {
		fault, service string
		want           bool
	}{
		{"wavefront", "wavefront", true},
		{"wavefront", "wavefront-proxy", true},
		{"wavefront-proxy", "wavefront", false},
		{"wave", "wavefront", false},
		{"", "wavefront-proxy", true},
	} {
		f := Fault{Vendor: test.fault}
		assert.Equal(t, test.want, f.matches(test.service, "/"), "%s at %s", test.fault, test.service)
	}
}
