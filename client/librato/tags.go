package librato

import (
	"maps"
	"slices"
)

// Tags are the tags of a measurement, a batch or a connection. The service does
// not merge tags: what a measurement carries replaces what its batch carries.
type Tags map[string]string

// MergeTags returns all tags of the layers, later layers winning: the clients'
// priority is written MergeTags(connection, batch, measurement).
func MergeTags(layers ...Tags) Tags {
	merged := Tags{}
	for _, layer := range layers {
		maps.Copy(merged, layer)
	}
	return merged
}

// AppendTags appends the tags, ordered by name, in the form that measurements copy.
func AppendTags(dst []byte, tags Tags) []byte {
	for _, name := range slices.Sorted(maps.Keys(tags)) {
		dst = AppendTag(dst, name, tags[name])
	}
	return dst
}
