package signalfx

import (
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"slices"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// timeSeries is a metric time series as the API shows it. Properties and tags are
// those of its dimensions.
type timeSeries struct {
	ID         string           `json:"id"`
	Metric     string           `json:"metric"`
	MetricType string           `json:"metricType"`
	Dimensions store.Dimensions `json:"dimensions"`
	Active     bool             `json:"active"`
	Annotations
}

func (s *Server) timeSeries(from store.Series) timeSeries {
	series := timeSeries{
		ID: seriesID(from), Metric: from.Metric, MetricType: apiMetricTypes[from.Type],
		Dimensions: from.Dimensions, Active: true,
		Annotations: newAnnotations(bySystem, from.FirstSeen),
	}
	for _, d := range from.Dimensions {
		if told, ok := s.catalog.Dimension(d.Key, d.Value); ok {
			for name, value := range told.CustomProperties {
				series.CustomProperties[name] = value
			}
			series.Tags = append(series.Tags, told.Tags...)
		}
	}
	slices.Sort(series.Tags)
	series.Tags = slices.Compact(series.Tags)
	return series
}

// searchSeries answers in order of metric and dimensions. Every series that is held
// counts as active, so searchInactive makes no difference.
func (s *Server) searchSeries(c *call) (any, error) {
	var objects []found
	for _, from := range s.allSeries() {
		series := s.timeSeries(from)
		fields := document{"id": {series.ID}, "sf_metric": {series.Metric}, "metric": {series.Metric}, "sf_metricType": {series.MetricType}}
		for _, d := range series.Dimensions {
			fields[d.Key] = append(fields[d.Key], d.Value)
		}
		series.addFields(fields)
		objects = append(objects, found{series, fields})
	}
	return search(c, objects)
}

func (s *Server) getSeries(c *call) (any, error) {
	hash, err := base64.RawURLEncoding.DecodeString(c.PathValue("id"))
	if err == nil {
		if from, _, ok := s.store.Points(hex.EncodeToString(hash)); ok && from.Vendor == Vendor {
			return s.timeSeries(from), nil
		}
	}
	return nil, exchange.Errorf(http.StatusNotFound, "there is no such metric time series")
}

// seriesID is the store's id in the vendor's form: base64url of its 8 bytes.
func seriesID(s store.Series) string {
	hash, _ := hex.DecodeString(s.ID) // the store made it
	return base64.RawURLEncoding.EncodeToString(hash)
}
