package wavefrontexporter

import (
	"errors"
	"fmt"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
)

// Mode says what answers at an HTTP endpoint.
type Mode string

const (
	// ModeDirect is the service.
	ModeDirect Mode = "direct"
	// ModeProxy is one of the vendor's proxies, or what stands in for one.
	ModeProxy Mode = "proxy"
)

// Validate refuses other modes.
func (m Mode) Validate() error {
	if m != "" && m != ModeDirect && m != ModeProxy {
		return fmt.Errorf("`mode` is %q: it must be direct or proxy", string(m))
	}
	return nil
}

// EndpointsConfig holds endpoints of types of data, such as a proxy's ports. Each has
// the form of `endpoint`.
type EndpointsConfig struct {
	// Metrics is for metrics, and for delta counters and distributions unless these have their own.
	Metrics       string `mapstructure:"metrics"`
	DeltaCounters string `mapstructure:"delta_counters"`
	Histograms    string `mapstructure:"histograms"`
	// Spans is for spans, and for span logs unless these have their own.
	Spans    string `mapstructure:"spans"`
	SpanLogs string `mapstructure:"span_logs"`
	Events   string `mapstructure:"events"`

	_ struct{}
}

// dataType is a type of lines.
type dataType uint8

const (
	points dataType = iota
	deltas
	histograms
	spans
	spanLogs
	events
	sourceTags
)

// dataTypes says what is particular about the types.
var dataTypes = [...]struct {
	name   string // in telemetry
	format wavefront.Format
	// maxLines is what the service takes in one request; maxLineBytes what a proxy reads over TCP.
	maxLines, maxLineBytes int
	// addsUp says that what arrives twice counts twice.
	addsUp bool
}{
	points:     {"points", wavefront.FormatMetrics, wavefront.MaxRequestPoints, wavefront.MaxPushLineBytes, false},
	deltas:     {"delta_counters", wavefront.FormatMetrics, wavefront.MaxRequestPoints, wavefront.MaxPushLineBytes, true},
	histograms: {"histograms", wavefront.FormatHistograms, wavefront.MaxRequestHistograms, wavefront.MaxPushLineBytes, true},
	spans:      {"spans", wavefront.FormatSpans, wavefront.MaxRequestSpans, wavefront.MaxTraceLineBytes, false},
	spanLogs:   {"span_logs", wavefront.FormatSpanLogs, wavefront.MaxRequestSpanLogs, wavefront.MaxTraceLineBytes, false},
	events:     {"events", wavefront.FormatEvents, wavefront.MaxRequestSpanLogs, wavefront.MaxPushLineBytes, false},
	sourceTags: {"source_tags", wavefront.FormatSources, maxNotesAtOnce, wavefront.MaxPushLineBytes, false},
}

// endpoint is where a type of data goes, and the key that says so.
func (c *Config) endpoint(t dataType) (text, key string) {
	e := &c.Endpoints
	type choice struct{ text, key string }
	metrics, spansOwn := choice{e.Metrics, "endpoints::metrics"}, choice{e.Spans, "endpoints::spans"}
	var choices []choice
	switch t {
	case points, sourceTags:
		choices = []choice{metrics}
	case deltas:
		choices = []choice{{e.DeltaCounters, "endpoints::delta_counters"}, metrics}
	case histograms:
		choices = []choice{{e.Histograms, "endpoints::histograms"}, metrics}
	case spans:
		choices = []choice{spansOwn}
	case spanLogs:
		choices = []choice{{e.SpanLogs, "endpoints::span_logs"}, spansOwn}
	case events:
		choices = []choice{{e.Events, "endpoints::events"}}
	}
	for _, own := range choices {
		if own.text != "" {
			return own.text, own.key
		}
	}
	return c.ClientConfig.Endpoint, "endpoint"
}

// direct reports whether an HTTP endpoint is the service.
func (c *Config) direct() bool {
	return c.Mode == ModeDirect || c.Mode == "" && c.hasCredentials()
}

func (c *Config) validateEndpoints() error {
	var errs []error
	e := &c.Endpoints
	for _, own := range []struct{ text, key string }{
		{c.ClientConfig.Endpoint, "endpoint"},
		{e.Metrics, "endpoints::metrics"}, {e.DeltaCounters, "endpoints::delta_counters"}, {e.Histograms, "endpoints::histograms"},
		{e.Spans, "endpoints::spans"}, {e.SpanLogs, "endpoints::span_logs"}, {e.Events, "endpoints::events"},
	} {
		if own.text == "" {
			continue
		}
		parsed, err := wavefront.ParseEndpoint(own.text)
		if err != nil {
			errs = append(errs, fmt.Errorf("`%s`: %w", own.key, err))
			continue
		}
		if parsed.TCP != "" && c.Mode == ModeDirect {
			errs = append(errs, fmt.Errorf("`%s` is a TCP port, but `mode` is direct: the service takes HTTP only", own.key))
		}
	}
	if c.ClientConfig.Endpoint == "" && c.Endpoints == (EndpointsConfig{}) {
		errs = append(errs, errors.New("`endpoint` is missing: set it to the URL of the service (https://INSTANCE.wavefront.com, with `token`) or of a proxy (http://HOST:2878 or tcp://HOST:2878)"))
	}
	if c.Mode == ModeDirect && !c.hasCredentials() && !c.ClientConfig.Auth.HasValue() && !c.hasHeader("Authorization") {
		errs = append(errs, errors.New("`mode` is direct, but there are no credentials: set `token`, `csp` or `auth`"))
	}
	return errors.Join(errs...)
}

// validateSignal refuses a pipeline whose data has nowhere to go.
func (c *Config) validateSignal(types ...dataType) error {
	for _, t := range types {
		text, key := c.endpoint(t)
		if text == "" {
			return fmt.Errorf("there is no endpoint for %s: set `endpoint`, or the one under `endpoints`", dataTypes[t].name)
		}
		// A proxy's port for metrics takes span lines over HTTP only; over TCP it reads them as metrics.
		if parsed, err := wavefront.ParseEndpoint(text); err == nil && parsed.TCP != "" && t == spans && key == "endpoint" {
			return errors.New("`endpoints::spans` is missing: over TCP a proxy takes spans on a port of their own only, usually tcp://HOST:30000, or 30001 to derive metrics from them")
		}
	}
	return nil
}

func (c *Config) hasHeader(wanted string) bool {
	_, ok := c.ClientConfig.Headers.Get(wanted)
	return ok
}
