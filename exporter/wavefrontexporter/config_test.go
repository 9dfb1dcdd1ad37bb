package wavefrontexporter

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
)

func load(t *testing.T, section string) (*Config, error) {
	return testkit.Load(t, section, createDefaultConfig().(*Config))
}

func parse(t *testing.T, text string) (*Config, error) {
	return testkit.Parse(t, text, createDefaultConfig().(*Config))
}

func TestDefaults(t *testing.T) {
	require.NoError(t, componenttest.CheckConfigStruct(createDefaultConfig()))
	c, err := load(t, "wavefront")
	require.NoError(t, err)
	want := createDefaultConfig().(*Config)
	want.ClientConfig.Endpoint = "https://example.wavefront.com"
	want.Token = "${env:WAVEFRONT_TOKEN}"
	assert.Equal(t, want, c)
	assert.True(t, c.direct(), "with a token it is the service")
	documented := wavefront.DocumentedLimits()
	documented.CutText = true
	assert.Equal(t, documented, c.Limits.limits())
	assert.False(t, c.CSP.HasValue() || c.Traces.RED.HasValue())
}

func TestSamplesAreValid(t *testing.T) {
	for section, types := range map[string][]dataType{
		"wavefront":         {points, deltas, histograms, spans, spanLogs, events},
		"wavefront/proxy":   {points, deltas, histograms, spans, spanLogs, events},
		"wavefront/tcp":     {points, deltas, histograms, spans, spanLogs, events},
		"wavefront/csp":     {points},
		"wavefront/durable": {points},
		"wavefront/metrics": {points},
		"wavefront/sources": {points, sourceTags},
		"wavefront/traces":  {spans},
	} {
		c, err := load(t, section)
		if assert.NoError(t, err, section) {
			assert.NoError(t, c.validateSignal(types...), section)
		}
	}
}

func TestEveryKey(t *testing.T) {
	c, err := load(t, "wavefront/every_key")
	require.NoError(t, err)
	assert.Equal(t, 3*time.Second, c.ClientConfig.Timeout)
	assert.Equal(t, 7, c.ClientConfig.MaxConnsPerHost)
	csp := c.CSP.Get()
	assert.Equal(t, "https://csp.example.com", csp.ClientConfig.Endpoint)
	assert.Equal(t, 4*time.Second, csp.ClientConfig.Timeout)
	for t2, want := range map[dataType]string{
		points: "http://metrics:2878", deltas: "http://deltas:12878", histograms: "http://histograms:40000",
		spans: "http://spans:30000", spanLogs: "http://logs:30000", events: "http://events:2878",
	} {
		got, _ := c.endpoint(t2)
		assert.Equal(t, want, got)
	}
	assert.Equal(t, SourceConfig{Attributes: []string{"a"}, ItemAttributes: []string{"b"}, Default: "c"}, c.Source)
	assert.Equal(t, TagsConfig{
		Resource: translate.ResourceNone, Scope: []string{"attributes"}, UnitKey: "u", Priority: []string{"p"}, CutOwn: true, BareKeys: true,
	}, c.Tags)
	assert.Equal(t, SourceTagsConfig{Attributes: []string{"env"}, Description: "about"}, c.SourceTags)
	assert.Equal(t, MetricsConfig{
		Granularities: []string{"day"}, HistogramSeries: []string{"min", "max"},
		CumulativeSums: sumsAsDelta, CumulativeHistograms: histogramsAsDistribs,
		Conversion: ConversionConfig{MaxSeries: 5, MaxIdle: 6 * time.Minute},
	}, c.Metrics)
	rules := c.metricRules()
	assert.True(t, rules.Min && rules.Max && rules.ScopeAttributes && rules.CutOwnTags)
	assert.False(t, rules.Count || rules.Sum)
	assert.Equal(t, translate.TimeRules{MaxAge: 13 * 3600, MaxFuture: 14 * 3600}, rules.Times)
	assert.Equal(t, wavefront.Limits{
		MetricName: 1, Source: 2, PointTags: 3, PointTagKey: 4, PointTagValue: 5, PointTagPair: 6, Centroids: 7,
		SpanName: 8, SpanTags: 19, SpanTagKey: 10, SpanTagValue: 11,
	}, rules.Encode.Limits)
	traces := c.spanRules()
	assert.Equal(t, "app", traces.Application)
	assert.Equal(t, "svc", traces.Service)
	assert.Equal(t, 1200, traces.LogBytes)
	assert.True(t, traces.ExternalServices && !traces.MapTags)
	assert.Equal(t, REDConfig{Interval: 30 * time.Second, Tags: []string{"t"}, MaxSeries: 8}, *c.Traces.RED.Get())
	assert.True(t, c.eventRules().All)
	assert.Equal(t, []int{15, 16, 17}, []int{c.MaxLinesPerRequest, c.MaxRequestSize, c.MaxParallelRequests})
	assert.False(t, c.RetryConfig.Enabled)
	assert.Equal(t, 3, c.QueueConfig.Get().NumConsumers)
}

func TestWhatIsRefused(t *testing.T) {
	const ok = "endpoint: http://h:2878\n"
	testkit.CheckRefused(t, createDefaultConfig, map[string][2]string{
		"no endpoint":                    {"token: hunter2", "`endpoint` is missing"},
		"an endpoint without scheme":     {"endpoint: h:2878", "`endpoint`: "},
		"a token in the endpoint":        {"endpoint: https://hunter2@h", "`endpoint`: a user is not allowed"},
		"another scheme":                 {"endpoint: udp://h:2878", "`endpoint`: the scheme must be https, http or tcp"},
		"an endpoint of a type":          {ok + "endpoints: {spans: 'http:'}", "`endpoints::spans`: "},
		"mode":                           {ok + "mode: relay", "`mode` is \"relay\""},
		"direct without credentials":     {ok + "mode: direct", "there are no credentials"},
		"direct over TCP":                {"endpoint: tcp://h:2878\nmode: direct\ntoken: hunter2", "the service takes HTTP only"},
		"a token with white space":       {ok + "token: \"hunter2\\n\"", "`token` begins or ends with white space"},
		"two kinds of credentials":       {ok + "token: hunter2\ncsp: {api_token: hunter2}", "`token` and `csp` exclude each other"},
		"the token in headers, too":      {ok + "token: hunter2\nheaders: {authorization: Bearer hunter2}", "`headers` must not hold Authorization"},
		"an exchange without anything":   {ok + "csp: {}", "`csp` needs `app_id` and `app_secret`, or `api_token`"},
		"an app without secret":          {ok + "csp: {app_id: x}", "`app_id` and `app_secret` belong together"},
		"an app and a user":              {ok + "csp: {app_id: x, app_secret: hunter2, api_token: hunter2}", "and not both"},
		"negative timeout":               {ok + "timeout: -1s", "`timeout` is negative"},
		"another compression":            {ok + "compression: zstd", "`compression` is zstd"},
		"no lines per request":           {ok + "max_lines_per_request: 0", "`max_lines_per_request` is 0"},
		"keys of another exporter":       {"metrics: {endpoint: 'http://h:2878'}", "there is no `metrics::endpoint` here: set `endpoint` for everything, or `endpoints::metrics`"},
		"a token under another name":     {ok + "api_token: hunter2", "the service's token goes into `token`"},
		"unknown key":                    {ok + "tokn: x", "did you mean `token`"},
		"unknown key of a section":       {ok + "tags: {prioritis: [x]}", "prioritis"},
		"resource tags":                  {ok + "tags: {resource: some}", "one of all, application, none"},
		"scope":                          {ok + "tags: {scope: [names]}", "`scope` holds \"names\""},
		"granularity":                    {ok + "metrics: {granularities: [second]}", "`granularities` holds \"second\""},
		"no granularity":                 {ok + "metrics: {granularities: []}", "`granularities` is empty"},
		"histogram series":               {ok + "metrics: {histogram_series: [p99]}", "`histogram_series` holds \"p99\""},
		"cumulative sums":                {ok + "metrics: {cumulative_sums: x}", "`cumulative_sums` is \"x\""},
		"cumulative histograms":          {ok + "metrics: {cumulative_histograms: x}", "`cumulative_histograms` is \"x\""},
		"no memory":                      {ok + "metrics: {conversion: {max_series: 0}}", "`max_series` and `max_idle`"},
		"no application at all":          {ok + "traces: {default_application: ''}", "must not be blank"},
		"no service at all":              {ok + "traces: {default_service: ' '}", "must not be blank"},
		"reports in no time":             {ok + "traces: {red_metrics: {interval: 0s}}", "`interval` must be at least 1s"},
		"a limit without room":           {ok + "limits: {span_tags: 5}", "`span_tags` is 5: it must be at least 10"},
		"a negative limit":               {ok + "limits: {source: -1}", "`source` is -1"},
		"a time window that is negative": {ok + "limits: {max_age: -1h}", "`max_age` and `max_future`"},
	})
}

func TestSecretsAreNotPrinted(t *testing.T) {
	for _, text := range []string{"token: hunter2", "csp: {api_token: hunter2}", "csp: {app_id: x, app_secret: hunter2}"} {
		c, err := parse(t, "endpoint: https://h\n"+text)
		testkit.CheckSecretsHidden(t, c, err)
	}
}

func TestMode(t *testing.T) {
	for text, direct := range map[string]bool{
		"endpoint: http://h":                                             false,
		"endpoint: http://h\ntoken: x":                                   true,
		"endpoint: https://h\ncsp: {api_token: x}":                       true,
		"endpoint: https://h\nmode: proxy\ntoken: x":                     false,
		"endpoint: https://h\nmode: direct\ntoken: x":                    true,
		"endpoint: https://h\nmode: direct\nheaders: {Authorization: x}": true,
	} {
		c, err := parse(t, text)
		require.NoError(t, err, text)
		assert.Equal(t, direct, c.direct(), text)
	}
}
