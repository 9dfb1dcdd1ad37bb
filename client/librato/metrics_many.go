package librato

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

// Job is work that the service does after its answer.
type Job struct {
	ID ID `json:"id"`
	// State is queued, working, complete, failed or canceled.
	State string `json:"state"`
	// Progress is in percent.
	Progress float64         `json:"progress"`
	Output   json.RawMessage `json:"output,omitempty"`
	Errors   json.RawMessage `json:"errors,omitempty"`
}

// Job returns how far a job is that UpdateMetrics or DeleteMetrics began.
func (c *Client) Job(ctx context.Context, id ID) (*Job, error) {
	return get[Job](ctx, c, "jobs", string(id))
}

// DeleteMetric deletes a metric with its data.
func (c *Client) DeleteMetric(ctx context.Context, name string) error {
	return c.remove(ctx, metricsRoute, name)
}

// Names chooses metrics: those of a list, or those that match a pattern with *.
type Names struct {
	List    []string
	Pattern string
}

func (n Names) wire() any {
	if n.Pattern != "" {
		return n.Pattern
	}
	return append([]string{}, n.List...)
}

// DeleteMetrics deletes metrics with their data. A job that it began is returned;
// without one, they are deleted.
func (c *Client) DeleteMetrics(ctx context.Context, names Names) (job ID, err error) {
	return c.manageMany(ctx, http.MethodDelete, map[string]any{"names": names.wire()})
}

// UpdateMetrics changes the properties that are set in change for many metrics. A job
// that it began is returned; without one, they are changed.
func (c *Client) UpdateMetrics(ctx context.Context, names Names, change Metric) (job ID, err error) {
	return c.manageMany(ctx, http.MethodPut, struct {
		Names any `json:"names"`
		Metric
	}{names.wire(), change})
}

func (c *Client) manageMany(ctx context.Context, method string, in any) (job ID, err error) {
	var answer struct {
		Job ID `json:"id"`
	}
	var header http.Header
	err = httpsend.Patiently(ctx, c.patience, func() (err error) {
		header, err = c.exchangeHeader(ctx, method, "/"+metricsRoute, nil, in, &answer)
		return err
	})
	if location := header.Get("Location"); location != "" {
		return ID(lastSegment(location)), err
	}
	return answer.Job, err
}
