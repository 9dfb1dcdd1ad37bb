package signalfx

import (
	"slices"

	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

// APIStatuses is what the metadata API's answers mean (vendor API reference).
var APIStatuses = httpsend.Table{
	{First: 400, Class: httpsend.Rejected, Meaning: "the service calls the request malformed or over a limit"},
	{First: 401, Class: httpsend.Unauthorized, Meaning: "the access token is not valid for this organization and realm; check the access token and the realm"},
	{First: 403, Class: httpsend.Unauthorized, Meaning: "the access token is disabled or lacks the API scope; check the token's settings"},
	{First: 404, Class: httpsend.Rejected, Meaning: "no such object; if nothing is found at all, check the path of the API URL"},
	{First: 405, Class: httpsend.Rejected, Meaning: "the path does not take this method; check the path of the API URL"},
	{First: 408, Class: httpsend.Retry, Meaning: "the service timed out"},
	{First: 413, Class: httpsend.Rejected, Meaning: "the request is too large"},
	{First: 415, Class: httpsend.Rejected, Meaning: "the service does not take this content type; check that the API URL is that of the metadata API"},
	{First: 429, Class: httpsend.Throttled, Meaning: "the token's limit on API requests is exceeded"},
	{First: 503, Class: httpsend.Throttled, Meaning: "the service is overloaded"},
	{First: 500, Last: 599, Class: httpsend.Retry, Meaning: "the service failed"},
}

// APIPatchStatuses is what the answers to PatchDimension mean. The path merges into
// a dimension that exists, and one exists once the service has indexed a datapoint
// with it: metadata that comes first finds none for a while.
var APIPatchStatuses = slices.Concat(httpsend.Table{
	{First: 404, Class: httpsend.Retry, Meaning: "the service does not know the dimension yet; if it never does, check the path of the API URL"},
}, APIStatuses)
