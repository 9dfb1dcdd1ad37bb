package main

import (
	"fmt"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"

	"github.com/otelcol-custom/otelcol-custom/internal/testbatch"
)

// shape is what requests look like: the kinds of datapoint of the standard batch from
// resources with points each. Every request has resources of its own.
type shape struct {
	requests, resources, points int
	histograms                  bool // only these, as in testbatch's histograms only
}

func (s shape) datapoints() int { return s.resources * s.points }
func (s shape) series() int     { return s.requests * s.datapoints() }

// payloads are OTLP requests.
func (s shape) payloads() ([][]byte, error) {
	var all [][]byte
	now := time.Now()
	for request := range s.requests {
		gauges, sums := 60, 30
		if s.histograms {
			gauges, sums = 0, 0
		}
		md := testbatch.Mixed(s.resources, s.points, gauges, sums)
		for i, rm := range md.ResourceMetrics().All() {
			name(rm.Resource().Attributes(), request*s.resources+i)
		}
		payload, err := marshal(testbatch.At(md, now))
		if err != nil {
			return nil, err
		}
		all = append(all, payload)
	}
	return all, nil
}

// name makes a resource one of its own.
func name(attributes pcommon.Map, i int) {
	attributes.PutStr("host.name", fmt.Sprintf("host-%06d.example.com", i))
	attributes.PutStr("service.instance.id", fmt.Sprintf("627cc493-f310-47de-96bd-%012d", i))
}

func marshal(md pmetric.Metrics) ([]byte, error) {
	return pmetricotlp.NewExportRequestFromMetrics(md).MarshalProto()
}
