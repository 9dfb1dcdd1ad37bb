package main

import (
	"time"

	"github.com/influxdata/telegraf"
	parser "github.com/influxdata/telegraf/plugins/parsers/wavefront"
	serializer "github.com/influxdata/telegraf/plugins/serializers/wavefront"
	"github.com/wavefronthq/wavefront-sdk-go/senders"
)

// sdkBatch is the SDK's default of lines in a request.
const sdkBatch = 10_000

// wavefrontPeers are the vendor's Go SDK, which encodes, compresses and sends, and
// Telegraf's serializer, which only encodes.
func wavefrontPeers(url string, bodies [][]byte) ([]contender, func(), error) {
	metrics, err := telegrafMetrics(bodies)
	if err != nil {
		return nil, nil, err
	}
	sender, err := senders.NewSender(url, senders.APIToken("bench"), senders.SendInternalMetrics(false),
		senders.BatchSize(sdkBatch), senders.MaxBufferSize(2*sdkBatch), senders.FlushInterval(time.Hour))
	if err != nil {
		return nil, nil, err
	}
	encode := &serializer.Serializer{SourceOverride: []string{"source"}}
	return []contender{
		{"wavefront-sdk-go", len(metrics), sendWith(sender, metrics)},
		{"telegraf serializer (encodes only)", len(metrics), func() error {
			_, err := encode.SerializeBatch(metrics)
			return err
		}},
	}, sender.Close, nil
}

// telegrafMetrics reads Wavefront lines with Telegraf's parser.
func telegrafMetrics(bodies [][]byte) ([]telegraf.Metric, error) {
	p := &parser.Parser{}
	if err := p.Init(); err != nil {
		return nil, err
	}
	var all []telegraf.Metric
	for _, body := range bodies {
		metrics, err := p.Parse(body)
		if err != nil {
			return nil, err
		}
		all = append(all, metrics...)
	}
	return all, nil
}

// point is a measurement as the SDK takes it.
type point struct {
	name   string
	value  float64
	time   int64 // Unix seconds
	source string
	tags   map[string]string
}

// sendWith sends every point and flushes as often as a batch is full.
func sendWith(sender senders.Sender, metrics []telegraf.Metric) func() error {
	points := make([]point, len(metrics))
	for i, m := range metrics {
		tags := m.Tags()
		value, _ := m.GetField("value")
		points[i] = point{m.Name(), value.(float64), m.Time().Unix(), tags["source"], tags}
		delete(tags, "source")
	}
	return func() error {
		for i, p := range points {
			if err := sender.SendMetric(p.name, p.value, p.time, p.source, p.tags); err != nil {
				return err
			}
			if (i+1)%sdkBatch == 0 {
				if err := sender.Flush(); err != nil {
					return err
				}
			}
		}
		return sender.Flush()
	}
}
