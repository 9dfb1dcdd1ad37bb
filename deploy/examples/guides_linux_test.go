package examples

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What the migration guides show of Python is what make check-python runs.
func TestGuidesShowTheProgramsThatAreRun(t *testing.T) {
	programs, err := filepath.Glob(examples + "migrate/*.py")
	require.NoError(t, err)
	var run strings.Builder
	for _, program := range programs {
		run.WriteString(read(t, program))
	}
	guides, err := filepath.Glob("../../docs/migrate/*.md")
	require.NoError(t, err)
	shown := 0
	for _, guide := range guides {
		for _, block := range fences(read(t, guide), "python") {
			shown++
			assert.Contains(t, run.String(), block, filepath.Base(guide))
		}
	}
	assert.GreaterOrEqual(t, shown, len(programs), "blocks of Python")
}

// calls are those that the README of each library shows, over its versions, with their parameters.
var calls = map[string]string{
	"signalfx-python": `SignalFx( ingest( send(gauges= send(counters= send(cumulative_counters= timestamp dimensions add_dimensions remove_dimensions
		send_event( event_type category properties stop() atexit.register SignalFxReporter( .start() count_calls gauge( set_value time_calls timer(
		rest( update_tag( signalflow( execute( stream() get_metadata( preflight(`,
	"wavefront-sdk-python": `WavefrontDirectClient( server token max_queue_size batch_size flush_interval_seconds WavefrontProxyClient( host metrics_port
		distribution_port tracing_port event_port internal_flush WavefrontClientFactory() add_client( get_client() WavefrontMultiClient WavefrontClient(
		send_metric( send_delta_counter( send_distribution( histogram_granularities send_span( parents follows_from span_logs send_event(
		metric_to_line_data( send_metric_now( histogram_to_line_data send_distribution_now tracing_span_to_line_data send_span_now
		event_to_line_data send_event_now default_source get_failure_count() flush_now() close() csp_base_url csp_api_token csp_app_id`,
	"python-librato": `librato.connect( sanitizer list_metrics() submit( description type='counter' source delete( get( count= resolution= measurements
		new_queue() Queue( q.add( q.submit() auto_submit_count Aggregator( a.add( a.submit() period measure_time add_aggregator( update( attributes
		list_annotation_streams() get_annotation_stream( start_time post_annotation( title description links delete_annotation_stream( list_alerts()
		create_alert( add_condition_for( above( 'sum' duration( below( stops_reporting_for( alert.save()`,
	"appoptics-metrics": `appoptics_metrics.connect( sanitizer set_tags add_tags set_timeout list_metrics() submit( tags= inherit_tags delete( get(
		get_measurements( new_queue( q.add( q.submit() auto_submit_count Aggregator( a.add( a.submit() add_aggregator( update( attributes get_composite
		create_composite( list_annotation_streams() get_annotation_stream( post_annotation( delete_annotation_stream( list_alerts() create_alert(
		add_condition_for( above( duration( below( stops_reporting_for( add_service( alert.save() list_spaces() create_space( find_space( rename(
		delete_space( create_chart( get_chart( chart_ids chart.save() chart.delete()`,
}

// A call stands in the guide, in a table or beside the Python that replaces it.
func TestGuidesHaveEveryCallOfTheLibrariesREADMEs(t *testing.T) {
	for library, names := range calls {
		guide := read(t, "../../docs/migrate/"+library+".md")
		for name := range strings.FieldsSeq(names) {
			assert.Contains(t, guide, name, library)
		}
	}
}

// What the guide says of translation rules is what TestTranslationRulesAsProcessors runs.
func TestGuideShowsTheProcessorsThatAreRun(t *testing.T) {
	run := read(t, examples+"migrate/translation-rules.yaml")
	_, rules, _ := strings.Cut(read(t, "../../docs/migrate/upstream-signalfx.md"), "| action | processor |")
	statements := regexp.MustCompile("`([a-z_]+\\(.*?\\).*?|metric\\.name ==.*?)`").FindAllStringSubmatch(rules, -1)
	assert.Greater(t, len(statements), 8)
	for _, statement := range statements {
		assert.Contains(t, run, "- "+statement[1]+"\n")
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(text)
}

// fences are the code blocks of a language in a page, which stand at the beginning of a line.
func fences(page, language string) []string {
	var blocks []string
	for _, match := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllStringSubmatch(page, -1) {
		blocks = append(blocks, match[1])
	}
	return blocks
}
