package librato

import (
	"context"
	"iter"
	"net/http"
)

// Metric is what the service knows about a metric.
type Metric struct {
	Name        string `json:"name,omitempty"`
	DisplayName string `json:"display_name,omitempty"`
	// Type is gauge, counter (source dialect) or composite.
	Type        string `json:"type,omitempty"`
	Description string `json:"description,omitempty"`
	// Period is the reporting interval in seconds, 0 for none.
	Period int64 `json:"period,omitempty"`
	// SourceLag is how many seconds a composite waits for its sources, 0 for the default of 120.
	SourceLag int64 `json:"source_lag,omitempty"`
	// Composite is the definition of a composite.
	Composite  string      `json:"composite,omitempty"`
	Attributes *Attributes `json:"attributes,omitempty"`
}

const metricsRoute = "metrics"

// Metrics lists metrics, without data. Pages are fetched as the caller goes on.
func (c *Client) Metrics(ctx context.Context, o ListOptions) iter.Seq2[Metric, error] {
	return list[Metric](ctx, c, metricsRoute, o.query())
}

// Metric returns one metric, without data.
func (c *Client) Metric(ctx context.Context, name string) (*Metric, error) {
	path, err := route(name)
	if err != nil {
		return nil, err
	}
	var m Metric
	if err := c.manage(ctx, http.MethodGet, "/"+metricsRoute+path, nil, nil, &m); err != nil {
		return nil, err
	}
	return &m, nil
}

// PutMetric changes the properties of a metric that are set in change. A metric
// that does not exist is created, for which change needs a Type.
func (c *Client) PutMetric(ctx context.Context, name string, change Metric) error {
	path, err := route(name)
	if err != nil {
		return err
	}
	return c.manage(ctx, http.MethodPut, "/"+metricsRoute+path, nil, change, nil)
}
