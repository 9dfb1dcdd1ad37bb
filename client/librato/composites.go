package librato

import (
	"context"
	"encoding/json"
	"net/http"
)

// CompositeData is what a composite came to.
type CompositeData struct {
	Compose    string            `json:"compose,omitempty"`
	Resolution int64             `json:"resolution,omitempty"` // in seconds
	Series     []CompositeSeries `json:"series"`
}

// CompositeSeries is one series of a composite.
type CompositeSeries struct {
	// Metric and Source (source dialect) or Tags say where the series comes from. They
	// are nothing the composite's functions have merged.
	Metric map[string]any `json:"metric,omitempty"`
	Source map[string]any `json:"source,omitempty"`
	Tags   map[string]any `json:"tags,omitempty"`
	Query  map[string]any `json:"query,omitempty"`
	Period int64          `json:"period,omitempty"` // in seconds
	Points []Point        `json:"measurements"`
}

// UnmarshalJSON reads a series of either dialect.
func (s *CompositeSeries) UnmarshalJSON(text []byte) error {
	type known CompositeSeries
	wire := struct {
		known
		Sourced []Point `json:"series"`
	}{}
	if err := json.Unmarshal(text, &wire); err != nil {
		return err
	}
	*s = CompositeSeries(wire.known)
	if s.Points == nil {
		s.Points = wire.Sourced
	}
	return nil
}

// UnmarshalJSON reads the forms that the API was seen to answer: a bare list of
// series, or an object that holds them as series or as measurements.
func (d *CompositeData) UnmarshalJSON(text []byte) error {
	*d = CompositeData{}
	if len(text) > 0 && text[0] == '[' {
		return json.Unmarshal(text, &d.Series)
	}
	type known CompositeData
	wire := struct {
		known
		Measurements []CompositeSeries `json:"measurements"`
	}{}
	if err := json.Unmarshal(text, &wire); err != nil {
		return err
	}
	*d = CompositeData(wire.known)
	if d.Series == nil {
		d.Series = wire.Measurements
	}
	return nil
}

// Composite computes an expression such as sum(s("cpu.*", "*")) over a window, which
// needs a start. The dialect decides what the second argument of s means: a pattern
// of sources, or tags.
func (c *Client) Composite(ctx context.Context, d Dialect, expression string, w Window) (*CompositeData, error) {
	if w.Start.IsZero() {
		return nil, ErrNoStart
	}
	query, err := w.query()
	if err != nil {
		return nil, err
	}
	query.Set("compose", expression)
	var data CompositeData
	if err := c.manage(ctx, http.MethodGet, "/"+d.route(), query, nil, &data); err != nil {
		return nil, err
	}
	return &data, nil
}

// PutComposite creates a composite metric, or changes it; change holds what else is
// set about it.
func (c *Client) PutComposite(ctx context.Context, name, expression string, change Metric) error {
	change.Type, change.Composite = "composite", expression
	return c.PutMetric(ctx, name, change)
}
