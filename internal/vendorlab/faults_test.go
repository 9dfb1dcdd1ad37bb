package vendorlab_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/faults"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

const twoGauges = `{"gauge":[{"metric":"a","value":1},{"metric":"b","value":2}]}`

// try sends two gauges and returns what came back, also when it broke off.
func try(lab *vendorlab.Lab, timeout time.Duration, body string) (status int, headers http.Header, answer string, err error) {
	client := &http.Client{Timeout: timeout, Transport: &http.Transport{DisableKeepAlives: true}}
	request, err := http.NewRequest(http.MethodPost, lab.SignalFx.URL()+"/v2/datapoint", bytes.NewReader([]byte(body)))
	if err != nil {
		return 0, nil, "", err
	}
	request.Header.Set("X-SF-Token", "some-token")
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return 0, nil, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, response.Header, string(text), err
}

func faulty(t *testing.T, fault faults.Fault) *vendorlab.Lab {
	lab := start(t, vendorlab.Config{})
	_, err := lab.Faults.Add(fault)
	require.NoError(t, err)
	return lab
}

func stored(lab *vendorlab.Lab) int {
	_, total := lab.Store.Series(store.Query{})
	return total
}

func share(p float64) *float64 { return &p }

// last waits for the newest request, which is stored after its answer was written.
func last(t *testing.T, lab *vendorlab.Lab) store.Request {
	t.Helper()
	require.NoError(t, lab.Store.Wait(t.Context(), func() bool { return len(lab.Store.Requests(0, 1)) > 0 }))
	return lab.Store.Requests(0, 1)[0]
}

func TestFaultsThatAnswer(t *testing.T) {
	for _, test := range []struct {
		name       string
		fault      faults.Fault
		status     int
		retryAfter string
		stored     int
	}{
		{"status", faults.Fault{Status: 503}, 503, "", 0},
		{"status with seconds to wait", faults.Fault{Status: 429, RetryAfter: 7}, 429, "7", 0},
		{"half is stored and it says so to nobody", faults.Fault{Partial: share(0.5)}, 200, "", 1},
		{"half is stored and all refused", faults.Fault{Partial: share(0.5), Status: 500}, 500, "", 1},
		{"all is stored and refused", faults.Fault{Partial: share(1), Status: 503, RetryAfter: 1}, 503, "1", 2},
		{"a short latency", faults.Fault{Latency: faults.Duration(time.Millisecond)}, 200, "", 2},
		{"another path", faults.Fault{Path: "/v2/event", Status: 500}, 200, "", 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			lab := faulty(t, test.fault)
			status, headers, _, err := try(lab, time.Minute, twoGauges)
			require.NoError(t, err)
			assert.Equal(t, test.status, status)
			assert.Equal(t, test.retryAfter, headers.Get("Retry-After"))
			assert.Equal(t, test.stored, stored(lab))
			assert.Equal(t, test.status, last(t, lab).Status)
			assert.Equal(t, test.fault.Path == "", last(t, lab).Fault != "")
		})
	}
}

func TestFaultsThatCut(t *testing.T) {
	for _, test := range []struct {
		name   string
		fault  faults.Fault
		stored int
	}{
		{"reset in the request", faults.Fault{Reset: faults.ResetRequest}, 0},
		{"reset in the response", faults.Fault{Reset: faults.ResetResponse}, 2},
		{"reset in the response after a half", faults.Fault{Reset: faults.ResetResponse, Partial: share(0.5)}, 1},
		{"stall", faults.Fault{Stall: faults.Duration(time.Millisecond)}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			lab := faulty(t, test.fault)
			_, _, answer, err := try(lab, time.Minute, twoGauges)
			assert.Error(t, err)
			assert.NotEqual(t, `"OK"`, answer)
			assert.Equal(t, test.stored, stored(lab))
			assert.Zero(t, last(t, lab).Status, "no answer was completed")
		})
	}
}

func TestStatusReachesAClientThatSendsMuch(t *testing.T) {
	lab := faulty(t, faults.Fault{Status: 503})
	status, _, _, err := try(lab, time.Minute, strings.Repeat(" ", 8<<20)+twoGauges)
	require.NoError(t, err)
	assert.Equal(t, 503, status)
}

func TestClosingCutsRequestsThatWait(t *testing.T) {
	for name, fault := range map[string]faults.Fault{
		"stall":   {Stall: faults.Duration(time.Minute), Count: 1},
		"latency": {Latency: faults.Duration(time.Minute), Count: 1},
	} {
		t.Run(name, func(t *testing.T) {
			lab := faulty(t, fault)
			failed := make(chan error)
			go func() {
				_, _, _, err := try(lab, time.Minute, twoGauges)
				failed <- err
			}()
			require.Eventually(t, func() bool { return len(lab.Faults.List()) == 0 }, 10*time.Second, time.Millisecond)
			lab.Close()
			assert.Error(t, <-failed)
			assert.Zero(t, stored(lab))
		})
	}
}

func TestFailTheNextTwo(t *testing.T) {
	lab := faulty(t, faults.Fault{Status: 500, Count: 2})
	var statuses []int
	for range 3 {
		status, _, _, err := try(lab, time.Minute, twoGauges)
		require.NoError(t, err)
		statuses = append(statuses, status)
	}
	assert.Equal(t, []int{500, 500, 200}, statuses)
}
