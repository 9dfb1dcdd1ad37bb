package dimensions

import "github.com/open-telemetry/opentelemetry-collector-contrib/pkg/experimentalmetricmetadata"

// UpdateOfDelta returns the update that a receiver with `metadata_exporters` asks for:
// what changed of an object since it was last told. As in the upstream exporter, a key
// without a value is a tag, unless it had a value before.
func UpdateOfDelta(d *experimentalmetricmetadata.MetadataUpdate) Update {
	u := Update{Key: d.ResourceIDKey, Value: string(d.ResourceID)}
	for name, text := range d.MetadataToRemove {
		if text == "" {
			u.removeTag(name)
		} else {
			u.Set(name, "")
		}
	}
	for name, text := range d.MetadataToUpdate {
		u.Set(name, text)
	}
	for name, text := range d.MetadataToAdd {
		u.Add(name, text)
	}
	return u
}

func (u *Update) removeTag(name string) {
	if u.Tags == nil {
		u.Tags = make(map[string]bool)
	}
	u.Tags[name] = false
}
