package dimensions

import (
	"slices"
	"strings"
)

// ownNamed are the dimensions whose properties keep their names: for these objects
// the prefixes below are part of what is described (upstream exporter).
var ownNamed = []string{"k8s.service.uid", "k8s.persistentvolume.uid", "k8s.persistentvolumeclaim.uid"}

// propertyName returns the name that the vendor's content knows a property or tag
// by (upstream exporter).
func propertyName(dimension, name string, stripLabelPrefix bool) string {
	if slices.Contains(ownNamed, dimension) {
		return name
	}
	if rest, ok := strings.CutPrefix(name, "k8s.service."); ok {
		return "kubernetes_service_" + rest
	}
	if stripLabelPrefix {
		return withoutLabelPrefix(name)
	}
	return name
}

// withoutLabelPrefix makes x of k8s.<resource>.label.x.
func withoutLabelPrefix(name string) string {
	rest, ok := strings.CutPrefix(name, "k8s.")
	if !ok {
		return name
	}
	resource, rest, ok := strings.Cut(rest, ".")
	if !ok || resource == "" {
		return name
	}
	if label, ok := strings.CutPrefix(rest, "label."); ok && label != "" {
		return label
	}
	return name
}
