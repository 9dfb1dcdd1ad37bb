package main

import (
	"fmt"
	"time"

	"github.com/otelcol-custom/otelcol-custom/internal/testbatch"
)

// peerTables give peers the very measurements that our exporters make of the standard
// batch, in the peers' own form, so that only the sending is compared: ours begins at
// OTLP all the same.
func peerTables(o options) error {
	url, stop, err := startSink()
	if err != nil {
		return err
	}
	defer stop()
	if err := peerTable(o, url, ours[1], wavefrontPeers); err != nil {
		return fmt.Errorf("wavefront: %w", err)
	}
	if err := peerTable(o, url, ours[3], libratoPeers); err != nil {
		return fmt.Errorf("librato: %w", err)
	}
	return nil
}

// peerTable measures ours against peers made for its request bodies.
func peerTable(o options, url string, s subject, peersFor func(url string, bodies [][]byte) ([]contender, func(), error)) error {
	md := testbatch.At(testbatch.Standard(), time.Now())
	bodies, err := bodiesOf(s, md)
	if err != nil {
		return err
	}
	peers, stopPeers, err := peersFor(url, bodies)
	if err != nil {
		return err
	}
	defer stopPeers()
	push, stop, err := s.start(url)
	if err != nil {
		return err
	}
	defer stop()
	units := peers[0].units
	contenders := append([]contender{{"exporter " + s.name, units, func() error { return push(md) }}}, peers...)
	samples, err := race(contenders, o.rounds, o.time)
	if err != nil {
		return err
	}
	t := newTable(fmt.Sprintf("Peers of %s, the standard batch's %d measurements", s.name, units),
		"sender", "CPU ns/measurement", "over ours (CPU)", "over ours (wall)", "allocs/measurement")
	for i, c := range contenders {
		t.row(c.name, nanoseconds(median(samples[i], cpu)), times(ratio(samples[i], samples[0], cpu)),
			times(ratio(samples[i], samples[0], wall)), count(median(samples[i], allocs)))
	}
	return nil
}
