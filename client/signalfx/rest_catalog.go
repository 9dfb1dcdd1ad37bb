package signalfx

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"

	"github.com/otelcol-custom/otelcol-custom/internal/openjson"
)

// Metric returns the metadata of a metric. One that does not exist is an error with status 404.
func (r *REST) Metric(ctx context.Context, name string) (*Metric, error) {
	return get[Metric](ctx, r, "metric", name)
}

// Metrics searches metrics. Pages are fetched as the caller goes on.
func (r *REST) Metrics(ctx context.Context, s Search) iter.Seq2[Metric, error] {
	return list[Metric](ctx, r, s.values(), s.Offset, s.PageLength, "metric")
}

// PutMetric creates or overwrites a metric, see API.PutMetric.
func (r *REST) PutMetric(ctx context.Context, m *Metric) error {
	return r.api.patiently(ctx, func() error { return r.api.PutMetric(ctx, r.token, m) })
}

// Dimension returns the metadata of a dimension. One that does not exist is an error with status 404.
func (r *REST) Dimension(ctx context.Context, key, value string) (*Dimension, error) {
	return get[Dimension](ctx, r, "dimension", key, value)
}

// Dimensions searches dimensions. Pages are fetched as the caller goes on.
func (r *REST) Dimensions(ctx context.Context, s Search) iter.Seq2[Dimension, error] {
	return list[Dimension](ctx, r, s.values(), s.Offset, s.PageLength, "dimension")
}

// PutDimension overwrites a dimension, see API.PutDimension.
func (r *REST) PutDimension(ctx context.Context, d *Dimension) error {
	return r.api.patiently(ctx, func() error { return r.api.PutDimension(ctx, r.token, d) })
}

// PatchDimension merges a change into a dimension, see API.PatchDimension.
func (r *REST) PatchDimension(ctx context.Context, key, value string, p *DimensionPatch) error {
	return r.api.patiently(ctx, func() error { return r.api.PatchDimension(ctx, r.token, key, value, p) })
}

// Tag is the metadata of one tag.
type Tag struct {
	Name             string            `json:"name"`
	Description      string            `json:"description"`
	CustomProperties map[string]string `json:"customProperties"`

	// What follows is set by the service and not sent. Times are in Unix milliseconds.
	Creator       string `json:"creator"`
	Created       int64  `json:"created"`
	LastUpdatedBy string `json:"lastUpdatedBy"`
	LastUpdated   int64  `json:"lastUpdated"`
}

// Tag returns the metadata of a tag. One that does not exist is an error with status 404.
func (r *REST) Tag(ctx context.Context, name string) (*Tag, error) {
	return get[Tag](ctx, r, "tag", name)
}

// Tags searches tags. Pages are fetched as the caller goes on.
func (r *REST) Tags(ctx context.Context, s Search) iter.Seq2[Tag, error] {
	return list[Tag](ctx, r, s.values(), s.Offset, s.PageLength, "tag")
}

// PutTag creates or overwrites a tag: a description and properties that t does not
// hold are removed.
func (r *REST) PutTag(ctx context.Context, t *Tag) error {
	body := map[string]any{"description": t.Description, "customProperties": orEmpty(t.CustomProperties)}
	return r.send(ctx, http.MethodPut, body, "tag", t.Name)
}

// DeleteTag deletes a tag and takes it off everything that has it. One that does not
// exist is an error with status 404.
func (r *REST) DeleteTag(ctx context.Context, name string) error {
	return r.send(ctx, http.MethodDelete, nil, "tag", name)
}

// TimeSeries is a metric time series: a metric with one set of dimensions.
type TimeSeries struct {
	ID         string            `json:"id"`
	Metric     string            `json:"metric"`
	MetricType string            `json:"metricType"`
	Dimensions map[string]string `json:"dimensions"`
	// CustomProperties and Tags are those of the dimensions.
	CustomProperties map[string]string `json:"customProperties"`
	Tags             []string          `json:"tags"`
	// Active: it has reported of late.
	Active bool `json:"active"`
	// Created is in Unix milliseconds.
	Created int64 `json:"created"`

	// More holds the members that this package does not know.
	More map[string]json.RawMessage `json:"-"`
}

// TimeSeries returns one metric time series.
func (r *REST) TimeSeries(ctx context.Context, id string) (*TimeSeries, error) {
	return get[TimeSeries](ctx, r, "metrictimeseries", id)
}

// SearchTimeSeries searches metric time series, such as those of
// "sf_metric:cpu.utilization AND host:web-*". Pages are fetched as the caller goes on.
func (r *REST) SearchTimeSeries(ctx context.Context, s Search) iter.Seq2[TimeSeries, error] {
	return list[TimeSeries](ctx, r, s.values(), s.Offset, s.PageLength, "metrictimeseries")
}

// UnmarshalJSON reads a time series.
func (t *TimeSeries) UnmarshalJSON(text []byte) (err error) {
	type known TimeSeries
	var k known
	k.More, err = openjson.Unmarshal(text, &k)
	*t = TimeSeries(k)
	return err
}

// MarshalJSON writes a time series as it was read.
func (t TimeSeries) MarshalJSON() ([]byte, error) {
	type known TimeSeries
	return openjson.Marshal(known(t), t.More)
}
