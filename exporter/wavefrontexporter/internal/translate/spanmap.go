package translate

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// The vendor's application map knows databases and AWS services by the components of
// its own Java agents, and other services outside by tags that begin with an underscore
// (vendor documentation, "span tags for the application map").
const (
	databaseComponent = "java-jdbc"
	awsComponent      = "java-aws-sdk"

	outboundServiceKey   = "_outboundExternalService"
	externalHostKey      = "_externalHost"
	externalComponentKey = "_externalComponent"
)

// renamed are attributes that the vendor indexes under an older name.
var renamed = [...]struct{ from, to string }{
	{"http.request.method", "http.method"},
	{"http.response.status_code", "http.status_code"},
}

// addMapTags adds the tags that the vendor's product understands for what
// OpenTelemetry's semantic conventions say; never over a tag that the span has.
func (d *spanTags) addMapTags(s ptrace.Span) {
	a := s.Attributes()
	for _, r := range renamed {
		d.putNew(a, r.to, firstOf(r.from, a))
	}
	if s.Kind() != ptrace.SpanKindClient {
		return
	}
	database := either(a, "db.system.name", "db.system")
	switch {
	case database != "":
		d.putNew(a, componentKey, databaseComponent)
		d.putNew(a, "db.type", database)
		d.putNew(a, "db.instance", either(a, "db.namespace", "db.name"))
	case firstOf("rpc.system", a) == "aws-api":
		d.putNew(a, componentKey, awsComponent)
		d.putNew(a, "peer.service", firstOf("rpc.service", a))
	case d.rules.ExternalServices && firstOf("peer.service", a) != "":
		d.putNew(a, outboundServiceKey, firstOf("peer.service", a))
		d.putNew(a, externalHostKey, either(a, "server.address", "net.peer.name"))
		d.putNew(a, externalComponentKey, firstOf("rpc.system", a))
	}
}

// putNew adds a tag that the span does not have.
func (d *spanTags) putNew(attributes pcommon.Map, key, value string) {
	if _, has := attributes.Get(key); !has {
		d.put(key, value, rankItem)
	}
}

// either returns the first of two attributes that is there.
func either(a pcommon.Map, key, older string) string {
	if text := firstOf(key, a); text != "" {
		return text
	}
	return firstOf(older, a)
}
