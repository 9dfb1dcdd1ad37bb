package signalfx

import (
	"fmt"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalfx/sfxpb"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// BenchmarkDatapoints posts gzip bodies of 1,000 points with 8 dimensions each.
func BenchmarkDatapoints(b *testing.B) {
	message := &sfxpb.DataPointUploadMessage{}
	for i := range 1000 {
		point := &sfxpb.DataPoint{Metric: proto.String(fmt.Sprint("metric.", i%100)), Value: &sfxpb.Datum{IntValue: proto.Int64(int64(i))}}
		for d := range 8 {
			point.Dimensions = append(point.Dimensions, dimension(fmt.Sprint("key", d), fmt.Sprint("value", i/100)))
		}
		message.Datapoints = append(message.Datapoints, point)
	}
	body := zipped(b, marshal(b, message))
	for name, options := range map[string]store.Options{"kept": {}, "discarded": {Discard: true}} {
		b.Run(name, func(b *testing.B) {
			r := newRoom(Config{Store: store.New(options)})
			b.ReportAllocs()
			for b.Loop() {
				if answer := r.post("/v2/datapoint", typeProtobuf, body, "Content-Encoding", "gzip"); answer.Code != 200 {
					b.Fatal(answer.Code)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/point")
		})
	}
}
