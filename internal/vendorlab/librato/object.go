package librato

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// object is a JSON object with numbers as they were written, or a form whose texts
// are formText.
type object map[string]any

// formText is a text from a form, where numbers and bools are texts too.
type formText string

// Body types.
const (
	typeJSON = "application/json"
	typeForm = "application/x-www-form-urlencoded"
)

// readObject reads a body of either type. Without a Content-Type it is a form, as
// the vendor documents; an empty body is an empty object.
func readObject(r *http.Request, body []byte) (object, *apiError) {
	mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return object{}, nil
	case mediaType == typeJSON:
		return readJSON(body)
	case mediaType == typeForm || r.Header.Get("Content-Type") == "":
		return readForm(body)
	}
	return nil, requestError(http.StatusUnsupportedMediaType, "Content-Type must be application/json or application/x-www-form-urlencoded")
}

func readJSON(body []byte) (object, *apiError) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var o object
	err := decoder.Decode(&o)
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return nil, requestError(http.StatusBadRequest, "the body is not one JSON object: %v", syntax)
	case err != nil || o == nil || decoder.More():
		return nil, requestError(http.StatusBadRequest, "the body is not one JSON object")
	}
	return o, nil
}

// maxFormDepth is above any depth that means something: gauges[0][attributes][color].
const maxFormDepth = 6

// readForm reads names such as gauges[0][name] and names[].
func readForm(body []byte) (object, *apiError) {
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, requestError(http.StatusBadRequest, "the body is no form")
	}
	o := object{}
	for name, texts := range values {
		path := strings.Split(strings.ReplaceAll(name, "]", ""), "[")
		if len(path) > maxFormDepth || !o.set(path, texts) {
			return nil, requestError(http.StatusBadRequest, "the name %q in the form does not fit the others", shorten(name))
		}
	}
	return o, nil
}

func (o object) set(path []string, texts []string) bool {
	if len(path) == 2 && path[1] == "" { // a list
		var list []any
		for _, text := range texts {
			list = append(list, formText(text))
		}
		o[path[0]] = list
		return true
	}
	if len(path) == 1 {
		if _, taken := o[path[0]]; taken {
			return false
		}
		o[path[0]] = formText(texts[len(texts)-1])
		return true
	}
	if o[path[0]] == nil {
		o[path[0]] = map[string]any{}
	}
	inner, ok := o[path[0]].(map[string]any)
	return ok && object(inner).set(path[1:], texts)
}

// has reports whether the member is there and not null.
func (o object) has(member string) bool { return o[member] != nil }

// text reads a member that is text; an absent one is empty.
func (o object) text(member string) (string, *broken) {
	switch v := o[member].(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case formText:
		return string(v), nil
	}
	return "", breaks(PropertyInvalid, member, "is not a string")
}

func (o object) bool(member string) (bool, *broken) {
	switch v := o[member].(type) {
	case nil:
		return false, nil
	case bool:
		return v, nil
	case formText:
		if oneOf(string(v), "true", "false") {
			return v == "true", nil
		}
	}
	return false, breaks(PropertyInvalid, member, "is not a boolean")
}

// number reads a member that is a number within the vendor's range.
func (o object) number(member string) (store.Value, *broken) {
	var text string
	switch v := o[member].(type) {
	case json.Number:
		text = v.String()
	case formText:
		text = string(v)
	default:
		return store.Value{}, breaks(NotANumber, member, "is not a number")
	}
	number := json.Number(text)
	if i, err := number.Int64(); err == nil {
		return store.Int(i), nil
	}
	f, err := number.Float64()
	switch {
	case math.IsInf(f, 0) || math.Abs(f) >= maxNumber:
		return store.Value{}, breaks(NumberRange, member, "is too large: its exponent must not be above 126")
	case err != nil || math.IsNaN(f):
		return store.Value{}, breaks(NotANumber, member, "is not a number")
	case math.Abs(f) < minNumber:
		f = 0
	}
	return store.Double(f), nil
}

// integer reads a member that is a whole number.
func (o object) integer(member string) (int64, *broken) {
	value, b := o.number(member)
	if b != nil {
		return 0, b
	}
	if f := value.Float(); !value.IsInt() && (f != math.Trunc(f) || math.Abs(f) > 1<<53) {
		return 0, breaks(NotANumber, member, "is not an integer")
	} else if !value.IsInt() {
		return int64(f), nil
	}
	var i int64
	_ = json.Unmarshal(value.Append(nil), &i)
	return i, nil
}

// object reads a member that is an object; an absent one is nil.
func (o object) object(member string) (object, *broken) {
	switch v := o[member].(type) {
	case nil:
		return nil, nil
	case map[string]any:
		return v, nil
	}
	return nil, breaks(PropertyInvalid, member, "is not an object")
}

// readTexts reads texts that may be null; what is absent stays as it is.
func readTexts(from object, into map[string]**string) *broken {
	for member, to := range into {
		if !from.has(member) {
			if _, null := from[member]; null {
				*to = nil
			}
			continue
		}
		text, b := from.text(member)
		if b != nil {
			return b
		}
		*to = &text
	}
	return nil
}

// readSeconds likewise reads numbers of seconds.
func readSeconds(from object, into map[string]**int64) *broken {
	for member, to := range into {
		if !from.has(member) {
			if _, null := from[member]; null {
				*to = nil
			}
			continue
		}
		seconds, b := from.integer(member)
		if b != nil || seconds < 0 || seconds > maxSeconds {
			return breaks(TimeInvalid, member, "is not a number of seconds")
		}
		*to = &seconds
	}
	return nil
}

// maxSeconds keeps times in milliseconds within 64 bits.
const maxSeconds = 1 << 50
