package signalfx

import (
	"context"
	"net/http"
)

// The types of a metric in the metadata API.
const (
	MetadataGauge             = "GAUGE"
	MetadataCounter           = "COUNTER"
	MetadataCumulativeCounter = "CUMULATIVE_COUNTER"
	MetadataHistogram         = "HISTOGRAM"
)

// Metric is the metadata of one metric.
type Metric struct {
	Name string `json:"name"`
	// Type is one of MetadataGauge and its like.
	Type             string            `json:"type"`
	Description      string            `json:"description"`
	CustomProperties map[string]string `json:"customProperties"`
	Tags             []string          `json:"tags"`

	// What follows is set by the service and not sent. Times are in Unix milliseconds.
	Creator       string `json:"creator"`
	Created       int64  `json:"created"`
	LastUpdatedBy string `json:"lastUpdatedBy"`
	LastUpdated   int64  `json:"lastUpdated"`
}

// GetMetric reads a metric. A metric that does not exist is an error with status 404.
func (a *API) GetMetric(ctx context.Context, token, name string) (*Metric, error) {
	target, err := a.metric(http.MethodGet, name)
	if err != nil {
		return nil, err
	}
	var m Metric
	if err := a.call(ctx, &a.sender, http.MethodGet, target, token, nil, &m); err != nil {
		return nil, err
	}
	return &m, nil
}

// PutMetric creates or overwrites a metric: a description, properties and tags that
// m does not hold are removed.
func (a *API) PutMetric(ctx context.Context, token string, m *Metric) error {
	target, err := a.metric(http.MethodPut, m.Name)
	if err != nil {
		return err
	}
	body := map[string]any{"type": m.Type, "description": m.Description, "customProperties": orEmpty(m.CustomProperties), "tags": sorted(m.Tags)}
	return a.call(ctx, &a.sender, http.MethodPut, target, token, body, nil)
}

func (a *API) metric(method, name string) (string, error) {
	if name == "" {
		return "", refuse(method, "a metric needs a name", nil)
	}
	return a.url("v2", "metric", name), nil
}
