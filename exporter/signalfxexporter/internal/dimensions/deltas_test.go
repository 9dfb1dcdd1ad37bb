package dimensions

import (
	"testing"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/experimentalmetricmetadata"
	"github.com/stretchr/testify/assert"
)

func TestDeltas(t *testing.T) {
	tests := []struct {
		name  string
		delta experimentalmetricmetadata.MetadataDelta
		want  string
	}{
		{"what is new is set, and is a tag when it has no value",
			experimentalmetricmetadata.MetadataDelta{MetadataToAdd: map[string]string{"phase": "Running", "spot": ""}},
			`{"customProperties":{"phase":"Running"},"tags":["spot"]}`},
		{"what is gone is removed, from where it was",
			experimentalmetricmetadata.MetadataDelta{MetadataToRemove: map[string]string{"phase": "Running", "spot": ""}},
			`{"customProperties":{"phase":null},"tagsToRemove":["spot"]}`},
		{"a value that became empty is removed, and no tag",
			experimentalmetricmetadata.MetadataDelta{MetadataToUpdate: map[string]string{"phase": "", "node": "n1"}},
			`{"customProperties":{"node":"n1","phase":null}}`},
		{"a key that is removed and new is new",
			experimentalmetricmetadata.MetadataDelta{MetadataToAdd: map[string]string{"a": "2"}, MetadataToRemove: map[string]string{"a": "1"}},
			`{"customProperties":{"a":"2"}}`},
		{"a label loses its prefix",
			experimentalmetricmetadata.MetadataDelta{MetadataToAdd: map[string]string{"k8s.pod.label.app": "shop"}},
			`{"customProperties":{"app":"shop"}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := new(service)
			inWorld(t, s, func(o *Options) { o.StripK8sLabelPrefix = true }, func(w *world) {
				assert.Equal(t, Accepted, w.Add(UpdateOfDelta(&experimentalmetricmetadata.MetadataUpdate{
					ResourceIDKey: "k8s.pod.uid", ResourceID: "0fab", MetadataDelta: tt.delta,
				})))
				w.after(10 * time.Second)
				assert.Equal(t, []request{{10 * time.Second, "PATCH /v2/dimension/k8s.pod.uid/0fab/_/sfxagent", "default", tt.want}}, s.seen())
			})
		})
	}
}
