package signalfx

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// apiMetricTypes are the names the metadata API has for the types of ingest.
var apiMetricTypes = map[string]string{
	typeGauge: "GAUGE", typeCounter: "COUNTER", typeCumulative: "CUMULATIVE_COUNTER", typeHistogram: "HISTOGRAM",
}

// allSeries is every series that datapoints made.
func (s *Server) allSeries() []store.Series {
	series, _ := s.store.Series(store.Query{Vendor: Vendor})
	return series
}

// metrics knows metrics from updates and from datapoints.
func (s *Server) metrics(series []store.Series) map[string]Metric {
	known := map[string]Metric{}
	for _, from := range series {
		if _, ok := known[from.Metric]; !ok {
			known[from.Metric] = Metric{from.Metric, apiMetricTypes[from.Type], newAnnotations(bySystem, from.FirstSeen)}
		}
	}
	return known
}

func (s *Server) getMetric(c *call) (any, error) {
	name := c.PathValue("name")
	if found, ok := s.catalog.Metric(name); ok {
		return found, nil
	}
	series, _ := s.store.Series(store.Query{Vendor: Vendor, Metric: name, Limit: 1})
	if found, ok := s.metrics(series)[name]; ok {
		return found, nil
	}
	return nil, exchange.Errorf(http.StatusNotFound, "there is no such metric")
}

// searchMetrics answers in order of name.
func (s *Server) searchMetrics(c *call) (any, error) {
	known := s.metrics(s.allSeries())
	for _, metric := range s.catalog.Metrics() {
		known[metric.Name] = metric
	}
	objects := make([]found, 0, len(known))
	for _, name := range slices.Sorted(maps.Keys(known)) {
		metric := known[name]
		fields := document{"name": {name}, "sf_metric": {name}, "type": {metric.Type}}
		metric.addFields(fields)
		objects = append(objects, found{metric, fields})
	}
	return search(c, objects)
}

// putMetric overwrites: what the body omits is gone.
func (s *Server) putMetric(c *call) (any, error) {
	name := c.PathValue("name")
	if r := checkMetricName(name); r != nil {
		return nil, r
	}
	if err := matchesPath(c.body, map[string]string{"name": name}); err != nil {
		return nil, err
	}
	var metricType string
	if err := c.body.read("type", &metricType); err != nil {
		return nil, badJSON(err)
	}
	if known := slices.Sorted(maps.Values(apiMetricTypes)); !slices.Contains(known, metricType) {
		return nil, refuse(MetricTypeUnknown, "type: must be one of %s", strings.Join(known, ", "))
	}
	change, err := readAnnotation(c.body)
	if err != nil {
		return nil, err
	}
	fresh := Metric{Name: name, Annotations: newAnnotations(byToken, s.store.Now().UnixMilli())}
	return answerEdit(s, c, s.catalog.metrics, name, fresh, func(m *Metric) error {
		m.Type = metricType
		return change.overwrite(&m.Annotations)
	})
}
