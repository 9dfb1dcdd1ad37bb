package wavefront

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
)

// deviations is where our lines differ from the SDK's on purpose. Each rewrites
// what the SDK returned into what we do; one that never changes anything fails the
// test, so that the table lists nothing that is not so.
var deviations = []struct {
	reason  string
	rewrite func(v *vector, out string) string
}{
	{"numbers: a plus sign in an exponent stops Telegraf's parser, so there is none",
		pattern(` (-?[0-9.]+e)\+([0-9]+)`, ` $1$2`, "metric", "delta", "histogram")},
	{"numbers: the mean of a centroid is a float in our API and is spelled as one; the SDK prints what it was given",
		pattern(`(#\d+ -?\d+) `, `$1.0 `, "histogram")},
	{"numbers: nan and inf are not what the proxy can read; they are refused",
		func(v *vector, out string) string {
			if regexp.MustCompile(` (nan|-?inf)\b`).MatchString(out) {
				return refused + ": not_finite"
			}
			return out
		}},
	{"times: 0 means that there is no timestamp; 1970 is outside of every accepted window",
		either(pattern(`(" [^ "]+) 0 source=`, `$1 source=`, "metric"), pattern(`^!M 0 #`, `!M #`, "histogram"))},
	{"times: a reader takes a negative timestamp for the beginning of a tag",
		becomes(`^"[^"]+" \S+ -\d+ `, "bad_time", "metric")},
	{"texts: a carriage return is a line break, like the line feed",
		func(_ *vector, out string) string {
			return strings.ReplaceAll(strings.ReplaceAll(out, "\r\\n", `\n`), "\r", `\n`)
		}},
	{"texts: a backslash at the end swallows the quote behind it, so a space keeps them apart",
		func(v *vector, out string) string {
			for _, text := range v.texts() {
				if text = escaped(strings.TrimSpace(text)); strings.HasSuffix(text, `\`) && v.Kind != "spanlogs" && v.In.Form == "" {
					out = strings.ReplaceAll(out, `"`+text+`"`, `"`+text+` "`)
				}
			}
			return out
		}},
	{"keys: source and host would replace the source of the line",
		pattern(`"(source|host)"=`, `"_$1"=`, "metric", "span")},
	{"keys: digits alone end the tags of a span",
		pattern(`"(\d+)"="`, `"_$1"="`, "span")},
	{"names: an asterisk in the name of a span is rewritten by proxies only, the service refuses it",
		func(v *vector, out string) string {
			if v.Kind != "span" || v.Error != "" {
				return out
			}
			end := strings.Index(out, `" source=`)
			return strings.ReplaceAll(out[:end], "*", "-") + out[end:]
		}},
	{"delta counters: the SDK says nothing about one that is not above zero; we say why there is no line",
		func(v *vector, out string) string {
			switch {
			case out != "":
				return out
			case pyFloat(v.In.Value) <= 0:
				return refused + ": not_positive"
			}
			return refused + ": not_finite"
		}},
	{"histograms: the proxy does not know the granularity", becomes(`^!X `, "bad_granularity", "histogram")},
	{"histograms: a count of 2^40 does not fit into the proxy's 32 bits, nor into a sensible number of lines",
		becomes(`#1099511627776 `, "count_too_large", "histogram")},
	{"histograms: counts are whole and not negative", becomes(`#(-|\d+\.)\d+ `, "inexpressible", "histogram")},
	{"spans: a trace ID None is not a UUID", becomes(`traceId=None`, "no_id", "span")},
	{"spans: times are whole milliseconds", becomes(` (\d+\.\d \d+\.\d|None None)\n$`, "inexpressible", "span")},
	{"spans: a start of 0 and a negative duration cannot be read", becomes(` 0 -1\n$`, "bad_time", "span")},
	{"spans: no tags is no reason to fail when there are logs",
		func(v *vector, out string) string {
			if v.Error != "AttributeError" || v.Kind != "span" {
				return out
			}
			return `"getAllUsers" source="localhost" traceId=7b3bf470-9456-11e8-9eb6-529269fb1459 spanId=0313bafe-9457-11e8-9eb6-529269fb1459` +
				` parent=2f64e538-9457-11e8-9eb6-529269fb1459 followsFrom=5f64e538-9457-11e8-9eb6-529269fb1459 "_spanLogs"="true" 1552949776000 343` + "\n"
		}},
	{"JSON: no white space, and text as UTF-8 instead of escapes",
		func(v *vector, out string) string {
			if v.Kind == "spanlogs" && v.Error == "" || v.In.Form == "json" && v.Error == "" {
				return compacted(out)
			}
			return out
		}},
	{"span logs: a field is a string, a time a whole number; the format says so",
		func(v *vector, out string) string {
			return strings.NewReplacer(`{"timestamp":1533531013.7,"fields":{"n":5,"b":true,"f":1.5,"z":null}}`,
				`{"timestamp":1533531013,"fields":{"n":"5","b":"true","f":"1.5","z":""}}`).Replace(out)
		}},
	{"span logs: a NaN is no time", becomes(`"timestamp": ?NaN`, "inexpressible", "spanlogs")},
	{"span logs: without a span line the member is left out; the SDK writes the text None",
		pattern(`,"span":"(None)?"`, ``, "spanlogs")},
	{"span logs: a line without logs says nothing", becomes(`"logs":(\[\]|null)`, "no_logs", "spanlogs")},
	{"events: times are whole", pattern(`(\b\d{10})\.7`, `$1`, "event")},
	{"events: an end before the start is what the proxy makes of it, one after the start",
		either(pattern(`@Event 1493773500 1493773499`, `@Event 1493773500 1493773501`, "event"),
			pattern(`"endTime":1493773499`, `"endTime":1493773501`, "event"))},
	{"events: a blank source is none, as it is for everything else",
		either(pattern(` host=" "`, ` host="defaultSource"`, "event"), pattern(`"hosts":\[" "\]`, `"hosts":["defaultSource"]`, "event"))},
	{"event lines: the SDK leaves quotes and line breaks as they are, and so breaks the line",
		func(v *vector, out string) string {
			for _, text := range v.texts() {
				if v.In.Form == "line" {
					out = strings.ReplaceAll(out, `"`+text+`"`, `"`+escaped(text)+`"`)
				}
			}
			return out
		}},
	{"event lines: the key of an annotation is rewritten like any other; a space in it would break the line",
		pattern(` k k="v"`, ` k-k="v"`, "event")},
}

// pattern rewrites a regular expression in the lines of some kinds.
func pattern(expr, replacement string, kinds ...string) func(*vector, string) string {
	re := regexp.MustCompile(expr)
	return func(v *vector, out string) string {
		for _, k := range kinds {
			if v.Kind == k {
				return re.ReplaceAllString(out, replacement)
			}
		}
		return out
	}
}

// becomes refuses the lines of a kind that match.
func becomes(expr, reason, kind string) func(*vector, string) string {
	re := regexp.MustCompile(expr)
	return func(v *vector, out string) string {
		if v.Kind == kind && re.MatchString(out) {
			return refused + ": " + reason
		}
		return out
	}
}

func either(a, b func(*vector, string) string) func(*vector, string) string {
	return func(v *vector, out string) string { return b(v, a(v, out)) }
}

// texts are the arguments that are written between quotes.
func (v *vector) texts() []string {
	texts := []string{orEmpty(v.In.Source)}
	if v.Kind == "span" || v.Kind == "event" {
		texts = append(texts, pyString(v.In.Name))
	}
	var pairs [][2]any
	if json.Unmarshal(v.In.Tags, &pairs) != nil {
		var tags []any
		_ = json.Unmarshal(v.In.Tags, &tags)
		for _, t := range tags {
			texts = append(texts, pyString(t))
		}
	}
	for _, p := range append(pairs, v.In.Annotations...) {
		texts = append(texts, pyString(p[1]))
	}
	return texts
}

// escaped is the SDK's escaping.
func escaped(s string) string {
	return strings.NewReplacer(`"`, `\"`, "\n", `\n`).Replace(s)
}

var jsonEscapes = regexp.MustCompile(`(\\u[0-9a-f]{4})+`)

// compacted takes white space and needless escapes out of JSON.
func compacted(s string) string {
	var b bytes.Buffer
	if json.Compact(&b, []byte(s)) != nil {
		return s // the NaN
	}
	out := jsonEscapes.ReplaceAllStringFunc(b.String(), func(run string) string {
		var units []uint16
		for _, u := range strings.Split(run, `\u`)[1:] {
			n, _ := strconv.ParseUint(u, 16, 16)
			units = append(units, uint16(n))
		}
		var text string
		for _, r := range utf16.Decode(units) {
			if r < ' ' {
				text += `\u00` + strconv.FormatInt(int64(r)+0x100, 16)[1:]
			} else {
				text += string(r)
			}
		}
		return text
	})
	if strings.HasSuffix(s, "\n") {
		out += "\n"
	}
	return out
}
