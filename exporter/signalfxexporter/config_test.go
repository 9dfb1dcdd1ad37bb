package signalfxexporter

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/translate"
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
	c, err := load(t, "signalfx")
	require.NoError(t, err)
	want := createDefaultConfig().(*Config)
	want.AccessToken = "${env:SPLUNK_ACCESS_TOKEN}"
	want.Realm = "us1"
	assert.Equal(t, want, c)
	assert.Equal(t, 10*time.Second, c.ClientConfig.Timeout)
	assert.True(t, c.QueueConfig.HasValue())
	assert.True(t, c.RetryConfig.Enabled)
}

func TestSamplesAreValid(t *testing.T) {
	for _, section := range []string{"signalfx/urls", "signalfx/durable", "signalfx/metrics", "signalfx/events", "signalfx/every_key"} {
		_, err := load(t, section)
		assert.NoError(t, err, section)
	}
}

func TestEveryKey(t *testing.T) {
	c, err := load(t, "signalfx/every_key")
	require.NoError(t, err)
	assert.Equal(t, configopaque.String("token"), c.AccessToken)
	assert.False(t, c.AccessTokenPassthrough)
	assert.Equal(t, "signalfx.com", c.Domain)
	assert.True(t, c.IngestTLS.Get().InsecureSkipVerify)
	assert.Equal(t, "api", c.APITLS.Get().ServerName)
	assert.Equal(t, 7, c.ClientConfig.MaxConnsPerHost)
	assert.False(t, c.RetryConfig.Enabled)
	assert.Equal(t, 3, c.QueueConfig.Get().NumConsumers)
	m := c.MetricsConfig
	assert.Equal(t, translate.HistogramUpperBound, m.HistogramMode)
	assert.True(t, m.noDefaultExcludes, "an empty list switches the default excludes off")
	assert.Equal(t, map[string]string{"env": "prod"}, m.Dimensions)
	assert.EqualValues(t, 60, m.DeltaTranslationTTL)
	assert.True(t, m.DisableDefaultTranslationRules && m.LogDataPoints)
	assert.Equal(t, []string{"span_id"}, c.EventsConfig.EventProperties)
	assert.False(t, c.EventsConfig.EntityEvents)
	assert.Equal(t, DimensionClientConfig{
		MaxBuffered: 1, SendDelay: 2 * time.Second, MaxIdleConns: 3, MaxIdleConnsPerHost: 4, MaxConnsPerHost: 5,
		IdleConnTimeout: 6 * time.Second, Timeout: 7 * time.Second, DropTags: true, Method: "put",
	}, c.MetadataConfig.DimensionClient)
	assert.Equal(t, 100, c.MaxDatapointsPerRequest)
	assert.Equal(t, 5*time.Minute, c.Correlation.StaleServiceTimeout)
}

func TestWhatIsRefused(t *testing.T) {
	const ok = "access_token: hunter2\nrealm: us1\n"
	testkit.CheckRefused(t, createDefaultConfig, map[string][2]string{
		"no token":                     {"realm: us1", "`access_token` is missing"},
		"a token with white space":     {"access_token: \"hunter2\\n\"\nrealm: us1", "`access_token` begins or ends with white space"},
		"no realm and no URLs":         {"access_token: hunter2", "`realm` is missing"},
		"only one URL":                 {"access_token: hunter2\ningest_url: https://h", "set both `ingest_url` and `api_url`"},
		"a URL as realm":               {"access_token: hunter2\nrealm: https://ingest.us1.signalfx.com", "`realm`: \"https://ingest.us1.signalfx.com\" is no realm"},
		"a URL without scheme":         {ok + "ingest_url: ingest.us1.signalfx.com", "`ingest_url`: not a URL of the form https://HOST"},
		"credentials in a URL":         {ok + "api_url: https://user:hunter2@h", "`api_url`: user, query and fragment"},
		"another domain":               {ok + "domain: example.com", "`domain` is \"example.com\""},
		"endpoint":                     {ok + "endpoint: https://h", "`endpoint` is not used"},
		"the token in headers":         {ok + "headers: {x-sf-token: hunter2}", "`headers` must not hold X-Sf-Token"},
		"negative timeout":             {ok + "timeout: -1s", "`timeout` is negative"},
		"no datapoints per request":    {ok + "max_datapoints_per_request: 0", "`max_datapoints_per_request` is 0"},
		"unknown key":                  {ok + "acess_token: x", "acess_token"},
		"unknown key of a section":     {ok + "dimension_client: {send_dely: 1s}", "send_dely"},
		"translation_rules":            {ok + "translation_rules: []", "`translation_rules` no longer exists: rename"},
		"send_compatible_metrics":      {ok + "send_compatible_metrics: true", "`send_compatible_metrics` no longer exists"},
		"max_connections":              {ok + "max_connections: 5", "use `max_conns_per_host`"},
		"histogram mode":               {ok + "histogram_mode: percentiles", "one of buckets, no_buckets, upper_bound, statistics, otlp"},
		"unknown key of a filter":      {ok + "exclude_metrics: [{metric_name: a, dimension: {b: c}}]", "`exclude_metrics[0]::dimension`: did you mean `exclude_metrics[0]::dimensions`?"},
		"too many static dimensions":   {ok + "dimensions: {a1: x, a2: x, a3: x, a4: x, a5: x, a6: x, a7: x, a8: x, a9: x, b1: x, b2: x, b3: x, b4: x, b5: x, b6: x, b7: x, b8: x, b9: x, c1: x, c2: x, c3: x}", "`dimensions` has 21 keys"},
		"old and new histogram keys":   {ok + "histogram_mode: otlp\ndrop_histogram_buckets: true", "set only `histogram_mode`"},
		"scope dimensions":             {ok + "scope_dimensions: [names]", "`scope_dimensions` holds \"names\""},
		"event properties":             {ok + "event_properties: [bodies]", "`event_properties` holds \"bodies\""},
		"filter without anything":      {ok + "exclude_metrics: [{}]", "`metric_name`"},
		"filter with a bad expression": {ok + "exclude_metrics: [{metric_name: '/(/'}]", "no regular expression"},
		"filter with a number":         {ok + "exclude_metrics: [{dimensions: {a: [1]}}]", "`exclude_metrics[0]::dimensions::a`: 1 is not text"},
		"delta ttl":                    {ok + "delta_translation_ttl: 0", "`delta_translation_ttl` is 0"},
		"method":                       {ok + "dimension_client: {method: post}", "`method` is \"post\": it must be patch or put"},
		"buffer":                       {ok + "dimension_client: {max_buffered: 0}", "`max_buffered` is 0"},
	})
}

func TestSecretsAreNotPrinted(t *testing.T) {
	c, err := parse(t, "access_token: hunter2\nrealm: us1")
	testkit.CheckSecretsHidden(t, c, err)
}

func TestEmptyCorrelationIsAccepted(t *testing.T) {
	_, err := parse(t, "access_token: x\nrealm: us1\ncorrelation:")
	assert.NoError(t, err)
}

func TestRealmGivesURLs(t *testing.T) {
	c, err := parse(t, "access_token: x\nrealm: us1")
	require.NoError(t, err)
	ingest, err := c.ingestURL()
	require.NoError(t, err)
	assert.Equal(t, "https://ingest.us1.observability.splunkcloud.com", ingest)
	c, err = parse(t, "access_token: x\nrealm: us1\ningest_url: http://h\ndomain: signalfx.com")
	require.NoError(t, err)
	ingest, err = c.ingestURL()
	require.NoError(t, err)
	assert.Equal(t, "http://h", ingest, "a URL wins over the realm")
	api, err := c.apiURL()
	require.NoError(t, err)
	assert.Equal(t, "https://api.us1.signalfx.com", api)
}

// As upstream, dropping buckets does not concern histograms that are sent as OTLP.
func TestUpstreamsHistogramKeysGoTogether(t *testing.T) {
	c, err := parse(t, "access_token: x\nrealm: us1\ndrop_histogram_buckets: true\nsend_otlp_histograms: true")
	require.NoError(t, err)
	assert.Equal(t, translate.HistogramOTLP, c.MetricsConfig.mode())
}

func TestOnlyAnEmptyListSwitchesTheDefaultExcludesOff(t *testing.T) {
	for text, off := range map[string]bool{"": false, "exclude_metrics:": false, "exclude_metrics: []": true, "exclude_metrics: [{metric_name: a}]": false} {
		c, err := parse(t, "access_token: x\nrealm: us1\n"+text)
		require.NoError(t, err)
		assert.Equal(t, off, c.MetricsConfig.noDefaultExcludes, text)
	}
}
