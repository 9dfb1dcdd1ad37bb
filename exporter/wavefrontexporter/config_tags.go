package wavefrontexporter

import (
	"errors"
	"fmt"
	"os"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter/internal/translate"
)

// SourceConfig says what the source of points, spans and events is.
type SourceConfig struct {
	// Attributes lists resource attributes; the first that is there is the source, and no tag.
	Attributes []string `mapstructure:"attributes"`
	// ItemAttributes lists attributes of points, spans and log records that override it.
	ItemAttributes []string `mapstructure:"item_attributes"`
	// Default stands in where there is none; empty is this host's name.
	Default string `mapstructure:"default"`

	_ struct{}
}

func (c *SourceConfig) rules() translate.SourceRules {
	r := translate.SourceRules{Resource: c.Attributes, Item: c.ItemAttributes, Default: c.Default}
	if r.Default == "" {
		r.Default, _ = os.Hostname() // without one, items that have no source are dropped and counted
	}
	return r
}

// SourceTagsConfig says what the resources of metrics tell about their sources. Nothing is
// told by default.
type SourceTagsConfig struct {
	// Attributes lists resource attributes whose values become tags of the source.
	Attributes []string `mapstructure:"attributes"`
	// Description is the resource attribute whose text becomes the source's description.
	Description string `mapstructure:"description"`

	_ struct{}
}

// TagsConfig says what becomes tags.
type TagsConfig struct {
	// Resource says which resource attributes become tags of points: all, application or none.
	// Spans get all.
	Resource translate.ResourceTags `mapstructure:"resource"`
	// Scope lists what of the scope becomes tags of points: name, version, attributes.
	Scope []string `mapstructure:"scope"`
	// UnitKey is the key of a tag with the metric's unit; empty is none.
	UnitKey string `mapstructure:"unit_key"`
	// Priority lists keys that are kept first when there are too many tags.
	Priority []string `mapstructure:"priority"`
	// CutOwn sends a point without the last of its tags when its own alone are too many, instead of dropping it.
	CutOwn bool `mapstructure:"cut_own"`
	// BareKeys leaves out the quotes around keys that need none, for readers that do not take them.
	BareKeys bool `mapstructure:"bare_keys"`

	_ struct{}
}

// Validate refuses unknown parts of scopes.
func (c *TagsConfig) Validate() error {
	var errs []error
	for _, part := range c.Scope {
		if part != "name" && part != "version" && part != "attributes" {
			errs = append(errs, fmt.Errorf("`scope` holds %q: it may hold name, version and attributes", part))
		}
	}
	return errors.Join(errs...)
}

func (c *Config) tagRules() translate.TagRules {
	r := translate.TagRules{
		Encode:     &wavefront.Encoder{Limits: c.Limits.limits(), BareKeys: c.Tags.BareKeys},
		Sources:    c.Source.rules(),
		Priority:   c.Tags.Priority,
		Resource:   c.Tags.Resource,
		UnitKey:    c.Tags.UnitKey,
		CutOwnTags: c.Tags.CutOwn,
	}
	for _, part := range c.Tags.Scope {
		switch part {
		case "name":
			r.ScopeName = true
		case "version":
			r.ScopeVersion = true
		case "attributes":
			r.ScopeAttributes = true
		}
	}
	return r
}
