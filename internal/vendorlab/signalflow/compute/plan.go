package compute

import "github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalflow/lang"

// Plan is a program that can be run. It is not changed by running.
type Plan struct {
	// Program is the text it was made from.
	Program      string
	publications []*Publication
	sources      []*source
}

// Publication is one publish() of a program.
type Publication struct {
	lang.Position
	Block int    // its number within the program, from 0
	Label string // empty: none

	// One of these is what it publishes.
	stream stream
	events *events
	detect *detector
}

// IsDetector tells whether it publishes incidents.
func (p *Publication) IsDetector() bool { return p.detect != nil }

// tsid is a number for one of its series; 0 does not occur in practice.
func (p *Publication) tsid(series uint64) uint64 {
	id := newIdentity("tsid")
	id.number(uint64(p.Block))
	id.text(p.Label)
	id.number(series)
	return id.Sum64()
}
