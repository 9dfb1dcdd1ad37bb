package wavefront

import (
	"slices"

	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

// The vendor does not document the answers of /report. The tables follow its own
// clients, above all the proxy, which lives by them.

// ReportStatuses is what the service's answers to lines mean.
var ReportStatuses = httpsend.Table{
	{First: 400, Class: httpsend.Rejected, Meaning: "the service could use nothing in the request"},
	{First: 401, Class: httpsend.Unauthorized, Meaning: "the token is not valid here; check the token and the host"},
	{First: 403, Class: httpsend.Unauthorized, Meaning: "the token lacks the Direct Data Ingestion permission, or the tenant does not take this type of data"},
	{First: 404, Class: httpsend.Rejected, Meaning: "no such path; check the host and path of the endpoint"},
	{First: 406, Class: httpsend.Throttled, Meaning: "pushback: more points a second than the contract allows"},
	{First: 407, Class: httpsend.Retry, Meaning: "a proxy on the way wants credentials"},
	{First: 408, Class: httpsend.Retry, Meaning: "the service timed out"},
	{First: 413, Class: httpsend.TooLarge, Meaning: "the request is too large"},
	{First: 429, Class: httpsend.Throttled, Meaning: "too many requests"},
	{First: 500, Last: 599, Class: httpsend.Retry, Meaning: "the service failed"},
}

// EventStatuses is the same for events.
var EventStatuses = lacking("the token lacks the Events permission, or the tenant does not take events")

// SourceStatuses is the same for the tags and descriptions of sources.
var SourceStatuses = lacking("the token lacks the Source Tags permission")

// ProxyStatuses is what a proxy's answers mean. It says 202 to lines that it rejects.
var ProxyStatuses = slices.Concat(httpsend.Table{
	{First: 400, Class: httpsend.Rejected, Meaning: "the proxy could use nothing in the request; is it the right port for this type of data?"},
	{First: 401, Class: httpsend.Unauthorized, Meaning: "the proxy wants a token, or another one (its authMethod)"},
	{First: 403, Class: httpsend.Unauthorized, Meaning: "the tenant behind the proxy does not take this type of data; the answer names it"},
	{First: 413, Class: httpsend.TooLarge, Meaning: "the request is larger than the proxy's pushListenerHttpBufferSize"},
}, ReportStatuses)

// CSPStatuses is what the answers of the token exchange mean.
var CSPStatuses = httpsend.Table{
	{First: 400, Last: 403, Class: httpsend.Unauthorized, Meaning: "the exchange refused the credentials; check the app ID and secret, or the API token, and the organization"},
	{First: 404, Class: httpsend.Unauthorized, Meaning: "no such app, API token or path; check the credentials and the exchange's URL"},
	{First: 408, Class: httpsend.Retry, Meaning: "the exchange timed out"},
	{First: 429, Class: httpsend.Throttled, Meaning: "too many exchanges"},
	{First: 500, Last: 599, Class: httpsend.Retry, Meaning: "the exchange failed"},
}

// lacking is ReportStatuses with another meaning of 403.
func lacking(permission string) httpsend.Table {
	return slices.Concat(httpsend.Table{{First: 403, Class: httpsend.Unauthorized, Meaning: permission}}, ReportStatuses)
}
