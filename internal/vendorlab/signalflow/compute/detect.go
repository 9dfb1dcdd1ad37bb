package compute

import (
	"encoding/base64"
	"encoding/binary"
)

// detector is detect(when(...)): an incident opens for each series when the
// condition becomes true, and closes when it becomes false again.
type detector struct {
	condition stream
	watched   string // the variable in the condition, if any
}

// The states of a series, as the vendor names them.
const (
	stateOK        = "ok"
	stateAnomalous = "anomalous"
)

type incident struct{ id string }

// at returns the events of a step. While there is no value the state stays.
func (d *detector) at(s *step, p *Publication, open map[uint64]*incident) []Event {
	var out []Event
	for _, from := range s.of(d.condition) {
		current := open[from.series.id]
		if from.value.isNull() || from.value.isTrue() == (current != nil) {
			continue
		}
		event := d.event(s, p, from)
		if current == nil {
			current = &incident{id: incidentID(event.TSID, s.time)}
			open[from.series.id] = current
			event.Properties["is"], event.Properties["was"] = stateAnomalous, stateOK
		} else {
			delete(open, from.series.id)
			event.Properties["is"], event.Properties["was"] = stateOK, stateAnomalous
		}
		event.Properties["incidentId"] = current.id
		out = append(out, event)
	}
	return out
}

func (d *detector) event(s *step, p *Publication, from sample) Event {
	key := map[string]string{}
	for _, dimension := range from.series.Dimensions {
		key[dimension.Key] = dimension.Value
	}
	return Event{
		Of: p, TSID: p.tsid(from.series.id), Time: s.time,
		Dimensions: from.series.Dimensions, Watched: d.watched,
		Properties: map[string]any{
			"inputs":            map[string]any{"_S1": map[string]any{"key": key, "value": from.input.Any()}},
			"event_annotations": map[string]any{},
		},
	}
}

// incidentID is the same whenever the same incident opens again in another run.
func incidentID(tsid uint64, opened int64) string {
	id := newIdentity("incident")
	id.number(tsid)
	id.number(uint64(opened))
	return base64.RawURLEncoding.EncodeToString(binary.BigEndian.AppendUint64(nil, id.Sum64()))
}
