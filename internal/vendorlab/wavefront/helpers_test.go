package wavefront

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/faults"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// arrival is what the clock of every test shows at first, in Unix milliseconds.
const arrival = int64(1_552_949_776_000)

// room is the service and the proxy without a network.
type room struct {
	t       testing.TB
	config  Config
	store   *store.Store
	now     time.Time
	faults  *faults.Set
	direct  http.Handler
	proxied http.Handler
}

func newRoom(t testing.TB, c Config) *room {
	r := &room{t: t, now: time.UnixMilli(arrival), faults: faults.NewSet()}
	if c.Store == nil {
		c.Store = store.New(store.Options{Now: func() time.Time { return r.now }})
	}
	c = c.withDefaults()
	r.config, r.store = c, c.Store
	r.direct = exchange.Record(Vendor, c.Store, NewDirect(c))
	r.proxied = exchange.Record(Vendor, c.Store, NewProxy(c, r.faults))
	return r
}

// send answers a request with a token; headers are name and value in turn and win over the defaults.
func send(handler http.Handler, method, path string, body []byte, headers ...string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, path, bytes.NewReader(body))
	request.Header.Set("Authorization", "Bearer some-token")
	request.Header.Set("Content-Type", "application/octet-stream")
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)
	return answer
}

// report sends lines to the service.
func (r *room) report(format string, lines ...string) {
	r.t.Helper()
	answer := send(r.direct, http.MethodPost, "/report?f="+format, []byte(strings.Join(lines, "\n")+"\n"))
	require.Equal(r.t, http.StatusAccepted, answer.Code, answer.Body.String())
}

// viaProxy sends lines to the proxy.
func (r *room) viaProxy(format string, lines ...string) {
	r.t.Helper()
	answer := send(r.proxied, http.MethodPost, "/report?f="+format, []byte(strings.Join(lines, "\n")))
	require.Equal(r.t, http.StatusAccepted, answer.Code, answer.Body.String())
}

// reasons lists the reasons of all rejections, the oldest first.
func (r *room) reasons() []Reason {
	var reasons []Reason
	for _, rejection := range r.store.Rejections(0, 0) {
		reasons = append([]Reason{Reason(rejection.Reason)}, reasons...)
	}
	return reasons
}

// only returns the one series that was stored, with its points.
func (r *room) only() (store.Series, []store.Point) {
	r.t.Helper()
	all, total := r.store.Series(store.Query{})
	require.Equal(r.t, 1, total, "series stored; rejected: %v", r.store.Rejections(0, 0))
	series, points, _ := r.store.Points(all[0].ID)
	return series, points
}

func zipped(t testing.TB, body []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write(body)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return out.Bytes()
}
