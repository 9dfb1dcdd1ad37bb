package signalfx

import (
	"bytes"
	"encoding/json"

	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

// IngestStatuses is what the ingest service's answers mean (vendor ingest API, and
// its Go client for 429 and 503, which may carry Retry-After).
var IngestStatuses = httpsend.Table{
	{First: 400, Class: httpsend.Rejected, Meaning: "the service calls the request malformed"},
	{First: 401, Class: httpsend.Unauthorized, Meaning: "the access token is not valid for this organization and realm; check the access token and the realm"},
	{First: 403, Class: httpsend.Unauthorized, Meaning: "the access token is disabled or lacks the ingest scope; check the token's settings"},
	{First: 404, Class: httpsend.Rejected, Meaning: "no such path; check the path of the ingest URL"},
	{First: 405, Class: httpsend.Rejected, Meaning: "the path does not take POST; check the path of the ingest URL"},
	{First: 408, Class: httpsend.Retry, Meaning: "the service timed out"},
	{First: 413, Class: httpsend.TooLarge, Meaning: "the request is too large"},
	{First: 415, Class: httpsend.Rejected, Meaning: "the service does not take this content type; check that the ingest URL is that of the ingest service"},
	{First: 429, Class: httpsend.Throttled, Meaning: "the token's usage limit is exceeded"},
	{First: 503, Class: httpsend.Throttled, Meaning: "the service is overloaded"},
	{First: 500, Last: 599, Class: httpsend.Retry, Meaning: "the service failed"},
}

// throttleHeader names, in free text, the limit behind a 429 or 503 (vendor Go client).
const throttleHeader = "Throttle-Type"

// rejectedSpans counts the spans that the answer to a trace request names: it is an
// object from reasons to span ids then, and else the number of spans that were taken.
func rejectedSpans(body []byte) int {
	var byReason map[string][]string
	if json.Unmarshal(body, &byReason) != nil {
		return 0
	}
	n := 0
	for _, ids := range byReason {
		n += len(ids)
	}
	return n
}

// checkOK makes sure that a success came from the ingest service: for datapoints
// and events it answers the JSON string "OK". A 200 with any other body comes from
// something in between, and the data has not arrived.
func checkOK(_ int, body []byte) *httpsend.Error {
	if string(bytes.TrimSpace(body)) == `"OK"` {
		return nil
	}
	return &httpsend.Error{
		Class:   httpsend.Retry,
		Meaning: `the answer is not "OK", so it does not come from the ingest service; check the ingest URL and proxies`,
		Message: string(body),
	}
}
