package wavefront

import "github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"

const (
	sourceTagPrefix         = "@SourceTag"
	sourceDescriptionPrefix = "@SourceDescription"
)

// sourceChange is a change of what is noted about a source.
type sourceChange struct {
	Source      string   `json:"source"`
	Action      string   `json:"action"` // add, save or delete
	Tags        []string `json:"tags,omitempty"`
	Description *string  `json:"description,omitempty"` // nil: the change is about tags
}

// sourceTag reads a change of a source's tags or description:
//
//	@SourceTag action=add|save|delete source=… tag {tag}
//	@SourceDescription action=save|add|delete source=… [text]
func (d *decoder) sourceTag(line string) *refusal {
	p := newParser(line)
	prefix := p.text(sourceTagPrefix)
	first, second := p.tag(), p.tag()
	given := store.Dimensions{first, second}
	action, _ := given.Get("action")
	source, ok := given.Get("source")
	if p.err == nil && (!ok || source == "") {
		p.fail("source= is missing")
	}
	if action != "add" && action != "save" && action != "delete" {
		p.fail("action=%s is none of add, save and delete", shorten(action))
	}
	var words []string
	for p.more() {
		words = append(words, p.text("a tag"))
	}
	change := sourceChange{Source: source, Action: action}
	switch prefix {
	case sourceTagPrefix:
		change.Tags = words
		if len(words) == 0 {
			p.fail("there is no tag")
		}
	case sourceDescriptionPrefix:
		change.Description = new(string)
		if len(words) > 0 {
			*change.Description = words[0]
		}
		if len(words) > 1 || len(words) == 0 && action != "delete" {
			p.fail("there must be exactly one text")
		}
	default:
		p.fail("%q is neither %s nor %s", shorten(prefix), sourceTagPrefix, sourceDescriptionPrefix)
	}
	if r := p.refusal(); r != nil {
		return r
	}
	if r := change.check(); r != nil {
		return r
	}
	d.changes = append(d.changes, change)
	return nil
}

func (c *sourceChange) check() *refusal {
	if c.Description != nil && len(*c.Description) > maxKept {
		return refuse(LineLength, "the description has %d bytes, this stand-in takes %d", len(*c.Description), maxKept)
	}
	for _, tag := range c.Tags {
		if n := utf16Len(tag); n > maxTagLength {
			return refuse(TagLength, "the source tag has %d characters, the limit is %d", n, maxTagLength)
		}
		if !isName(tag) {
			return refuse(TagKeyChars, "the source tag %q holds other characters than A-Z a-z 0-9 , - . / _ or is empty", shorten(tag))
		}
	}
	return nil
}
