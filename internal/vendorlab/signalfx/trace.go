package signalfx

import (
	"encoding/hex"
	"net/http"
	"strings"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// decodeOTLPTraces reads an ExportTraceServiceRequest; TracesData has the same wire form.
func decodeOTLPTraces(body []byte) (*batch, *exchange.Error) {
	var data tracepb.TracesData
	if err := proto.Unmarshal(body, &data); err != nil {
		return nil, exchange.Errorf(http.StatusBadRequest, "the body is no ExportTraceServiceRequest: %v", err)
	}
	b := &batch{traces: true, refusedSpans: map[Reason][]string{}}
	for _, resource := range data.GetResourceSpans() {
		attributes := attributeMap(resource.GetResource().GetAttributes())
		for _, scope := range resource.GetScopeSpans() {
			for _, span := range scope.GetSpans() {
				b.addSpan(attributes, span)
			}
		}
	}
	return b, nil
}

func (b *batch) addSpan(resource map[string]any, from *tracepb.Span) {
	span := spanOf(resource, from)
	if r := checkSpan(from); r != nil {
		b.refusedSpans[r.reason] = append(b.refusedSpans[r.reason], span.SpanID)
		b.refuse(kindSpan, r, span)
		return
	}
	b.spans = append(b.spans, span)
}

// checkSpan applies the OTLP rules: ids have 16 and 8 bytes and are not all zero.
func checkSpan(span *tracepb.Span) *refusal {
	if !isID(span.GetTraceId(), 16) {
		return refuse(TraceIDInvalid, "the trace id is not 16 bytes, or all zero")
	}
	if !isID(span.GetSpanId(), 8) {
		return refuse(SpanIDInvalid, "the span id is not 8 bytes, or all zero")
	}
	return nil
}

func isID(id []byte, length int) bool {
	return len(id) == length && strings.Trim(string(id), "\x00") != ""
}

func spanOf(resource map[string]any, span *tracepb.Span) store.Span {
	service, _ := resource["service.name"].(string)
	return store.Span{
		TraceID:    hex.EncodeToString(span.GetTraceId()),
		SpanID:     hex.EncodeToString(span.GetSpanId()),
		ParentID:   hex.EncodeToString(span.GetParentSpanId()),
		Service:    service,
		Name:       span.GetName(),
		Kind:       strings.ToLower(strings.TrimPrefix(span.GetKind().String(), "SPAN_KIND_")),
		Status:     strings.ToLower(strings.TrimPrefix(span.GetStatus().GetCode().String(), "STATUS_CODE_")),
		Start:      int64(span.GetStartTimeUnixNano()),
		Duration:   int64(span.GetEndTimeUnixNano() - span.GetStartTimeUnixNano()),
		Attributes: attributeMap(span.GetAttributes()),
		Resource:   resource,
		Events:     len(span.GetEvents()),
		Logs:       spanEvents(span),
	}
}

// maxSpanEvents are kept of a span; the others are only counted.
const maxSpanEvents = 32

// spanEvents are shown as what other vendors call the logs of a span.
func spanEvents(span *tracepb.Span) (logs []store.SpanLog) {
	events := span.GetEvents()
	for _, event := range events[:min(len(events), maxSpanEvents)] {
		fields := attributeMap(event.GetAttributes())
		fields["event"] = event.GetName()
		logs = append(logs, store.SpanLog{
			Vendor: Vendor, TraceID: hex.EncodeToString(span.GetTraceId()), SpanID: hex.EncodeToString(span.GetSpanId()),
			Timestamp: int64(event.GetTimeUnixNano() / 1e3), Fields: fields,
		})
	}
	return logs
}
