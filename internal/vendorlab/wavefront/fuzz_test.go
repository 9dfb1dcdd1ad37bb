package wavefront

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// Whatever the body: an answer, no crash, and everything that is kept can be shown.
func fuzzBody(f *testing.F, method, path string, headers []string, seeds ...string) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r := newRoom(t, Config{})
		for _, handler := range []http.Handler{r.direct, r.proxied} {
			if answer := send(handler, method, path, body, headers...); answer.Code >= 500 {
				t.Fatalf("status %d", answer.Code)
			}
		}
		r.checkShown()
	})
}

func (r *room) checkShown() {
	page, _ := r.store.Series(store.Query{})
	for _, kept := range []any{page, r.store.Events(0, 0), r.store.Traces(0, 0), r.store.SpanLogs(0, 0), r.store.Rejections(0, 0), r.store.Requests(0, 0), r.config.Sources.All()} {
		if _, err := json.Marshal(kept); err != nil {
			r.t.Fatalf("cannot be shown: %v", err)
		}
	}
}

func FuzzMetricLines(f *testing.F) {
	fuzzBody(f, "POST", "/report?f=wavefront", nil,
		`"∆m" 1e3f 1552949700.5 source="a\"b" 'k'="#" host=h tag=t`, `~m -Infinity 1 = = = "`, "m 1e999 99999999999999999999999 source=\xff")
}

func FuzzHistogramLines(f *testing.F) {
	fuzzBody(f, "POST", "/report?f=histogram", nil, `!M 1552949700 #20 30.0 # 10 5.1 m source=s`, `!D #2147483647 1.7e308 #0 NaN m host=h`)
}

func FuzzSpanLines(f *testing.F) {
	fuzzBody(f, "POST", "/report?f=trace", nil,
		`op source=s`+ids+app+` k=1 k=2 1552949776000 1552949776343`, `op source=s`+ids+app+` 99999999999999999999999999 99999999999999999999999999`)
}

func FuzzSpanLogLines(f *testing.F) {
	fuzzBody(f, "POST", "/report?f=spanLogs", nil, `{"traceId":"`+trace1+`","spanId":"`+span1+`","logs":[{"timestamp":-1,"fields":{"a":"\ud800"}}]}`)
}

func FuzzDetectedLines(f *testing.F) {
	fuzzBody(f, "POST", "/report?f=event", nil, `@Event 1552949776 99999999999999999999 e k=1 k=2 host=h tag=t`,
		`@SourceTag action=add source=s a b`, `@SourceDescription source=s action=delete`, `!H #1 1 m`, `{}`, "m 1\n[1]")
}

func FuzzEventBody(f *testing.F) {
	fuzzBody(f, "POST", "/api/v2/event", []string{"Content-Type", "application/json"},
		`{"name":"e","startTime":1,"endTime":2,"annotations":{"a":"b"},"hosts":["h"],"tags":["t"]}`, `{"startTime":1e999}`, `null`)
}

func FuzzMultipart(f *testing.F) {
	fuzzBody(f, "POST", "/report", []string{"Content-Type", "multipart/form-data; boundary=x"}, "--x\r\nContent-Disposition: form-data; name=a\r\n\r\nm 1 source=s\r\n--x--\r\n")
}

func FuzzTokenExchange(f *testing.F) {
	fuzzBody(f, "POST", cspTokenPath, []string{"Content-Type", formType}, `grant_type=api_token&refresh_token=x`, `%`)
}

func FuzzGzip(f *testing.F) {
	fuzzBody(f, "POST", "/report", []string{"Content-Encoding", "gzip"}, "\x1f\x8b\x08\x00", "")
}

func FuzzSourceTags(f *testing.F) {
	fuzzBody(f, "POST", "/api/v2/source/s/tag", nil, `["a","b"]`, `[null]`, `[1]`)
}

// What is read from a connection does not depend on how it is cut into pieces.
func FuzzStream(f *testing.F) {
	f.Add([]byte("m 1 source=s\r\n\n@Event 1552949776 e\nnonsense\x04\nm 2"), 3)
	f.Fuzz(func(t *testing.T, stream []byte, at int) {
		at = max(0, min(at, len(stream)))
		whole, cut := newRoom(t, Config{}), newRoom(t, Config{})
		whole.stream(stream)
		cut.stream(stream[:at], stream[at:])
		whole.checkShown()
		first, second := whole.store.Stats().Vendors[Vendor], cut.store.Stats().Vendors[Vendor]
		if first.Points != second.Points || first.Events != second.Events || first.Rejected != second.Rejected {
			t.Fatalf("whole %+v, cut %+v", first.Counts, second.Counts)
		}
	})
}

func (r *room) stream(pieces ...[]byte) {
	local, remote := net.Pipe()
	go func() {
		defer remote.Close()
		for _, piece := range pieces {
			_, _ = remote.Write(piece)
		}
	}()
	NewProxy(r.config, r.faults).readLines(r.t.Context(), addressed{local}, bufio.NewReaderSize(local, lineBuffer))
}

// addressed gives a pipe the address that every pipe lacks.
type addressed struct{ net.Conn }

func (addressed) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 1} }

func BenchmarkMetricLines(b *testing.B) {
	body := bytes.Repeat([]byte(`"cpu.usage.user" 42.5 1552949700 source="host-1" "env"="prod" "az"="eu-1" "service"="cart"`+"\n"), 1000)
	r := newRoom(b, Config{Store: store.New(store.Options{Now: func() time.Time { return time.UnixMilli(arrival) }})})
	b.ReportAllocs()
	for b.Loop() {
		if answer := send(r.direct, "POST", "/report", body); answer.Code != 202 {
			b.Fatal(answer.Code)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/point")
}
