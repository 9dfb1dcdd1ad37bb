package signalfx

import (
	"bytes"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/proto"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// arrival is what the clock of every test shows, in Unix milliseconds.
const arrival = int64(1_700_000_000_000)

// room is a server without a network.
type room struct {
	store   *store.Store
	handler http.Handler
}

func newRoom(c Config) *room {
	if c.Store == nil {
		c.Store = store.New(store.Options{Now: func() time.Time { return time.UnixMilli(arrival) }})
	}
	return &room{store: c.Store, handler: exchange.Record(Vendor, c.Store, New(c))}
}

// post sends a body with a token; headers are name and value in turn and win over the defaults.
func (r *room) post(path, contentType string, body []byte, headers ...string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
	request.Header.Set("X-SF-Token", "some-token")
	request.Header.Set("Content-Type", contentType)
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer := httptest.NewRecorder()
	r.handler.ServeHTTP(answer, request)
	return answer
}

// reasons lists the reasons of all rejections, the oldest first.
func (r *room) reasons() []Reason {
	var reasons []Reason
	for _, rejection := range r.store.Rejections(0, 0) {
		reasons = append([]Reason{Reason(rejection.Reason)}, reasons...)
	}
	return reasons
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	body, err := hex.DecodeString(text)
	require.NoError(t, err)
	return body
}

func marshal(t testing.TB, message proto.Message) []byte {
	t.Helper()
	body, err := proto.Marshal(message)
	require.NoError(t, err)
	return body
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

func letters(n int) string { return strings.Repeat("é", n) }
