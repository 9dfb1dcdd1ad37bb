package signalfx

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
)

// Limits of metadata, in characters. Sources: the vendor's metadata API description
// and the limits in its REST client.
const (
	maxCustomProperties = 50
	maxTags             = 50 // of a series in total; here of each object
	maxTag              = 256
	maxDescription      = 1024
)

// annotation is the part of a request body that says something about an object.
// Members that are absent are nil.
type annotation struct {
	description      *string
	customProperties map[string]*string // nil: remove, in the merge form
	tags             []string
	tagsToRemove     []string
}

func readAnnotation(body jsonObject) (annotation, error) {
	var a annotation
	if body == nil {
		return a, noObject()
	}
	err := errors.Join(
		body.read("description", &a.description),
		body.read("customProperties", &a.customProperties),
		body.read("tags", &a.tags),
		body.read("tagsToRemove", &a.tagsToRemove))
	if err != nil {
		return a, badJSON(err)
	}
	return a, nil
}

func noObject() error {
	return exchange.Errorf(http.StatusBadRequest, "the body must be a JSON object")
}

// overwrite leaves nothing of what was there before: what the request omits is gone.
func (a annotation) overwrite(to *Annotations) error {
	to.Description, to.CustomProperties, to.Tags = "", map[string]string{}, []string{}
	for name, value := range a.customProperties {
		if value == nil {
			return refuse(PropertyValue, "custom property %q is null, which only the merge form knows", name)
		}
	}
	return a.merge(to)
}

// merge adds and removes; what the request does not name stays.
func (a annotation) merge(to *Annotations) error {
	if a.description != nil {
		to.Description = *a.description
	}
	for name, value := range a.customProperties {
		if value == nil {
			delete(to.CustomProperties, name)
			continue
		}
		to.CustomProperties[name] = *value
	}
	to.Tags = append(to.Tags, a.tags...)
	to.Tags = slices.DeleteFunc(to.Tags, func(tag string) bool { return slices.Contains(a.tagsToRemove, tag) })
	slices.Sort(to.Tags)
	to.Tags = slices.Compact(to.Tags)
	if r := checkAnnotations(to); r != nil {
		return r
	}
	return nil
}

func checkAnnotations(a *Annotations) *refusal {
	if n := utf8.RuneCountInString(a.Description); n > maxDescription {
		return refuse(DescriptionLength, "the description has %d characters, the limit is %d", n, maxDescription)
	}
	if n := len(a.CustomProperties); n > maxCustomProperties {
		return refuse(PropertyCount, "%d custom properties, the limit is %d", n, maxCustomProperties)
	}
	for _, name := range slices.Sorted(maps.Keys(a.CustomProperties)) {
		if r := checkCustomProperty(name, a.CustomProperties[name]); r != nil {
			return r
		}
	}
	if n := len(a.Tags); n > maxTags {
		return refuse(TagCount, "%d tags, the limit is %d", n, maxTags)
	}
	for _, tag := range a.Tags {
		if r := checkTag(tag); r != nil {
			return r
		}
	}
	return nil
}

func checkCustomProperty(name, value string) *refusal {
	if n := utf8.RuneCountInString(name); n > maxDimensionName {
		return refuse(PropertyName, "a property name has %d characters, the limit is %d", n, maxDimensionName)
	}
	if strings.HasPrefix(name, "sf_") || !isDimensionName(name) {
		return refuse(PropertyName, "property name %q breaks the rules of dimension names", name)
	}
	if n := utf8.RuneCountInString(value); n > maxDimensionValue {
		return refuse(PropertyValue, "the value of property %q has %d characters, the limit is %d", name, n, maxDimensionValue)
	}
	return nil
}

func checkTag(tag string) *refusal {
	if n := utf8.RuneCountInString(tag); n > maxTag {
		return refuse(TagName, "a tag has %d characters, the limit is %d", n, maxTag)
	}
	if first, _ := utf8.DecodeRuneInString(tag); !unicode.IsLetter(first) {
		return refuse(TagName, "tag %q does not start with a letter", tag)
	}
	return nil
}

// matchesPath refuses a body that says another name than the path.
func matchesPath(body jsonObject, want map[string]string) error {
	for name, expected := range want {
		got := expected
		if err := body.read(name, &got); err != nil {
			return badJSON(err)
		}
		if got != expected {
			return exchange.Errorf(http.StatusBadRequest, "%s in the body is not that of the path", name)
		}
	}
	return nil
}
