package browser

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
)

func start(t *testing.T, c vendorlab.Config) *vendorlab.Lab {
	t.Helper()
	lab, err := vendorlab.Start(c)
	require.NoError(t, err)
	t.Cleanup(lab.Close)
	return lab
}

// send posts a body with good credentials for every vendor and returns the answer's status.
func send(t *testing.T, method, url, contentType, body string) int {
	t.Helper()
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("X-SF-Token", "some-secret-token")
	request.Header.Set("Authorization", "Bearer some-secret-token")
	if strings.Contains(url, "/v1/") {
		request.SetBasicAuth("some-secret-token", "")
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	require.NoError(t, err)
	return response.StatusCode
}

const (
	jsonType = "application/json"
	textType = "text/plain"
	formType = "application/x-www-form-urlencoded"
)

// fill sends every kind of data to every vendor: a minute of it, up to now.
func fill(t *testing.T, lab *vendorlab.Lab) {
	t.Helper()
	now := time.Now()
	var sfx, lines, tagged []string
	for i := range 60 {
		at := now.Add(time.Duration(i-59) * time.Second)
		wave := 50 + 40*math.Sin(float64(i)/8)
		for host, shift := range map[string]float64{"a": 0, "b": 7} {
			sfx = append(sfx, fmt.Sprintf(`{"metric":"cpu.utilization","value":%g,"timestamp":%d,"dimensions":{"host":%q,"test_id":"run-1"}}`, wave+shift, at.UnixMilli(), host))
		}
		lines = append(lines, fmt.Sprintf("request.latency %g %d source=web-1 unit=ms", wave*3, at.Unix()))
		tagged = append(tagged, fmt.Sprintf(`{"name":"disk.used","value":%g,"time":%d,"tags":{"host":"a"},"attributes":{"display_units_short":"By"}}`, (100-wave)*1e7, at.Unix())) // no line covers another
	}
	ok := func(want int, got int) {
		t.Helper()
		require.Equal(t, want, got)
	}
	ok(200, send(t, "POST", lab.SignalFx.URL()+"/v2/datapoint", jsonType, `{"gauge":[`+strings.Join(sfx, ",")+`]}`))
	ok(200, send(t, "PUT", lab.SignalFx.URL()+"/v2/metric/cpu.utilization", jsonType, `{"type":"GAUGE","customProperties":{"unit":"%"}}`))
	ok(200, send(t, "PUT", lab.SignalFx.URL()+"/v2/dimension/host/a", jsonType, `{"customProperties":{"owner":"me"},"tags":["prod"]}`))
	ok(200, send(t, "POST", lab.SignalFx.URL()+"/v2/event", jsonType, fmt.Sprintf(`[{"category":"USER_DEFINED","eventType":"deploy","dimensions":{"service":"cart"},"properties":{"version":"1.2.3"},"timestamp":%d}]`, now.Add(-20*time.Second).UnixMilli())))
	ok(202, send(t, "POST", lab.Wavefront.URL()+"/report?f=wavefront", textType, strings.Join(lines, "\n")+"\nthis is no line"))
	ok(202, send(t, "POST", lab.Wavefront.URL()+"/report?f=trace", textType, trace(now)))
	ok(202, send(t, "POST", lab.Wavefront.URL()+"/report?f=spanLogs", textType, fmt.Sprintf(
		`{"traceId":"7b3bf470-9456-11e8-9eb6-529269fb1459","spanId":"0313bafe-9457-11e8-9eb6-529269fb1460","logs":[{"timestamp":%d,"fields":{"event":"cache miss"}}]}`, now.UnixMicro()+90_000)))
	ok(200, send(t, "PUT", lab.Wavefront.URL()+"/api/v2/source/web-1/tag/production", "", ""))
	ok(202, send(t, "POST", lab.Librato.URL()+"/v1/measurements", jsonType, `{"measurements":[`+strings.Join(tagged, ",")+`]}`))
	ok(201, send(t, "POST", lab.Librato.URL()+"/v1/annotations/deploys", formType, fmt.Sprintf("title=v1.2.3&start_time=%d&end_time=%d", now.Unix()-40, now.Unix()-30)))
}

// trace is a request with a query inside.
func trace(now time.Time) string {
	const ids = "source=web-1 traceId=7b3bf470-9456-11e8-9eb6-529269fb1459 application=shop service=cart"
	return fmt.Sprintf("checkout %s spanId=0313bafe-9457-11e8-9eb6-529269fb1459 %d 343\n", ids, now.UnixMilli()) +
		fmt.Sprintf("SELECT %s spanId=0313bafe-9457-11e8-9eb6-529269fb1460 parent=0313bafe-9457-11e8-9eb6-529269fb1459 error=true %d 120\n", ids, now.UnixMilli()+80)
}
