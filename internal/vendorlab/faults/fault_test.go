package faults

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func share(p float64) *float64 { return &p }

func TestValidate(t *testing.T) {
	for _, test := range []struct {
		name  string
		fault Fault
		want  string // part of the error; empty: valid
	}{
		{"status", Fault{Status: 503, RetryAfter: 3}, ""},
		{"everything", Fault{Status: 500, Latency: 1, Partial: share(0.5), Path: "/v2/*", Count: 2}, ""},
		{"nothing", Fault{Path: "/"}, "at least one of"},
		{"status that is none", Fault{Status: 99}, "status: 99"},
		{"retry-after without a status", Fault{Latency: 1, RetryAfter: 1}, "needs a status"},
		{"body without a status", Fault{Latency: 1, Body: "x"}, "body: needs a status"},
		{"negative latency", Fault{Latency: -1}, "latency:"},
		{"endless stall", Fault{Stall: Duration(time.Hour)}, "stall:"},
		{"unknown reset", Fault{Reset: "both"}, "reset:"},
		{"share above one", Fault{Partial: share(1.5)}, "partial:"},
		{"star in the middle", Fault{Status: 500, Path: "/a*b"}, "path:"},
		{"negative count", Fault{Status: 500, Count: -1}, "count:"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := test.fault.Validate()
			if test.want == "" {
				assert.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, test.want)
		})
	}
}

func TestMatching(t *testing.T) {
	for _, test := range []struct {
		name  string
		fault Fault
		want  bool
	}{
		{"all", Fault{}, true},
		{"vendor", Fault{Vendor: "signalfx"}, true},
		{"other vendor", Fault{Vendor: "librato"}, false},
		{"path", Fault{Path: "/v2/event"}, true},
		{"path that goes on", Fault{Path: "/v2"}, false},
		{"prefix", Fault{Path: "/v2/*"}, true},
		{"other prefix", Fault{Path: "/v1/*"}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			assert.Equal(t, test.want, test.fault.matches("signalfx", "/v2/event"))
		})
	}
}

func TestVendorThatIsThere(t *testing.T) {
	s := NewSet("signalfx", "wavefront", "wavefront-proxy")
	for vendor, want := range map[string]string{
		"": "", "signalfx": "", "wavefront": "", "wavefront-proxy": "",
		"signalfix": `vendor: "signalfix" is none of signalfx, wavefront, wavefront-proxy`,
		"wave":      `vendor: "wave" is none of`,
	} {
		_, err := s.Add(Fault{Vendor: vendor, Status: 503})
		if want == "" {
			assert.NoError(t, err, vendor)
			continue
		}
		assert.ErrorContains(t, err, want)
	}
	assert.Len(t, s.List(), 4)
}

func TestFaultIsUsedUp(t *testing.T) {
	s := NewSet()
	_, err := s.Add(Fault{Status: 500, Count: 2})
	require.NoError(t, err)
	kept, err := s.Add(Fault{Status: 429})
	require.NoError(t, err)

	statuses := []int{}
	for range 3 {
		fault, ok := s.take("v", "/")
		require.True(t, ok)
		statuses = append(statuses, fault.Status)
	}
	assert.Equal(t, []int{500, 500, 429}, statuses)
	assert.Equal(t, []Fault{{ID: 2, Hits: 1, Status: 429}}, s.List())

	assert.True(t, s.Remove(kept.ID))
	assert.False(t, s.Remove(kept.ID))
	_, ok := s.take("v", "/")
	assert.False(t, ok)
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	assert.Empty(t, (&Fault{}).retryAfter(now))
	assert.Equal(t, "30", (&Fault{RetryAfter: 30}).retryAfter(now))
	assert.Equal(t, "Fri, 02 Jan 2026 03:04:35 GMT", (&Fault{RetryAfter: 30, RetryAfterDate: true}).retryAfter(now))
}

func TestFaultAsJSON(t *testing.T) {
	var fault Fault
	require.NoError(t, json.Unmarshal([]byte(`{"latency":"250ms","partial":0}`), &fault))
	assert.Equal(t, "latency 250ms, partial 0", fault.String())
	got, err := json.Marshal(fault)
	require.NoError(t, err)
	assert.JSONEq(t, `{"id":0,"hits":0,"latency":"250ms","partial":0}`, string(got))
	assert.ErrorContains(t, json.Unmarshal([]byte(`{"latency":"soon"}`), &fault), "250ms")
}
