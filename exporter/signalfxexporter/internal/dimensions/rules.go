package dimensions

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
)

// rules make the contents of an update what the service takes and the configuration wants.
type rules struct {
	token               string
	dropTags            bool
	stripK8sLabelPrefix bool
	clearDeleted        bool
	rename              func(string) string
	exclude             func(dimensionName, dimensionValue, propertyName, propertyValue string) bool
	defaults            fields
}

func newRules(o *Options, counts *changes) *rules {
	r := &rules{
		token: o.Token, dropTags: o.DropTags, stripK8sLabelPrefix: o.StripK8sLabelPrefix, clearDeleted: o.ClearDeleted,
		rename: o.Rename, exclude: o.Exclude, defaults: make(fields),
	}
	if r.rename == nil {
		r.rename = func(name string) string { return name }
	}
	if r.exclude == nil {
		r.exclude = func(string, string, string, string) bool { return false }
	}
	for _, name := range slices.Sorted(maps.Keys(o.DefaultProperties)) {
		r.add(r.defaults, dimension{}, r.legal(name, counts), value{text: valid(o.DefaultProperties[name], counts)}, counts)
	}
	return r
}

// prepare returns an update's dimension and what is left of its contents.
func (r *rules) prepare(update *Update, counts *changes) (dimension, content, Outcome) {
	d := dimension{update.Token, r.rename(valid(update.Key, counts)), valid(update.Value, counts)}
	if d.token == "" {
		d.token = r.token
	}
	switch {
	case d.key == "" || longer(d.key, signalfx.MaxDimensionKeyLength):
		return d, content{}, Invalid
	case d.value == "" || longer(d.value, signalfx.MaxDimensionValueLength):
		return d, content{}, Invalid
	case update.Deleted && !r.clearDeleted:
		return d, content{}, Kept
	}
	c := content{fields: make(fields), complete: update.Complete, deleted: update.Deleted}
	if !c.deleted {
		r.addProperties(c, d, update, counts)
		r.addTags(c, update, counts)
	}
	if len(c.fields) == 0 && !c.complete && !c.deleted && len(r.defaults) == 0 {
		return d, c, Empty
	}
	return d, c, Accepted
}

func (r *rules) addProperties(c content, d dimension, update *Update, counts *changes) {
	names := slices.Sorted(maps.Keys(update.Properties))
	// A property that keeps its name precedes one that comes to the same by a shorter prefix.
	for _, shortened := range []bool{false, true} {
		for _, name := range names {
			short := propertyName(update.Key, name, r.stripK8sLabelPrefix)
			if (short != name) != shortened {
				continue
			}
			v := value{gone: true, stated: c.complete}
			if text := update.Properties[name]; text != nil {
				v = value{text: valid(*text, counts), stated: c.complete}
			}
			r.add(c.fields, d, r.legal(short, counts), v, counts)
		}
	}
}

// legal returns a name that the vendor takes.
func (r *rules) legal(name string, counts *changes) string {
	sent := r.rename(valid(name, counts))
	if sent != name {
		counts[PropertyRenamed]++
	}
	return sent
}

// add puts a property among the others, if the service takes it.
func (r *rules) add(to fields, d dimension, name string, v value, counts *changes) {
	k := field{name: name}
	_, repeated := to[k]
	switch {
	case repeated:
		counts[PropertyRepeated]++
	case name == "" || longer(name, signalfx.MaxDimensionKeyLength):
		counts[PropertyNameTooLong]++
	case longer(v.text, signalfx.MaxPropertyValueLength):
		// Cut, it could be mistaken for another value.
		counts[PropertyValueTooLong]++
	case d.key != "" && r.exclude(d.key, d.value, name, v.text):
		counts[PropertyExcluded]++
	default:
		to.put(k, v, counts)
	}
}

func (r *rules) addTags(c content, update *Update, counts *changes) {
	if r.dropTags {
		counts[TagDropped] += len(update.Tags)
		return
	}
	for _, name := range slices.Sorted(maps.Keys(update.Tags)) {
		tag := valid(propertyName(update.Key, name, r.stripK8sLabelPrefix), counts)
		first, _ := utf8.DecodeRuneInString(tag)
		if !unicode.IsLetter(first) || longer(tag, signalfx.MaxTagLength) {
			counts[TagIllFormed]++
			continue
		}
		c.fields.put(field{tag: true, name: tag}, value{gone: !update.Tags[name], stated: c.complete}, counts)
	}
}

// defaultsOf are the properties that every dimension has, less those excluded for this one.
func (r *rules) defaultsOf(d dimension) fields {
	defaults := maps.Clone(r.defaults)
	maps.DeleteFunc(defaults, func(k field, v value) bool { return r.exclude(d.key, d.value, k.name, v.text) })
	return defaults
}

func valid(text string, counts *changes) string {
	if utf8.ValidString(text) {
		return text
	}
	counts[InvalidUTF8]++
	return strings.ToValidUTF8(text, string(utf8.RuneError))
}

// longer reports whether valid UTF-8 has more than limit characters.
func longer(text string, limit int) bool {
	return len(text) > limit && utf8.RuneCountInString(text) > limit
}
