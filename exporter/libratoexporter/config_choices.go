package libratoexporter

import (
	"fmt"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
)

// API is the value of `api`.
type API string

// Values of API.
const (
	APIAppOptics API = "appoptics"
	APILibrato   API = "librato"
)

// UnmarshalText takes one of the values.
func (a *API) UnmarshalText(text []byte) error {
	return choose(a, "api", text, APIAppOptics, APILibrato)
}

// service is the vendor's service of that name.
func (a API) service() librato.API {
	if a == APILibrato {
		return librato.Librato
	}
	return librato.AppOptics
}

// Dialect is the value of `dialect`.
type Dialect string

// Values of Dialect; empty for that of the API.
const (
	DialectTags    Dialect = "tags"
	DialectSources Dialect = "sources"
)

// UnmarshalText takes one of the values.
func (d *Dialect) UnmarshalText(text []byte) error {
	return choose(d, "dialect", text, "", DialectTags, DialectSources)
}

// Temporality is the value of `temporality`.
type Temporality string

// Values of Temporality.
const (
	TemporalityDelta      Temporality = "delta"
	TemporalityCumulative Temporality = "cumulative"
)

// UnmarshalText takes one of the values.
func (t *Temporality) UnmarshalText(text []byte) error {
	return choose(t, "temporality", text, TemporalityDelta, TemporalityCumulative)
}

// Buckets is the value of `buckets`.
type Buckets string

// Values of Buckets.
const (
	BucketsNone Buckets = "none"
	BucketsTag  Buckets = "tag"
)

// UnmarshalText takes one of the values.
func (b *Buckets) UnmarshalText(text []byte) error {
	return choose(b, "buckets", text, BucketsNone, BucketsTag)
}

func choose[T ~string](to *T, key string, text []byte, values ...T) error {
	for _, v := range values {
		if string(v) == string(text) {
			*to = v
			return nil
		}
	}
	var names []string
	for _, v := range values {
		if v != "" {
			names = append(names, string(v))
		}
	}
	return fmt.Errorf("`%s` is %q: it must be %s or %s", key, text, names[0], names[1])
}
