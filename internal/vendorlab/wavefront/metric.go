package wavefront

import (
	"slices"
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
	if age := d.now.Sub(time.UnixMilli(millis)); millis != noTime && age > maxDeltaAge {
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
// _tag, and host beside source becomes _host. The tags are in order of their keys.
func (d *decoder) sourceOf(tags store.Dimensions) (string, store.Dimensions) {
	_, hasSource := tags.Get("source")
	for i := range tags {
		switch key := tags[i].Key; {
		case key == "tag", key == "host" && hasSource:
			tags[i].Key = "_" + key
		}
	}
	slices.SortStableFunc(tags, func(a, b store.Dimension) int { return strings.Compare(a.Key, b.Key) })
	tags = lastOfEach(tags)
	source, found := tags.Get("source")
	if !found {
		source, found = tags.Get("host")
	}
	if !found {
		source = d.senderOf(tags)
	}
	tags = slices.DeleteFunc(tags, func(tag store.Dimension) bool { return tag.Key == "source" || tag.Key == "host" })
	return source, tags
}

// lastOfEach keeps the last of equal keys, which stand side by side.
func lastOfEach(tags store.Dimensions) store.Dimensions {
	kept := tags[:0]
	for i, tag := range tags {
		if i+1 == len(tags) || tags[i+1].Key != tag.Key {
			kept = append(kept, tag)
		}
	}
	return kept
}

// senderOf names a source for a line without one: behind a proxy the tag fqdn
// (proxy: customSourceTags) or the sender's address.
func (d *decoder) senderOf(tags store.Dimensions) string {
	if fqdn, _ := tags.Get("fqdn"); d.proxy && fqdn != "" {
		return fqdn
	}
	return d.defaultSource
}

func dimensions(source string, tags store.Dimensions) store.Dimensions {
	all := append(make(store.Dimensions, 0, len(tags)+1), store.Dimension{Key: "source", Value: source})
	all = append(all, tags...)
	all.Sort()
	return all
}

// wholeSeconds is the vendor's resolution.
func wholeSeconds(millis int64) int64 { return floored(millis, 1000) }

// floored is a time that was checked, or 0 for the time of arrival.
func floored(millis, width int64) int64 {
	if millis == noTime {
		return 0
	}
	return millis - millis%width
}
