package librato

import (
	"net/http"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// discards reports whether the request is only counted, for load tests: measurements as JSON are.
func (s *server) discards(r *http.Request) bool {
	return s.Store.Discarding() && r.Method == http.MethodPost && (r.URL.Path == "/v1/metrics" || r.URL.Path == "/v1/measurements")
}

func (s *server) countOnly(w http.ResponseWriter, r *http.Request, ex *exchange.Exchange) *apiError {
	if err := s.Tokens.check(r, roleFor(r)); err != nil {
		return err
	}
	n := 0
	if err := ex.WithBody(r, s.Body, func(body []byte) *exchange.Error {
		n = countMeasurements(body)
		return nil
	}); err != nil {
		return fromExchange(err)
	}
	s.Store.Count(Vendor, store.Counts{Points: uint64(n)})
	ex.Count(kinds.Sample, n, 0)
	status := http.StatusOK
	if r.URL.Path == "/v1/measurements" {
		status = http.StatusAccepted
	}
	ex.Answer(w, status, nil)
	return nil
}

// countMeasurements counts the objects in lists directly within a JSON object, such as those in
// {"gauges": [{}, {}]}. It checks nothing.
func countMeasurements(body []byte) (n int) {
	depth, quoted := 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth == 3 && c == '{' {
				n++
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return n
}
