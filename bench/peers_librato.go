package main

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/influxdata/telegraf"
	"github.com/influxdata/telegraf/config"
	"github.com/influxdata/telegraf/metric"
	"github.com/influxdata/telegraf/plugins/outputs/librato"
)

// telegrafBatch is the default of metric_batch_size in Telegraf's agent.
const telegrafBatch = 1000

// libratoPeers is Telegraf's output for the sources dialect.
func libratoPeers(url string, bodies [][]byte) ([]contender, func(), error) {
	metrics, err := gauges(bodies)
	if err != nil {
		return nil, nil, err
	}
	output := librato.NewLibrato(url + "/v1/metrics")
	output.APIUser, output.APIToken = config.NewSecret([]byte("bench@example.com")), config.NewSecret([]byte("bench"))
	output.Log = silent{}
	if err := output.Connect(); err != nil {
		return nil, nil, err
	}
	return []contender{{"telegraf outputs/librato", len(metrics), func() error {
		for some := range slices.Chunk(metrics, telegrafBatch) {
			if err := output.Write(some); err != nil {
				return err
			}
		}
		return nil
	}}}, func() { _ = output.Close() }, nil
}

// gauges reads request bodies of the sources dialect. Telegraf knows single values only,
// so a measurement of many gives its sum.
func gauges(bodies [][]byte) ([]telegraf.Metric, error) {
	type measurement struct {
		Name, Source string
		Value, Sum   float64
		MeasureTime  int64 `json:"measure_time"`
	}
	var all []telegraf.Metric
	for _, body := range bodies {
		var payload struct {
			Source           string
			MeasureTime      int64 `json:"measure_time"`
			Gauges, Counters []measurement
		}
		if err := json.Unmarshal(body, &payload); err != nil {
			return nil, err
		}
		for _, m := range append(payload.Gauges, payload.Counters...) {
			if m.Source == "" {
				m.Source = payload.Source
			}
			all = append(all, metric.New(m.Name, map[string]string{"host": m.Source},
				map[string]any{"value": m.Value + m.Sum}, time.Unix(max(m.MeasureTime, payload.MeasureTime), 0)))
		}
	}
	return all, nil
}

// silent is Telegraf's logger at a level that logs nothing.
type silent struct{}

func (silent) Level() telegraf.LogLevel { return telegraf.None }
func (silent) AddAttribute(string, any) {}
func (silent) Errorf(string, ...any)    {}
func (silent) Error(...any)             {}
func (silent) Warnf(string, ...any)     {}
func (silent) Warn(...any)              {}
func (silent) Infof(string, ...any)     {}
func (silent) Info(...any)              {}
func (silent) Debugf(string, ...any)    {}
func (silent) Debug(...any)             {}
func (silent) Tracef(string, ...any)    {}
func (silent) Trace(...any)             {}
