package signalflow

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow/signalflowtest"
)

const benchPoints = 10_000

// benchFrame has doubles of ids as far apart as hashes are.
func benchFrame(compression string) ([]byte, []TSID) {
	ids := make([]TSID, benchPoints)
	points := make([]signalflowtest.Point, benchPoints)
	for i := range points {
		ids[i] = TSID(uint64(i) * 0x9e3779b97f4a7c15)
		points[i] = signalflowtest.Double(uint64(ids[i]), float64(i%1000)/8)
	}
	return signalflowtest.DataFrame(form1, compression, "c1", vectorTime, 0, points...), ids
}

func benchComputation(tb testing.TB) *Computation {
	endpoint, err := ParseEndpoint("ws://localhost")
	if err != nil {
		tb.Fatal(err)
	}
	o, err := Options{Endpoint: endpoint, Token: "token"}.withDefaults()
	if err != nil {
		tb.Fatal(err)
	}
	return newComputation(o, new(counters))
}

func perPoint(b *testing.B) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchPoints, "ns/point")
}

// BenchmarkNext is all that happens to a data message between the socket and the
// caller, but for the queue's hand-over.
func BenchmarkNext(b *testing.B) {
	for _, compression := range []string{signalflowtest.Plain, signalflowtest.Gzip, signalflowtest.Zlib} {
		b.Run("compression="+compression, func(b *testing.B) {
			c := benchComputation(b)
			raw, ids := benchFrame(compression)
			for _, id := range ids {
				_, _ = c.catalog.put(id, []byte(`{"host":"web-1"}`))
			}
			b.ReportAllocs()
			for b.Loop() {
				_, f, err := parseFrame(raw)
				if err != nil || !c.queue.push(f) {
					b.Fatal("not queued", err)
				}
				m, err := c.Next(b.Context())
				if err != nil || m.(*Data).Unresolved != 0 {
					b.Fatal("not resolved", err)
				}
			}
			perPoint(b)
		})
	}
}

func BenchmarkDecodeData(b *testing.B) {
	raw, _ := benchFrame(signalflowtest.Plain)
	var d Data
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := decodeData(&d, form1, raw[headerSize:]); err != nil {
			b.Fatal(err)
		}
	}
	perPoint(b)
}

func BenchmarkDecodeDataJSON(b *testing.B) {
	var text strings.Builder
	text.WriteString(`{"logicalTimestampMs":1504064040000,"data":[`)
	for i := range benchPoints {
		if i > 0 {
			text.WriteByte(',')
		}
		fmt.Fprintf(&text, `{"tsId":%q,"value":%g}`, TSID(i), float64(i)/8)
	}
	text.WriteString("]}")
	raw := []byte(text.String())
	var d Data
	b.ReportAllocs()
	for b.Loop() {
		body, err := checkJSON(raw)
		if err == nil {
			_, err = decodeDataJSON(&d, body)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	perPoint(b)
}

// BenchmarkResolve shows what the guesses save against look-ups.
func BenchmarkResolve(b *testing.B) {
	for _, order := range []string{"same", "changing"} {
		b.Run("order="+order, func(b *testing.B) {
			c := newCatalog(MaxSeries)
			points := make([]Point, benchPoints)
			for i := range 100_000 {
				id := TSID(uint64(i) * 0x9e3779b97f4a7c15)
				_, _ = c.put(id, []byte(`{"host":"web-1"}`))
				points[i%benchPoints].TSID = id
			}
			b.ReportAllocs()
			for b.Loop() {
				if order == "changing" {
					c.first.next = nil
					for _, s := range c.series {
						s.next = nil
						break
					}
					for i := range points {
						if s := points[i].Series; s != nil {
							s.next = nil
						}
					}
				}
				if unresolved, _ := c.resolve(points); unresolved != 0 {
					b.Fatal(unresolved)
				}
			}
			perPoint(b)
		})
	}
}

func BenchmarkMetadata(b *testing.B) {
	c := newCatalog(MaxSeries)
	raw := typicalMetadata(1)
	b.ReportAllocs()
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		body, err := checkJSON(raw)
		if err != nil {
			b.Fatal(err)
		}
		id, properties, err := decodeMetadata(body)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = c.put(id, properties)
		c.remove(id)
	}
}

func BenchmarkSeries(b *testing.B) {
	c := newCatalog(MaxSeries)
	_, properties, err := decodeMetadata(typicalMetadata(1))
	if err != nil {
		b.Fatal(err)
	}
	s, _ := c.put(1, properties)
	b.ReportAllocs()
	for b.Loop() {
		for key, value := range s.Dimensions() {
			_, _ = io.WriteString(io.Discard, key)
			_, _ = io.WriteString(io.Discard, value.Text())
		}
	}
}
