package translate

import (
	"hash/maphash"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
)

// SourceTagRules say what the tags and the description of sources are made of.
type SourceTagRules struct {
	Sources SourceRules
	// Attributes lists resource attributes whose values become tags, those of lists one by one.
	Attributes []string
	// Description is the resource attribute whose text becomes the description; empty is none.
	Description string
}

// SourceNote is what a resource says of its source.
type SourceNote struct {
	Source      string
	Tags        []string // as sent
	Description string
	// Resource tells the resource from others by all that it says but its description.
	Resource uint64
}

var resourceSeed = maphash.MakeSeed()

// identityOf does not depend on the order of the attributes.
func identityOf(resource pcommon.Map, without string) (sum uint64) {
	for key, value := range resource.All() {
		if key != without {
			sum += maphash.Comparable(resourceSeed, [2]string{key, value.AsString()})
		}
	}
	return sum
}

// Of returns what a resource says of its source. It reports false where it says nothing, or
// has no source of its own: the default one would collect what belongs to many.
func (r *SourceTagRules) Of(resource pcommon.Map) (SourceNote, bool) {
	source, from := r.Sources.of(resource)
	if from == "" {
		return SourceNote{}, false
	}
	n := SourceNote{Source: source}
	for _, key := range r.Attributes {
		v, ok := resource.Get(key)
		if !ok {
			continue
		}
		if v.Type() != pcommon.ValueTypeSlice {
			n.add(v.AsString())
			continue
		}
		for _, element := range v.Slice().All() {
			n.add(element.AsString())
		}
	}
	if r.Description != "" {
		if n.Description = firstOf(r.Description, resource); n.Description != "" {
			n.Resource = identityOf(resource, r.Description)
		}
	}
	return n, len(n.Tags) > 0 || n.Description != ""
}

func (n *SourceNote) add(text string) {
	if wavefront.IsBlankName(text) {
		return
	}
	if tag := wavefront.LegalName(text); !slices.Contains(n.Tags, tag) {
		n.Tags = append(n.Tags, tag)
	}
}
