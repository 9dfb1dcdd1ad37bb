package signalfx

import (
	"net/http"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// counter counts the items of a protobuf body without decoding them.
type counter struct {
	kind   string
	fields [][]protowire.Number // the nested fields that lead to an item
	counts func(n uint64) store.Counts
}

var (
	// metricFields are gauge, sum, histogram, exponential histogram and summary.
	metricFields  = []protowire.Number{5, 7, 9, 10, 11}
	countsPoints  = func(n uint64) store.Counts { return store.Counts{Points: n} }
	pointCounter  = &counter{kindDatapoint, [][]protowire.Number{{1}}, countsPoints}
	otlpCounter   = &counter{kindDatapoint, [][]protowire.Number{{1}, {2}, {2}, metricFields, {1}}, countsPoints}
	spanCounter   = &counter{kindSpan, [][]protowire.Number{{1}, {2}, {2}}, func(n uint64) store.Counts { return store.Counts{Spans: n} }}
	eventsCounter = &counter{kindEvent, [][]protowire.Number{{1}}, func(n uint64) store.Counts { return store.Counts{Events: n} }}
)

// counterOf returns nil for bodies that are decoded in any case: JSON.
func counterOf(path, contentType string) *counter {
	switch {
	case contentType == typeOTLP, contentType == typeProtobuf && path == "/v2/datapoint/otlp":
		return otlpCounter
	case contentType != typeProtobuf:
		return nil
	case path == "/v2/trace/otlp":
		return spanCounter
	case path == "/v2/event":
		return eventsCounter
	}
	return pointCounter
}

// countOnly counts what a body holds, for load tests.
func (s *Server) countOnly(w http.ResponseWriter, ex *exchange.Exchange, c *counter, body []byte) *exchange.Error {
	n, err := countFields(body, c.fields)
	if err != nil {
		return exchange.Errorf(http.StatusBadRequest, "the body is no protobuf message: %v", err)
	}
	s.store.Count(Vendor, c.counts(uint64(n)))
	ex.Count(c.kind, n, 0)
	ex.Answer(w, http.StatusOK, []byte(`"OK"`))
	return nil
}

func countFields(message []byte, fields [][]protowire.Number) (n int, err error) {
	for len(message) > 0 {
		number, kind, tag := protowire.ConsumeTag(message)
		if tag < 0 {
			return 0, protowire.ParseError(tag)
		}
		size := protowire.ConsumeFieldValue(number, kind, message[tag:])
		if size < 0 {
			return 0, protowire.ParseError(size)
		}
		switch {
		case kind != protowire.BytesType || !slices.Contains(fields[0], number):
		case len(fields) == 1:
			n++
		default:
			inner, _ := protowire.ConsumeBytes(message[tag:])
			deeper, err := countFields(inner, fields[1:])
			if err != nil {
				return 0, err
			}
			n += deeper
		}
		message = message[tag+size:]
	}
	return n, nil
}
