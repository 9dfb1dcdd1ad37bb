package librato

import "github.com/otelcol-custom/otelcol-custom/internal/httpsend"

// deviation is what this client does in place of what a Python client did.
type deviation struct {
	why string
	// noRequest: nothing is sent.
	noRequest bool
	// requests is how many are made, when not as many as recorded.
	requests int
	// asks are the requests that are made, without a body, in place of the recorded ones.
	asks []string
	// skipped are recorded requests, by position from 0, that are not made.
	skipped []int
	// bodies stand in for the recorded ones, in order.
	bodies []string
	// succeeds: no error, where the recorded client raised one.
	succeeds bool
	// fails: this error. Message: a Fault of this text. Class: an error of this class.
	fails   error
	message string
	class   httpsend.Class
	// result stands in for the recorded one.
	result string
}

const (
	leaks        = "the clients copy their own argument inherit_tags into the measurement"
	nullValue    = "a complex measurement has no value; the API documents value and count as exclusive"
	asksForSpace = "the clients read the space of a chart again before they write the chart"
	escapes      = "a name is one segment of the path, whatever it holds; the recording has no answer to it"
	incomplete   = "a condition that was begun and never finished is refused before it is sent"
	keepsTags    = `{"name":"Temperature","type":"line","streams":[{"metric":"cpu.idle","type":"gauge","id":27003258,"tags":[{"name":"region","values":["us-east-1"]}]}]}`
	noOwnRetry   = "the caller owns the retry loop; the clients wait and repeat without end"
	summary      = `{"measurements":[{"name":"my.custom.metric","period":60,"sum":35,"count":3,"min":4.5,"max":6.7,"last":2.5,` +
		`"stddev":1.34,"attributes":{"aggregate":false},"time":1484613483,"tags":{"region":"us-east-1","az":"b"}}]}`
	event = `{"id":189,"title":"v91","start_time":1234567890}`
)

// deviations is every case in which this client does not do what was recorded.
var deviations = map[string]deviation{
	"submit:gauge-nan/pl": {why: "NaN is not JSON, and fails its whole request", noRequest: true, fails: ErrNotFinite},
	"submit:gauge-none-complex/pl": {why: nullValue, bodies: []string{
		`{"gauges":[{"name":"lat","count":3,"sum":35.0,"min":4.5,"max":6.7,"sum_squares":410.5}],"counters":[]}`}},
	"submit:tagged-summary/pl": {why: nullValue, bodies: []string{summary}},
	"submit:tagged-summary/ao": {why: nullValue, bodies: []string{summary}},

	"tags:submit-conn0-measnone-inheritTrue/pl": {why: leaks, bodies: []string{
		`{"gauges":[{"name":"temperature","value":80}],"counters":[]}`}},
	"tags:submit-conn1-measnone-inheritTrue/pl": {why: leaks, bodies: []string{
		`{"measurements":[{"name":"temperature","value":80,"tags":{"company":"librato","service":"app"}}]}`}},
	"tags:submit-conn1-measnone-inheritTrue/ao": {why: leaks, bodies: []string{
		`{"measurements":[{"name":"temperature","value":80,"tags":{"company":"librato","service":"app"}}]}`}},
	"tags:queue-conn0-queue0-meas0-inheritTrue/pl": {why: leaks, bodies: []string{
		`{"gauges":[{"name":"temperature","value":22.1}],"counters":[]}`}},

	"queue:tagged-measure-time-not-renamed/pl": {why: "the tag dialect calls it time", bodies: []string{
		`{"measurements":[{"name":"t","sum":1,"count":1,"tags":{"a":"b"},"time":1700000000}]}`}},
	"queue:tagged-measure-time-not-renamed/ao": {why: "the tag dialect calls it time", bodies: []string{
		`{"measurements":[{"name":"t","sum":1,"count":1,"tags":{"a":"b"},"time":1700000000}]}`}},

	"aggregator:measure-time-ignored/ao": {why: "a time that was given is sent, by whatever name", bodies: []string{
		`{"measurements":[{"count":1,"sum":42,"min":42,"max":42,"name":"foo"}],"time":1419302671}`}},

	"annotations:update-stream/pl": {why: "204 without a body is the documented answer", succeeds: true},
	"annotations:update-stream/ao": {why: "204 without a body is the documented answer", succeeds: true},
	"annotations:get-event/pl":     {why: "an event has no name", succeeds: true, result: event},
	"annotations:get-event/ao":     {why: "an event has no name", succeeds: true, result: event},

	"errors:parse-errors-list/pl": {why: "a list is not Python source", message: "Tag based measurements are not enabled for this account."},
	"errors:parse-errors-list/ao": {why: "a list is not Python source", message: "Tag based measurements are not enabled for this account."},
	"errors:plain-text/pl":        {why: "an HTML 400 comes from a load balancer, and is tried once more", requests: 2, message: "<html>400 Bad Request</html>"},
	"errors:plain-text/ao":        {why: "an HTML 400 comes from a load balancer, and is tried once more", requests: 2, message: "<html>400 Bad Request</html>"},

	"errors:retry-503-closed/pl":         {why: noOwnRetry, requests: 1, class: httpsend.Retry},
	"errors:retry-503-closed/ao":         {why: noOwnRetry, requests: 1, class: httpsend.Retry},
	"errors:retry-503-three/pl":          {why: noOwnRetry, requests: 1, class: httpsend.Retry},
	"errors:retry-503-three/ao":          {why: noOwnRetry, requests: 1, class: httpsend.Retry},
	"errors:retry-503-keepalive-body/pl": {why: noOwnRetry, requests: 1, class: httpsend.Retry},
	"errors:retry-503-keepalive-body/ao": {why: noOwnRetry, requests: 1, class: httpsend.Retry},

	"metrics:path-with-space/pl":       {why: escapes, asks: []string{"GET /v1/metrics/a%20b"}, class: httpsend.Rejected},
	"metrics:path-with-space/ao":       {why: escapes, asks: []string{"GET /v1/metrics/a%20b"}, class: httpsend.Rejected},
	"metrics:path-with-slash-query/pl": {why: escapes, asks: []string{"DELETE /v1/metrics/a%2Fb%3Fc=d"}},
	"metrics:path-with-slash-query/ao": {why: escapes, asks: []string{"DELETE /v1/metrics/a%2Fb%3Fc=d"}},

	"alerts:condition-never-set/pl": {why: incomplete, fails: ErrNoConditionType},
	"alerts:condition-never-set/ao": {why: incomplete, fails: ErrNoConditionType},

	"spaces_charts:space-add-charts/pl":      {why: asksForSpace, skipped: []int{1, 3, 5, 7, 9}},
	"spaces_charts:space-add-charts/ao":      {why: asksForSpace, skipped: []int{1, 3, 5, 7, 9}},
	"spaces_charts:chart-save-drops-tags/pl": {why: asksForSpace + ", and lose the tags of streams", skipped: []int{1}, bodies: []string{"", keepsTags}},
	"spaces_charts:chart-save-drops-tags/ao": {why: asksForSpace + ", and lose the tags of streams", skipped: []int{1}, bodies: []string{"", keepsTags}},
}
