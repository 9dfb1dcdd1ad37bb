package translate

import (
	"fmt"
	"strings"
)

// ResourceTags says which resource attributes become point tags.
type ResourceTags uint8

const (
	// ResourceAll makes tags of all attributes but the one that is the source.
	ResourceAll ResourceTags = iota
	// ResourceApplication makes tags of what the vendor calls application tags only:
	// application, service or service.name, cluster and shard.
	ResourceApplication
	// ResourceNone makes none.
	ResourceNone
)

var resourceTags = []string{"all", "application", "none"}

// takes reports whether a resource attribute becomes a tag.
func (t ResourceTags) takes(key string) bool {
	switch t {
	case ResourceAll:
		return true
	case ResourceNone:
		return false
	}
	switch key {
	case applicationKey, serviceKey, serviceNameKey, clusterKey, shardKey:
		return true
	}
	return false
}

// String returns the spelling of the configuration.
func (t ResourceTags) String() string { return resourceTags[t] }

// MarshalText returns the spelling of the configuration.
func (t ResourceTags) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads the spelling of the configuration.
func (t *ResourceTags) UnmarshalText(text []byte) error {
	for i, name := range resourceTags {
		if name == string(text) {
			*t = ResourceTags(i)
			return nil
		}
	}
	return fmt.Errorf("%q does not say which resource attributes become tags: it must be one of %s", text, strings.Join(resourceTags, ", "))
}
