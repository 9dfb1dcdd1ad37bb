package store

import (
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
)

// AddSamples stores accepted points. It keeps nothing of the slice, and expects
// dimensions in sorted order.
func (s *Store) AddSamples(vendor string, samples []Sample) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.traffic(vendor).add(now, Counts{Points: uint64(len(samples))})
	if !s.discard {
		for i := range samples {
			s.addSample(vendor, &samples[i], now.UnixMilli())
		}
	}
	s.wake()
}

func (s *Store) addSample(vendor string, sample *Sample, now int64) {
	// The audit sees the timestamp that was sent: a point without one is still the
	// same point when it is sent again.
	value, ok := sample.Dimensions.Get(s.auditKey)
	if !ok {
		value, ok = sample.Audited, sample.Audited != ""
	}
	if ok {
		s.identity = appendSampleIdentity(s.identity[:0], vendor, sample)
		s.ledger.Record(value, s.identity)
	}
	point := Point{Timestamp: sample.Timestamp, Value: sample.Value}
	if point.Timestamp == 0 {
		point.Timestamp = now
	}
	if sample.Bin > 0 {
		point.Timestamp -= point.Timestamp % sample.Bin
	}
	s.series.add(vendor, sample, point, now)
}

func appendSampleIdentity(dst []byte, vendor string, sample *Sample) []byte {
	dst = append(dst, vendor...)
	dst = append(dst, ' ')
	dst = append(dst, sample.Type...)
	dst = append(dst, ' ')
	dst = append(dst, sample.Metric...)
	for i := range sample.Dimensions {
		dst = append(dst, ' ')
		dst = strconv.AppendQuote(dst, sample.Dimensions[i].Key)
		dst = append(dst, '=')
		dst = strconv.AppendQuote(dst, sample.Dimensions[i].Value)
	}
	dst = append(dst, " @"...)
	dst = strconv.AppendInt(dst, sample.Timestamp, 10)
	dst = append(dst, " = "...)
	return sample.Value.Append(dst)
}

// AddEvents stores accepted events and stamps id, vendor and time of arrival.
func (s *Store) AddEvents(vendor string, events []Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.traffic(vendor).add(now, Counts{Events: uint64(len(events))})
	if s.discard {
		return
	}
	for _, event := range events {
		s.auditEvent(vendor, &event)
		event.ID, event.Vendor, event.Received = s.events.total+1, vendor, now.UnixMilli()
		if event.Timestamp == 0 {
			event.Timestamp = event.Received
		}
		s.events.add(event)
	}
	s.wake()
}

func (s *Store) auditEvent(vendor string, event *Event) {
	value, ok := event.Dimensions.Get(s.auditKey)
	if !ok {
		if value, ok = attribute(event.Properties, s.auditKey); !ok {
			return
		}
	}
	dimensions, _ := json.Marshal(event.Dimensions)
	sent := event.Properties
	if event.Given != "" {
		sent = maps.Clone(sent)
		delete(sent, event.Given)
	}
	properties, err := json.Marshal(sent) // sorted by key
	if err != nil {                       // NaN or infinity inside
		properties = fmt.Append(nil, sent)
	}
	s.ledger.Record(value, fmt.Appendf(nil, "%s event %q %s %s %s @%d",
		vendor, event.Type, event.Category, dimensions, properties, event.Timestamp))
}

// AddSpans stores accepted spans and stamps vendor and time of arrival.
func (s *Store) AddSpans(vendor string, spans []Span) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.traffic(vendor).add(now, Counts{Spans: uint64(len(spans))})
	if s.discard {
		return
	}
	for _, span := range spans {
		s.auditSpan(vendor, &span)
		span.Vendor, span.Received = vendor, now.UnixMilli()
		span.Service, span.Name = cut(span.Service), cut(span.Name)
		span.Attributes, span.Resource = bounded(span.Attributes), bounded(span.Resource)
		for i := range span.Logs {
			span.Logs[i].Fields = bounded(span.Logs[i].Fields)
		}
		s.spans.add(span)
	}
	s.wake()
}

func (s *Store) auditSpan(vendor string, span *Span) {
	value, ok := attribute(span.Attributes, s.auditKey)
	if !ok {
		if value, ok = attribute(span.Resource, s.auditKey); !ok {
			return
		}
	}
	s.ledger.Record(value, fmt.Appendf(nil, "%s span %s %s", vendor, span.TraceID, span.SpanID))
}

func attribute(attributes map[string]any, key string) (string, bool) {
	value, ok := attributes[key]
	if !ok {
		return "", false
	}
	return fmt.Sprint(value), true
}

// AddRejections stores refused items and stamps id, vendor and time of arrival.
func (s *Store) AddRejections(vendor string, rejections []Rejection) {
	if len(rejections) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	t := s.traffic(vendor)
	t.add(now, Counts{Rejected: uint64(len(rejections))})
	for _, rejection := range rejections {
		t.reasons[rejection.Reason]++
		rejection.ID, rejection.Vendor, rejection.Received = s.rejections.total+1, vendor, now.UnixMilli()
		s.rejections.add(rejection)
	}
	s.wake()
}

// Count counts what was not decoded; see Options.Discard.
func (s *Store) Count(vendor string, counts Counts) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.traffic(vendor).add(s.now(), counts)
	s.wake()
}

// ReviseEvent changes the newest event that matches, if it is still held. Neither
// function may keep the event.
func (s *Store) ReviseEvent(match func(*Event) bool, change func(*Event)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.events.items) - 1; i >= 0; i-- {
		if event := s.events.at(i); match(event) {
			change(event)
			s.wake()
			return
		}
	}
}
