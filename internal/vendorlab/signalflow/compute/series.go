package compute

import (
	"encoding/binary"

	"github.com/cespare/xxhash/v2"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// Series is one time series of a stream.
type Series struct {
	Dimensions store.Dimensions // sorted
	// Metric is the metric it comes from, or empty when there are several or none.
	Metric string
	// Derived tells that a computation made it: it is no input as it arrived.
	Derived bool
	// Created is when the first point of its oldest input arrived, in Unix milliseconds.
	Created int64

	id       uint64 // the same whenever the same inputs are computed the same way
	constant bool
}

// sample is what a stream has for one of its series at one step.
type sample struct {
	series *Series
	value  Value
	// input is, of a condition, the value that was compared.
	input Value
}

// identity hashes what makes a series.
type identity struct{ xxhash.Digest }

func newIdentity(kind string) *identity {
	i := &identity{}
	i.Reset()
	i.text(kind)
	return i
}

func (i *identity) number(n uint64) {
	var bytes [8]byte
	binary.BigEndian.PutUint64(bytes[:], n)
	_, _ = i.Write(bytes[:])
}

func (i *identity) text(s string) {
	i.number(uint64(len(s)))
	_, _ = i.WriteString(s)
}

func (i *identity) dimensions(dimensions store.Dimensions) {
	for _, d := range dimensions {
		i.text(d.Key)
		i.text(d.Value)
	}
}

// sameMetric is the metric that two series have in common.
func sameMetric(a, b *Series) string {
	switch {
	case a.constant:
		return b.Metric
	case b.constant || a.Metric == b.Metric:
		return a.Metric
	}
	return ""
}
