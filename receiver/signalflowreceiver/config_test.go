package signalflowreceiver

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"

	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
)

func load(t *testing.T, section string) (*Config, error) {
	return testkit.Load(t, section, createDefaultConfig().(*Config))
}

func TestDefaults(t *testing.T) {
	require.NoError(t, componenttest.CheckConfigStruct(createDefaultConfig()))
	c, err := load(t, "signalflow")
	require.NoError(t, err)
	want := createDefaultConfig().(*Config)
	want.Realm, want.AccessToken = "us1", "${env:SPLUNK_ACCESS_TOKEN}"
	want.Programs = []ProgramConfig{{
		Name: "cpu", Program: "data('cpu.utilization').mean(by=['host']).publish('cpu')",
		MaxBackfill: time.Hour, MetricType: "gauge", NullPoints: "drop",
	}}
	assert.Equal(t, want, c)
}

func TestEveryKey(t *testing.T) {
	c, err := load(t, "signalflow/every_key")
	require.NoError(t, err)
	assert.Equal(t, RetryConfig{InitialInterval: 3 * time.Second, MaxInterval: 4 * time.Second, Multiplier: 1.5, RandomizationFactor: 0.1}, c.Retry)
	assert.Equal(t, []int{5, 6, 7, 8, 9}, []int{c.StartsPerMinute, c.MaxChannelsPerConnection, c.MaxMessageSize, c.MaxDecompressedSize, c.MaxQueuedBytes})
	assert.Equal(t, []time.Duration{time.Second, 2 * time.Second}, []time.Duration{c.ConnectTimeout, c.KeepaliveTimeout})
	assert.Equal(t, ShardConfig{Index: 1, Total: 2}, c.Shard)
	assert.Equal(t, "file_storage/x", c.Storage.String())
	assert.Equal(t, "k8s_leader_elector/x", c.LeaderElector.String())
	assert.Equal(t, "http://proxy:3128", c.ProxyURL)
	assert.Equal(t, 10, c.ReadBufferSize)
	assert.Equal(t, "sse", c.Transport)
	assert.Equal(t, ProgramConfig{
		Name: "every", Program: "data('x').publish()", Resolution: 10 * time.Second, MaxDelay: 20 * time.Second,
		Start: "-15m", Stop: "-5m", Immediate: true, Timezone: "Europe/Berlin", MaxBackfill: 30 * time.Minute,
		MetricName: "{program}.{label}", MetricType: "cumulative_sum", Monotonic: true, IncludeProperties: []string{"owner"},
		NullPoints: "no_recorded_value", StalenessOnExpiry: true,
	}, c.Programs[0])
}

func TestSamplesAreValid(t *testing.T) {
	for _, section := range []string{"signalflow/durable", "signalflow/history", "signalflow/replicas"} {
		_, err := load(t, section)
		assert.NoError(t, err, section)
	}
}

func TestWhatIsRefused(t *testing.T) {
	const ok = "access_token: hunter2\nrealm: us1\n"
	const programs = "programs: [{name: a, program: data('x').publish()}]\n"
	program := func(keys string) string {
		return ok + "programs: [{name: a, program: data('x').publish(), " + keys + "}]\n"
	}
	testkit.CheckRefused(t, createDefaultConfig, map[string][2]string{
		"no token":                    {"realm: us1\n" + programs, "`access_token` is missing"},
		"a token with white space":    {"access_token: \"hunter2\\n\"\nrealm: us1\n" + programs, "white space"},
		"neither realm nor URL":       {"access_token: x\n" + programs, "exactly one of `realm`"},
		"both realm and URL":          {ok + "stream_url: wss://h\n" + programs, "exactly one of `realm`"},
		"a URL as realm":              {"access_token: x\nrealm: https://x\n" + programs, "is no realm"},
		"a URL of another scheme":     {"access_token: x\nstream_url: ftp://h\n" + programs, "`stream_url`: "},
		"an unencrypted URL":          {"access_token: x\nstream_url: ws://h\n" + programs, "unencrypted"},
		"transport":                   {ok + "transport: tcp\n" + programs, "`transport` is \"tcp\""},
		"no programs":                 {ok, "`programs` is empty"},
		"two programs of one name":    {ok + "programs: [{name: a, program: x.publish()}, {name: a, program: y.publish()}]", "two of the name \"a\""},
		"no name":                     {ok + "programs: [{program: x.publish()}]", "`name` is missing"},
		"no publish":                  {ok + "programs: [{name: a, program: data('x')}]", "no publish()"},
		"a program that is too long":  {ok + "programs: [{name: a, program: \"publish()" + strings.Repeat("x", 50_000) + "\"}]", "longer than the 50000"},
		"a filter without its place":  {program("filter: {a: b}"), "go together"},
		"a place without filter":      {ok + "programs: [{name: a, program: \"data('x', filter={{filter}}).publish()\"}]", "go together"},
		"a filter of numbers":         {ok + "programs: [{name: a, program: \"data('x', filter={{filter}}).publish()\", filter: {a: 1}}]", "`filter::a`: 1 is not text"},
		"resolution":                  {program("resolution: 1us"), "`resolution`"},
		"max_delay too long":          {program("max_delay: 16m"), "`max_delay`"},
		"max_delay too short":         {program("max_delay: 1s"), "`max_delay`"},
		"start":                       {program("start: yesterday"), "`start` is \"yesterday\""},
		"start in the future":         {program("start: 5m"), "in the future"},
		"stop before start":           {program("start: -5m, stop: -10m"), "before `stop`"},
		"stop without start":          {program("stop: -10m"), "without `start`"},
		"immediate without stop":      {program("immediate: true"), "`immediate`"},
		"metric_type":                 {program("metric_type: counter"), "`metric_type` is \"counter\""},
		"monotonic gauge":             {program("monotonic: true"), "`monotonic`"},
		"metric_name":                 {program("metric_name: \"{metric}\""), "placeholder {metric}"},
		"null_points":                 {program("null_points: keep"), "`null_points`"},
		"unknown key":                 {ok + programs + "transprot: sse", "did you mean `transport`"},
		"unknown key of a program":    {program("resolutoin: 1s"), "did you mean `programs[0]::resolution`"},
		"shard":                       {ok + programs + "shard: {index: 2, total: 2}", "`shard` is 2 of 2"},
		"retry":                       {ok + programs + "retry: {initial_interval: 0s}", "`initial_interval`"},
		"keepalive_timeout":           {ok + programs + "keepalive_timeout: 0s", "`keepalive_timeout`"},
		"max_channels_per_connection": {ok + programs + "max_channels_per_connection: 301", "at most 300"},
	})
}

func TestFilterIsRenderedAndCannotBecomeProgramText(t *testing.T) {
	p := ProgramConfig{
		Program: "data('x', filter={{filter}}).publish()",
		Filter: map[string]any{
			"env": []any{"prod", `it's \ new` + "\n"}, "app": "shop",
			"not": map[string]any{"region": "test", "zone": []any{"a"}},
		},
	}
	got, err := p.text()
	require.NoError(t, err)
	assert.Equal(t, `data('x', filter=filter('app', 'shop') and filter('env', 'prod', 'it\'s \\ new\n') and `+
		`not (filter('region', 'test') or filter('zone', 'a'))).publish()`, got)
}

func TestShardsShareThePrograms(t *testing.T) {
	for _, name := range []string{"a", "b", "c", "cpu"} {
		owners := 0
		for i := range 3 {
			if (ShardConfig{Index: i, Total: 3}).has(name) {
				owners++
			}
		}
		assert.Equal(t, 1, owners, name)
	}
}
