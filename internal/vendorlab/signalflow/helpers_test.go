package signalflow

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/clock"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/faults"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalfx"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// begin is what the clock of every test shows first, in Unix milliseconds.
const begin = int64(1_700_000_000_000)

// room is a server on a loopback port, with a clock that stands still.
type room struct {
	t       *testing.T
	server  *Server
	store   *store.Store
	faults  *faults.Set
	clock   *clock.Manual
	catalog *signalfx.Catalog
	url     string
}

func newRoom(t *testing.T, c Config) *room {
	t.Helper()
	manual := clock.NewManual(time.UnixMilli(begin))
	r := &room{t: t, clock: manual, store: store.New(store.Options{Now: manual.Now}), faults: faults.NewSet(), catalog: signalfx.NewCatalog()}
	c.Store, c.Faults, c.Clock, c.Catalog = r.store, r.faults, manual, r.catalog
	r.server = New(c)
	ctx, stop := context.WithCancel(context.Background())
	listening := httptest.NewUnstartedServer(exchange.Record(Vendor, r.store, r.faults.Inject(Vendor, r.server)))
	listening.Config.BaseContext = func(net.Listener) context.Context { return ctx }
	listening.Start()
	r.url = listening.URL
	t.Cleanup(func() {
		stop()
		http.DefaultClient.CloseIdleConnections()
		listening.Close()
		r.server.Wait()
	})
	return r
}

// point stores a point of a gauge of a host, at a number of seconds from the beginning.
func (r *room) point(metric, host string, second int, value float64) {
	r.store.AddSamples(signalfx.Vendor, []store.Sample{{
		Metric: metric, Type: "gauge", Dimensions: store.Dimensions{{Key: "host", Value: host}},
		Timestamp: at(second), Value: store.Double(value),
	}})
}

// describe tells the metadata API about a dimension.
func (r *room) describe(dimension, body string) {
	r.t.Helper()
	api := exchange.Record(signalfx.Vendor, r.store, signalfx.New(signalfx.Config{Store: r.store, Catalog: r.catalog}))
	request := httptest.NewRequest("PUT", "/v2/dimension/"+dimension, strings.NewReader(body))
	request.Header.Set("X-SF-Token", "t")
	request.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	api.ServeHTTP(answer, request)
	require.Equal(r.t, 200, answer.Code)
}

// at is a number of seconds from the beginning, in Unix milliseconds.
func at(second int) int64 { return begin + int64(second)*1000 }

// client is a WebSocket client with a decoder of its own.
type client struct {
	t    *testing.T
	conn *websocket.Conn
}

func (r *room) dial() *client {
	r.t.Helper()
	conn, response, err := websocket.Dial(r.t.Context(), r.url+ConnectPath, nil)
	require.NoError(r.t, err)
	if response.Body != nil {
		_ = response.Body.Close()
	}
	conn.SetReadLimit(-1)
	r.t.Cleanup(func() { _ = conn.CloseNow() })
	return &client{r.t, conn}
}

// connect dials and authenticates.
func (r *room) connect() *client {
	r.t.Helper()
	c := r.dial()
	c.send(`{"type":"authenticate","token":"some-token"}`)
	require.Equal(r.t, "authenticated", c.next().kind)
	return c
}

func (c *client) send(text string) {
	c.t.Helper()
	require.NoError(c.t, c.conn.Write(c.t.Context(), websocket.MessageText, []byte(text)))
}

// execute runs a program on channel c; more is further members such as `"start":1,`.
func (c *client) execute(program, more string) {
	c.t.Helper()
	text, err := json.Marshal(program)
	require.NoError(c.t, err)
	c.send(fmt.Sprintf(`{"type":"execute","channel":"c",%s"program":%s}`, more, text))
}

// received is a message of the server.
type received struct {
	kind    string // the type
	binary  bool
	header  []byte // of a binary frame
	members map[string]any
	text    string
	time    int64
	values  map[string]string // by tsId
}

func (c *client) next() received {
	c.t.Helper()
	kind, body, err := c.conn.Read(c.t.Context())
	require.NoError(c.t, err)
	return decode(c.t, kind == websocket.MessageBinary, body)
}

// closed reads until the connection ends and returns its close code, -1 for none.
func (c *client) closed() (code int, before []received) {
	c.t.Helper()
	for {
		kind, body, err := c.conn.Read(c.t.Context())
		if err != nil {
			return int(websocket.CloseStatus(err)), before
		}
		before = append(before, decode(c.t, kind == websocket.MessageBinary, body))
	}
}

// until reads up to and including the first message that is the one.
func (c *client) until(is func(received) bool) (all []received) {
	c.t.Helper()
	for {
		m := c.next()
		if all = append(all, m); is(m) {
			return all
		}
	}
}

// one reads up to the first message that is the one, and returns it.
func (c *client) one(is func(received) bool) received {
	c.t.Helper()
	all := c.until(is)
	return all[len(all)-1]
}

func event(name string) func(received) bool {
	return func(m received) bool { return m.members["event"] == name }
}

func kind(name string) func(received) bool { return func(m received) bool { return m.kind == name } }

var kinds = map[byte]string{1: "control-message", 2: "message", 3: "event", 4: "metadata", 5: "data", 6: "error", 8: "computation-started", 9: "estimation", 10: "expired-tsid"}

func decode(t *testing.T, binary bool, body []byte) received {
	t.Helper()
	if !binary {
		return decodeJSON(t, body)
	}
	require.GreaterOrEqual(t, len(body), 20)
	header, body := body[:20], body[20:]
	messageType, flags := header[1], header[2]
	if header[0] == 2 {
		messageType, flags = header[2], header[3]
	}
	if flags&1 != 0 {
		body = inflate(t, body)
	}
	var m received
	if flags&2 != 0 {
		m = decodeJSON(t, body)
		require.Equal(t, strings.TrimRight(string(header[4:]), "\x00"), m.members["channel"])
	} else {
		m = decodeData(t, header[0], body)
	}
	require.Equal(t, kinds[messageType], m.kind)
	m.binary, m.header = true, header
	return m
}

func inflate(t *testing.T, body []byte) []byte {
	t.Helper()
	var reader io.Reader
	var err error
	if body[0] == 0x78 {
		reader, err = zlib.NewReader(bytes.NewReader(body))
	} else {
		reader, err = gzip.NewReader(bytes.NewReader(body))
	}
	require.NoError(t, err)
	out, err := io.ReadAll(reader)
	require.NoError(t, err)
	return out
}

func decodeJSON(t *testing.T, body []byte) received {
	t.Helper()
	m := received{text: string(body)}
	require.NoError(t, json.Unmarshal(body, &m.members), string(body))
	m.kind, _ = m.members["type"].(string)
	return m
}

func decodeData(t *testing.T, version byte, body []byte) received {
	t.Helper()
	m := received{kind: "data", values: map[string]string{}, time: int64(binary.BigEndian.Uint64(body))}
	body = body[8:]
	if version > 1 {
		body = body[8:]
	}
	n := int(binary.BigEndian.Uint32(body))
	body = body[4:]
	require.Len(t, body, 17*n)
	for ; len(body) > 0; body = body[17:] {
		id := base64.RawURLEncoding.EncodeToString(body[1:9])
		bits := binary.BigEndian.Uint64(body[9:])
		switch body[0] {
		case 0:
			m.values[id] = "null"
		case 1:
			m.values[id] = fmt.Sprint(int64(bits), "l")
		case 2:
			m.values[id] = fmt.Sprint(math.Float64frombits(bits))
		case 3:
			m.values[id] = fmt.Sprint(int64(bits), "i")
		}
	}
	return m
}

// story writes messages short: control events and info codes by name, metadata by
// label and host, data by second and the values of hosts.
func story(all []received) []string {
	hosts := map[string]string{}
	var lines []string
	for _, m := range all {
		switch m.kind {
		case "control-message":
			lines = append(lines, fmt.Sprint(m.members["event"]))
		case "message":
			lines = append(lines, fmt.Sprint(m.members["message"].(map[string]any)["messageCode"]))
		case "metadata":
			properties := m.members["properties"].(map[string]any)
			name := fmt.Sprint(properties["sf_streamLabel"], "/", properties["host"])
			hosts[m.members["tsId"].(string)] = name
			lines = append(lines, "metadata "+name)
		case "data":
			line := fmt.Sprintf("data %d", (m.time-begin)/1000)
			var values []string
			for id, value := range m.values {
				values = append(values, " "+hosts[id]+"="+value)
			}
			lines = append(lines, line+strings.Join(slices.Sorted(slices.Values(values)), ""))
		default:
			lines = append(lines, m.kind)
		}
	}
	return lines
}
