package libratoexporter

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configcompression"
	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/translate"
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
	c, err := load(t, "librato")
	require.NoError(t, err)
	want := createDefaultConfig().(*Config)
	want.ClientConfig.Endpoint = "http://relay.example.com:8080"
	assert.Equal(t, want, c)
	assert.Equal(t, librato.TagDialect, c.dialect())
	assert.Equal(t, 500, c.maxMeasurements())
	assert.Equal(t, 10*time.Second, c.ClientConfig.Timeout)
	assert.True(t, c.QueueConfig.HasValue())
	assert.True(t, c.RetryConfig.Enabled)
}

func TestSamplesAreValid(t *testing.T) {
	for _, section := range []string{"librato/appoptics", "librato/durable", "librato/metrics", "librato/events"} {
		_, err := load(t, section)
		assert.NoError(t, err, section)
	}
	c, err := load(t, "librato/sources")
	require.NoError(t, err)
	assert.Equal(t, librato.SourceDialect, c.dialect())
	assert.Equal(t, 300, c.maxMeasurements())
	assert.Empty(t, c.ClientConfig.Compression, "nobody knows whether Librato took gzip")
}

func TestEveryKey(t *testing.T) {
	c, err := load(t, "librato/every_key")
	require.NoError(t, err)
	assert.Equal(t, configopaque.String("token"), c.Token)
	assert.Equal(t, librato.TagDialect, c.dialect(), "late Librato accounts know tags")
	assert.Equal(t, configcompression.TypeGzip, c.ClientConfig.Compression)
	assert.True(t, c.ClientConfig.TLS.InsecureSkipVerify)
	assert.Equal(t, 7, c.ClientConfig.MaxConnsPerHost)
	assert.False(t, c.RetryConfig.Enabled)
	assert.Equal(t, 3, c.QueueConfig.Get().NumConsumers)
	assert.Equal(t, AnnotationsConfig{AllLogs: true, Stream: "s", MaxOpen: 1, OpenTTL: time.Hour}, c.Annotations)
	assert.Equal(t, SpansConfig{Period: time.Second, DurationMetric: "d", ErrorMetric: "e", Attributes: []string{"a"}, MaxSeries: 2}, c.Spans)
	assert.Equal(t, 10, c.MetricsConfig.MaxSeries)
	assert.Equal(t, 10*time.Minute, c.MetricsConfig.SeriesTTL)
	assert.Equal(t, 1000, c.maxMeasurements())
	assert.Equal(t, 2000, c.MaxRequestSize)
	assert.Equal(t, 3, c.MaxParallelRequests)
	assert.Equal(t, &translate.Rules{
		Cumulative: true,
		Tags: translate.TagRules{
			Resource: translate.Patterns{"*"}, ScopeName: true, Static: map[string]string{"env": "prod"},
			FallbackName: "origin", FallbackValue: "here", LowerValues: true,
		},
		Buckets:     true,
		Percentiles: []translate.Percentile{translate.PercentileOf(99.9)},
		Properties:  translate.PropertyRules{Summarize: "max", Period: 10},
		Times:       translate.TimeRules{MaxAge: time.Hour, Floor: 10},
	}, c.rules())
}

func TestWhatIsRefused(t *testing.T) {
	const ok = "endpoint: http://h\n"
	const legacy = ok + "api: librato\n"
	testkit.CheckRefused(t, createDefaultConfig, map[string][2]string{
		"no endpoint":                    {"token: hunter2", "`endpoint` is missing: the vendor has retired both services"},
		"an endpoint without scheme":     {"endpoint: relay:8080", "`endpoint`: not a URL of the form https://HOST"},
		"credentials in the endpoint":    {"endpoint: http://user:hunter2@h", "`endpoint`: user, query and fragment"},
		"an unknown service":             {ok + "api: solarwinds", "`api` is \"solarwinds\": it must be appoptics or librato"},
		"an e-mail address alone":        {legacy + "email: a@b", "`email` has no `token`"},
		"a Librato token alone":          {legacy + "token: hunter2", "`email` is missing"},
		"an e-mail address of AppOptics": {ok + "email: a@b\ntoken: hunter2", "`email` is not used by AppOptics"},
		"a token with white space":       {ok + "token: \"hunter2\\n\"", "`token` begins or ends with white space"},
		"a token beyond ASCII":           {ok + "token: hunter2é", "`token`: the API token may hold printable ASCII"},
		"two sets of credentials":        {ok + "token: hunter2\nauth: {authenticator: basicauth}", "`token` and `auth`"},
		"credentials in headers":         {ok + "token: hunter2\nheaders: {authorization: hunter2}", "`headers` must not hold Authorization"},
		"sources of AppOptics":           {ok + "dialect: sources", "`dialect` is sources, which AppOptics does not speak"},
		"an unknown dialect":             {ok + "dialect: measurements", "`dialect` is \"measurements\": it must be tags or sources"},
		"tags of sources":                {legacy + "tags: {a: b}", "have no effect on sources"},
		"sources of tags":                {ok + "source_attributes: [a]", "`source_attributes` has no effect on tags"},
		"an empty source attribute":      {legacy + "source_attributes: ['']", "`source_attributes` holds an empty key"},
		"temporality":                    {ok + "temporality: rate", "`temporality` is \"rate\": it must be delta or cumulative"},
		"buckets":                        {ok + "buckets: all", "`buckets` is \"all\": it must be none or tag"},
		"no series":                      {ok + "max_series: 0", "`max_series` is 0"},
		"series for no time":             {ok + "series_ttl: 0s", "`series_ttl` is 0s"},
		"no fallback tag":                {ok + "fallback_tag: {name: ''}", "`fallback_tag` lacks"},
		"two tags that are one":          {ok + "tags: {Env: a, env: b}", "`tags` holds \"Env\" and \"env\", which the service stores as the same tag \"env\""},
		"a tag without a value":          {ok + "tags: {env: ''}", "`tags` holds \"env\": \"\""},
		"a percentile above 100":         {ok + "percentiles: [50, 101]", "`percentiles` holds 101"},
		"summarize function":             {ok + "summarize_function: median", "one of auto, none, average"},
		"negative age":                   {ok + "max_age: -1s", "`max_age` or `max_future` is negative"},
		"half a second":                  {ok + "period: 1500ms", "`period` is 1.5s: it must be whole seconds"},
		"floor to no period":             {ok + "floor_to_period: true", "`floor_to_period` needs a `period`"},
		"a pattern with a star inside":   {ok + "resource_attributes: ['k8s.*.name']", "`resource_attributes` holds \"k8s.*.name\""},
		"negative timeout":               {ok + "timeout: -1s", "`timeout` is negative"},
		"too many in a request":          {ok + "max_measurements_per_request: 1001", "it must be 1 to 1000"},
		"no bytes in a request":          {ok + "max_request_size: 0", "`max_request_size` is 0"},
		"no stream":                      {ok + "annotations: {stream: ''}", "`stream` is empty"},
		"negative pace":                  {ok + "annotations: {max_per_second: -1}", "`max_per_second` is -1"},
		"no open annotations":            {ok + "annotations: {max_open: 0}", "`max_open` is 0"},
		"open for no time":               {ok + "annotations: {open_ttl: 0s}", "`open_ttl` is 0s"},
		"no period of spans":             {ok + "spans: {period: 0s}", "`period` is 0s: it must be a duration of at least 1s"},
		"two metrics of one name":        {ok + "spans: {error_metric: span.duration}", "must be two names"},
		"no series of spans":             {ok + "spans: {max_series: 0}", "spans: `max_series` is 0"},
		"unknown key":                    {ok + "toekn: x", "toekn"},
		"unknown key of a section":       {ok + "spans: {perdiod: 1s}", "perdiod"},
	})
}

func TestSecretsAreNotPrinted(t *testing.T) {
	c, err := parse(t, "token: hunter2\nendpoint: http://h")
	testkit.CheckSecretsHidden(t, c, err)
}

func TestEmptySectionsKeepTheDefaults(t *testing.T) {
	c, err := parse(t, "endpoint: http://h\nspans:\nannotations:")
	require.NoError(t, err)
	assert.Equal(t, createDefaultConfig().(*Config).Spans, c.Spans)
	assert.Equal(t, createDefaultConfig().(*Config).Annotations, c.Annotations)
}
