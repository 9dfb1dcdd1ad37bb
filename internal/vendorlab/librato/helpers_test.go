package librato

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// arrival is what the clock of every test shows at first, in seconds.
const arrival = int64(1_700_000_000)

// room is the service without a network.
type room struct {
	t       testing.TB
	store   *store.Store
	account *Account
	now     time.Time
	handler http.Handler
}

func newRoom(t testing.TB, c Config) *room {
	r := &room{t: t, now: time.Unix(arrival, 0), account: NewAccount()}
	c.Store = store.New(store.Options{Now: func() time.Time { return r.now }})
	c.Account = r.account
	r.store = c.Store
	r.handler = exchange.Record(Vendor, c.Store, New(c))
	return r
}

// send answers a request with a token; headers are name and value in turn and win over the defaults.
func (r *room) send(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, path, strings.NewReader(body))
	request.SetBasicAuth("user@example.com", "some-token")
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer := httptest.NewRecorder()
	r.handler.ServeHTTP(answer, request)
	return answer
}

// ok sends a request that must be answered with that status, and decodes the answer.
func (r *room) ok(status int, method, path, body string) map[string]any {
	r.t.Helper()
	answer := r.send(method, path, body)
	require.Equal(r.t, status, answer.Code, "%s %s: %s", method, path, answer.Body)
	if answer.Body.Len() == 0 {
		return nil
	}
	var decoded map[string]any
	require.NoError(r.t, json.Unmarshal(answer.Body.Bytes(), &decoded), answer.Body)
	return decoded
}

// reasons lists the reasons of all rejections, the oldest first.
func (r *room) reasons() []Reason {
	var reasons []Reason
	for _, rejection := range r.store.Rejections(0, 0) {
		reasons = append([]Reason{Reason(rejection.Reason)}, reasons...)
	}
	return reasons
}

// only returns the one series that was stored.
func (r *room) only() store.Series {
	r.t.Helper()
	all, total := r.store.Series(store.Query{})
	require.Equal(r.t, 1, total, "series stored; rejected: %v", r.store.Rejections(0, 0))
	return all[0]
}

func (r *room) points() uint64 { return r.store.Stats().Vendors[Vendor].Points }

func long(n int) string { return strings.Repeat("x", n) }
