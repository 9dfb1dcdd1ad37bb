package vendorlab_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/librato"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalfx"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalfx/sfxpb"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/wavefront"
)

// benchPoints is how many points a request of the benchmark holds.
const benchPoints = 5000

// BenchmarkDiscard is what a point costs the lab in a load test, decompression included.
func BenchmarkDiscard(b *testing.B) {
	var points []*sfxpb.DataPoint
	var lines, measurements strings.Builder
	for i := range benchPoints {
		host := fmt.Sprintf("host-%d", i%50)
		points = append(points, &sfxpb.DataPoint{
			Metric: proto.String("system.network.io"), Timestamp: proto.Int64(1_700_000_000_000), Value: &sfxpb.Datum{IntValue: proto.Int64(int64(i))},
			Dimensions: []*sfxpb.Dimension{{Key: proto.String("host.name"), Value: &host}, {Key: proto.String("device"), Value: proto.String("eth0")}},
		})
		fmt.Fprintf(&lines, "system.network.io %d 1700000000 source=%s device=eth0\n", i, host)
		fmt.Fprintf(&measurements, `,{"name":"system.network.io","value":%d,"time":1700000000,"tags":{"host":%q,"device":"eth0"}}`, i, host)
	}
	body, err := proto.Marshal(&sfxpb.DataPointUploadMessage{Datapoints: points})
	require.NoError(b, err)
	st := store.New(store.Options{Discard: true})
	for _, bench := range []struct {
		name, path, contentType string
		room                    http.Handler
		body                    []byte
	}{
		{"signalfx", "/v2/datapoint", "application/x-protobuf", signalfx.New(signalfx.Config{Store: st}), body},
		{"wavefront", "/report?f=wavefront", "application/octet-stream", wavefront.NewDirect(wavefront.Config{Store: st}), []byte(lines.String())},
		{"librato", "/v1/measurements", "application/json", librato.New(librato.Config{Store: st}), []byte(`{"measurements":[` + measurements.String()[1:] + `]}`)},
	} {
		b.Run(bench.name, func(b *testing.B) {
			var zipped bytes.Buffer
			writer := gzip.NewWriter(&zipped)
			_, _ = writer.Write(bench.body)
			require.NoError(b, writer.Close())
			handler := exchange.Record(bench.name, st, bench.room)
			before := st.Stats().Vendors[bench.name].Points
			for b.Loop() {
				request := httptest.NewRequest(http.MethodPost, bench.path, bytes.NewReader(zipped.Bytes()))
				request.Header.Set("Content-Type", bench.contentType)
				request.Header.Set("Content-Encoding", "gzip")
				request.Header.Set("X-SF-Token", "any")
				request.Header.Set("Authorization", "Bearer any")
				if bench.name == "librato" {
					request.SetBasicAuth("any", "")
				}
				handler.ServeHTTP(httptest.NewRecorder(), request)
			}
			require.Equal(b, uint64(b.N)*benchPoints, st.Stats().Vendors[bench.name].Points-before, "all are counted")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchPoints, "ns/point")
		})
	}
}
