package store

import (
	"encoding/json"
	"fmt"
)

// AddSpanLogs stores accepted span logs and stamps vendor and time of arrival.
func (s *Store) AddSpanLogs(vendor string, logs []SpanLog) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.traffic(vendor).add(now, Counts{SpanLogs: uint64(len(logs))})
	if s.discard {
		return
	}
	for _, log := range logs {
		s.auditSpanLog(vendor, &log)
		log.Vendor, log.Received, log.Fields = vendor, now.UnixMilli(), bounded(log.Fields)
		s.spanLogs.add(log)
	}
	s.wake()
}

func (s *Store) auditSpanLog(vendor string, log *SpanLog) {
	value, ok := attribute(log.Fields, s.auditKey)
	if !ok {
		return
	}
	fields, _ := json.Marshal(log.Fields) // sorted by key
	s.ledger.Record(value, fmt.Appendf(nil, "%s span log %s %s @%d %s", vendor, log.TraceID, log.SpanID, log.Timestamp, fields))
}

// SpanLogs returns a page of the newest span logs.
func (s *Store) SpanLogs(offset, limit int) []SpanLog {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.spanLogs.newest(offset, limit)
}

type spanKey struct{ vendor, trace, span string }

// spanLogsBySpan holds the logs of each span in order of arrival.
func (s *Store) spanLogsBySpan() map[spanKey][]SpanLog {
	s.mu.Lock()
	defer s.mu.Unlock()
	bySpan := make(map[spanKey][]SpanLog)
	for i := range s.spanLogs.items {
		log := s.spanLogs.at(i)
		key := spanKey{log.Vendor, log.TraceID, log.SpanID}
		bySpan[key] = append(bySpan[key], *log)
	}
	return bySpan
}
