package wavefront

import (
	"strings"
	"time"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// Types of series.
const (
	typeMetric    = "metric"
	typeDelta     = "delta_counter"
	typeHistogram = "histogram"
)

// metric reads a metric or delta counter:
//
//	name value [timestamp] {key=value}
func (d *decoder) metric(line string) *refusal {
	p := newParser(line)
	name := p.text("the name")
	value := p.double("the value")
	millis := p.timestamp()
	source, tags := d.sourceOf(p.tags())
	if r := p.refusal(); r != nil {
		return r
	}
	if r := d.checkPoint(name, source, tags, false); r != nil {
		return r
	}
	if r := d.checkTime(millis); r != nil {
		return r
	}
	if !isFinite(value) {
		return refuse(ValueNotFinite, "the value is %g", value)
	}
	sample := store.Sample{
		Metric: name, Type: typeMetric, Dimensions: dimensions(source, tags),
		Timestamp: wholeSeconds(millis), Value: store.Double(value),
	}
	if counter, ok := cutDelta(name); ok {
		if r := d.checkDelta(value, millis); r != nil {
			return r
		}
		sample.Metric, sample.Type, sample.Bin = counter, typeDelta, deltaBin
	}
	d.Samples = append(d.Samples, sample)
	return nil
}

func (d *decoder) checkDelta(value float64, millis int64) *refusal {
	if value <= 0 {
		return refuse(DeltaNotPositive, "the value of a delta counter is %g and must be more than 0", value)
	}
	if age := d.now.Sub(time.UnixMilli(millis)); millis != 0 && age > maxDeltaAge {
		return refuse(DeltaTooOld, "the delta counter is %s old, the limit is %s", age.Round(time.Second), maxDeltaAge)
	}
	return nil
}

// cutDelta takes the sign of a delta counter, U+2206 or U+0394, off a name.
func cutDelta(name string) (string, bool) {
	for _, sign := range []string{"∆", "Δ"} {
		if rest, ok := strings.CutPrefix(name, sign); ok {
			return rest, true
		}
	}
	return name, false
}

// sourceOf takes the source out of the tags: source, or else host, or else the
// sender's own. Of tags with one key the last wins; a tag that is named tag becomes
// _tag, and host beside source becomes _host.
func (d *decoder) sourceOf(given store.Dimensions) (source string, tags store.Dimensions) {
	values := map[string]string{}
	for _, tag := range given {
		values[tag.Key] = tag.Value
	}
	rename(values, "tag", "_tag")
	source, ok := values["source"]
	if ok {
		rename(values, "host", "_host")
	} else if source, ok = values["host"]; !ok {
		source = d.senderOf(values)
	}
	delete(values, "source")
	delete(values, "host")
	for key, value := range values {
		tags = append(tags, store.Dimension{Key: key, Value: value})
	}
	tags.Sort()
	return source, tags
}

// senderOf names a source for a line without one: behind a proxy the tag fqdn
// (proxy: customSourceTags) or the sender's address.
func (d *decoder) senderOf(tags map[string]string) string {
	if fqdn := tags["fqdn"]; d.proxy && fqdn != "" {
		return fqdn
	}
	return d.defaultSource
}

func rename(tags map[string]string, from, to string) {
	if value, ok := tags[from]; ok {
		tags[to] = value
		delete(tags, from)
	}
}

func dimensions(source string, tags store.Dimensions) store.Dimensions {
	all := append(store.Dimensions{{Key: "source", Value: source}}, tags...)
	all.Sort()
	return all
}

// wholeSeconds is the vendor's resolution.
func wholeSeconds(millis int64) int64 { return millis - millis%1000 }
