package e2e

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/e2e/harness"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/faults"
)

// The token is on none of the collector's pages, in no log, not even one at debug level of a vendor
// that repeats it in its answers, nor in what the process writes when it crashes.
func TestSecretsAreNowhere(t *testing.T) {
	t.Parallel()
	forTargets(t, func(t *testing.T, tg *target) {
		if !strings.Contains(tg.settings, token) {
			return // a proxy without tokens
		}
		zpages, pprof, health := harness.FreeAddress(t), harness.FreeAddress(t), harness.FreeAddress(t)
		r := startRig(t, tg, func(c *harness.Config) {
			c.Whole = fmt.Sprintf(`
extensions: {zpages: {endpoint: "%s"}, pprof: {endpoint: "%s"}, health_check: {endpoint: "%s"}}
service: {extensions: [queue_check, file_storage, zpages, pprof, health_check], telemetry: {logs: {level: debug}}}`, zpages, pprof, health)
		})
		for _, f := range []faults.Fault{
			{Status: 500, Body: "no: Bearer " + token + " X-SF-Token " + token, Count: 2},
			{Status: 400, Body: `{"errors":["` + token + `"]}`, Count: 2},
			{Status: 401, Body: "<html>" + token, Count: 2},
			{Reset: faults.ResetRequest, Count: 2},
		} {
			r.fault(f)
			for _, s := range tg.takes() {
				r.collector.Send(s, s.Batch(tg.key, newID(s), 0, 50))
			}
			r.idle()
			r.lab.Faults.Clear()
		}
		for _, url := range []string{
			"http://" + zpages + "/debug/servicez", "http://" + zpages + "/debug/pipelinez", "http://" + zpages + "/debug/extensionz",
			"http://" + zpages + "/debug/featurez", "http://" + zpages + "/debug/tracez", "http://" + pprof + "/debug/pprof/goroutine?debug=2",
			"http://" + pprof + "/debug/pprof/cmdline", "http://" + health + "/", r.collector.MetricsURL(),
		} {
			resp, err := http.Get(url)
			require.NoError(t, err)
			page, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			_ = resp.Body.Close()
			assert.NotContains(t, string(page), token, url)
		}
		r.collector.Dump()
		require.True(t, r.collector.Log.Contains("goroutine "), "the crash was dumped")
		r.secretFree()
	})
}

// A configuration that says nothing of addresses listens on loopback only, and shows no secret.
func TestDefaultsListenOnLoopback(t *testing.T) {
	t.Parallel()
	c := harness.New(t, harness.Config{})
	said := c.Describe(`
extensions: {health_check: , pprof: , zpages: }
receivers: {otlp: {protocols: {grpc: , http: }}}
exporters:
  signalfx: {realm: us0, access_token: ` + token + `}
  wavefront: {endpoint: "https://example.com", token: ` + token + `}
  librato: {endpoint: "https://example.com", token: ` + token + `}
service:
  extensions: [health_check, pprof, zpages]
  pipelines: {metrics: {receivers: [otlp], exporters: [signalfx, wavefront, librato]}}
`)
	assert.NotContains(t, said, token)
	listening := 0
	for _, match := range regexp.MustCompile(`(?m)^\s*(?:endpoint|host): "?([^\s"]*)"?$`).FindAllStringSubmatch(said, -1) {
		if at := match[1]; at != "" && !strings.HasPrefix(at, "https://") {
			listening++
			assert.Regexp(t, `^(localhost|127\.0\.0\.1)(:\d+)?$`, at)
		}
	}
	assert.GreaterOrEqual(t, listening, 5, "addresses in:\n%s", said)
}

// A vendor, or whatever answers in its place, may answer without end: no more than a bounded part is
// read, and the memory stays what it was.
func TestAnswersWithoutEnd(t *testing.T) {
	t.Parallel()
	const most = 256 << 20 // of one answer: the buffers of the operating system take up to 32 MiB of what nobody reads
	forTargets(t, func(t *testing.T, tg *target) {
		if tg.tcp {
			return
		}
		for _, status := range []int{http.StatusOK, http.StatusInternalServerError} {
			written := make(chan int, 1000)
			page := bytes.Repeat([]byte("x"), 64<<10)
			endless := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				w.WriteHeader(status)
				n := 0
				for r.Context().Err() == nil && n < 2*most {
					more, err := w.Write(page)
					n += more
					if err != nil {
						break
					}
				}
				select {
				case written <- n:
				default:
				}
			}))
			t.Cleanup(endless.Close)
			r := newRig(t, tg)
			r.collector = harness.Start(t, tg.configTo(endless.URL, ""))
			s := harness.Metrics
			r.collector.Send(s, s.Batch(tg.key, newID(s), 0, 100))
			select {
			case n := <-written:
				assert.Less(t, n, most, "bytes of an answer with status %d", status)
			case <-time.After(harness.Patience):
				require.Fail(t, "no request came")
			}
			r.secretFree()
		}
	})
}
