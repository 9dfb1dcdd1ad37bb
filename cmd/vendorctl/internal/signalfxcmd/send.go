package signalfxcmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/command"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/exit"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/input"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/session"
)

// point is a datapoint as a line of a batch has it.
type point struct {
	Metric string      `json:"metric"`
	Value  json.Number `json:"value"`
	// Type is gauge, counter or cumulative_counter.
	Type       string            `json:"type,omitempty"`
	Timestamp  int64             `json:"timestamp,omitempty"` // Unix milliseconds
	Dimensions map[string]string `json:"dimensions,omitempty"`
}

// pointLine is a line: a datapoint, or the vendor's own JSON of many.
type pointLine struct {
	point
	Gauge             []point `json:"gauge"`
	Counter           []point `json:"counter"`
	CumulativeCounter []point `json:"cumulative_counter"`
}

var metricTypes = map[string]signalfx.MetricType{
	"": signalfx.Gauge, "gauge": signalfx.Gauge, "counter": signalfx.Counter, "cumulative_counter": signalfx.CumulativeCounter,
}

const sendLong = `Send one datapoint, or all that a file holds.

A line of the file is a datapoint:

  {"metric": "cpu.utilization", "value": 12.5, "type": "gauge", "timestamp": 1700000000000, "dimensions": {"host": "web-1"}}

with type gauge, counter or cumulative_counter, or many of them as the vendor's ingest API takes them:

  {"gauge": [{"metric": "cpu.utilization", "value": 12.5}], "counter": [...]}

The service drops what breaks its limits without a word, so such lines are left out and named here.`

func newSend(s *session.Session) *cobra.Command {
	f := frame{session: s}
	var one point
	cmd := command.Leaf("send [METRIC] [VALUE]", "Send datapoints", func(cmd *cobra.Command, args []string) error {
		if f.lines.Path == "" && len(args) != 2 {
			return exit.With(exit.Usage, fmt.Errorf("give METRIC and VALUE, or a file with -f"))
		}
		ingest, token, err := s.SignalFxIngest()
		if err != nil {
			return err
		}
		batch := &points{session: s, send: func(ctx context.Context, body []byte) error { return ingest.SendDatapoints(ctx, token, body) }}
		if f.lines.Path != "" {
			return f.sendLines(cmd, args, batch, &batch.shared)
		}
		if one.Timestamp, one.Dimensions, err = f.stamp(); err != nil {
			return err
		}
		one.Metric, one.Value = args[0], json.Number(args[1])
		if err := batch.add(&one, one.Type); err != nil {
			return exit.With(exit.Usage, err)
		}
		return batch.Send(cmd.Context())
	})
	cmd.Long = sendLong
	cmd.Example = "  vendorctl signalfx send cpu.utilization 12.5 --dimension host=web-1\n  vendorctl signalfx send -f - < points.jsonl"
	f.addFlags(cmd, "datapoint", "that of arrival")
	cmd.Flags().StringVar(&one.Type, "type", "gauge", "gauge, counter or cumulative_counter")
	_ = cmd.RegisterFlagCompletionFunc("type", cobra.FixedCompletions([]string{"gauge", "counter", "cumulative_counter"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// points is a batch of datapoints.
type points struct {
	session *session.Session
	send    func(context.Context, []byte) error
	shared  map[string]string // dimensions of all of them
	body    []byte
	n       int
}

// Add implements input.Batch.
func (p *points) Add(line []byte) (full bool, err error) {
	var l pointLine
	if err := input.Line(line, &l); err != nil {
		return false, err
	}
	body, n := len(p.body), p.n
	for _, list := range []struct {
		kind   string
		points []point
	}{{"gauge", l.Gauge}, {"counter", l.Counter}, {"cumulative_counter", l.CumulativeCounter}} {
		for i := range list.points {
			if err := p.add(&list.points[i], list.kind); err != nil {
				p.body, p.n = p.body[:body], n // the line as a whole
				return false, err
			}
		}
	}
	if l.Metric != "" || p.n == n {
		err = p.add(&l.point, l.Type)
	}
	return p.n >= signalfx.DefaultMaxDatapointsPerRequest || len(p.body) >= signalfx.DefaultMaxRequestBytes, err
}

func (p *points) add(one *point, kind string) error {
	metricType, ok := metricTypes[strings.ToLower(kind)]
	if !ok {
		return fmt.Errorf("%q is no metric type: write gauge, counter or cumulative_counter", kind)
	}
	value, err := valueOf(one.Value)
	if err != nil {
		return err
	}
	if err := checkName("the metric", one.Metric, signalfx.MaxMetricNameLength); err != nil {
		return err
	}
	dimensions, err := appendDimensions(nil, p.with(one.Dimensions))
	if err != nil {
		return err
	}
	p.body = signalfx.AppendDatapoint(p.body, signalfx.AppendMetricName(nil, one.Metric, ""), one.Timestamp, value, metricType, dimensions)
	p.n++
	return nil
}

// Send implements input.Batch.
func (p *points) Send(ctx context.Context) error {
	err := p.session.Patiently(ctx, func() error { return p.send(ctx, p.body) })
	p.body, p.n = p.body[:0], 0
	return err
}

// Len implements input.Batch.
func (p *points) Len() int { return p.n }

// with returns dimensions together with those that all have, which count more, as
// those of the Python client's add_dimensions do.
func (p *points) with(dimensions map[string]string) map[string]string {
	if len(p.shared) == 0 {
		return dimensions
	}
	all := map[string]string{}
	maps.Copy(all, dimensions)
	maps.Copy(all, p.shared)
	return all
}

// valueOf keeps integers exact.
func valueOf(n json.Number) (signalfx.Value, error) {
	if n == "" {
		return signalfx.Value{}, errors.New("the value is missing")
	}
	if i, err := n.Int64(); err == nil {
		return signalfx.Int(i), nil
	}
	f, err := n.Float64()
	if err != nil || f-f != 0 { // NaN and infinities
		return signalfx.Value{}, fmt.Errorf("the value %q is no finite number", n)
	}
	return signalfx.Double(f), nil
}

func appendDimensions(dst []byte, dimensions map[string]string) ([]byte, error) {
	if len(dimensions) > signalfx.MaxDimensions {
		return nil, fmt.Errorf("%d dimensions: the service drops what has more than %d", len(dimensions), signalfx.MaxDimensions)
	}
	for _, key := range sortedKeys(dimensions) {
		if err := checkName("the dimension", key, signalfx.MaxDimensionKeyLength); err != nil {
			return nil, err
		}
		if err := checkName("the value of dimension "+key, dimensions[key], signalfx.MaxDimensionValueLength); err != nil {
			return nil, err
		}
		dst = signalfx.AppendDimension(dst, key, dimensions[key])
	}
	return dst, nil
}

func checkName(what, text string, most int) error {
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		return fmt.Errorf("%s is missing", what)
	case n > most:
		return fmt.Errorf("%s has %d characters: the service drops what has more than %d", what, n, most)
	case !utf8.ValidString(text):
		return fmt.Errorf("%s is not UTF-8", what)
	}
	return nil
}
