package librato

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// sourceKey is the dimension that holds a measurement's source in the store.
const sourceKey = "source"

// readSourced reads the body of POST /v1/metrics: gauges and counters.
func (r *reader) readSourced(body object) (*payload, *apiError) {
	p := &payload{}
	for _, list := range []struct{ member, metricType string }{{"gauges", typeGauge}, {"counters", typeCounter}} {
		items, ok := listed(body[list.member])
		if !ok {
			return nil, breaks(PropertyInvalid, list.member, "is neither an array nor an object").paramsError(http.StatusBadRequest, "")
		}
		for _, item := range items {
			p.add(item, func() (*measurement, *broken) { return r.readSourcedItem(item, body, list.metricType) })
		}
	}
	return p, nil
}

// listed returns the measurements in any of their forms: an array, an object by
// number, or an object by name.
func listed(value any) (items []object, ok bool) {
	switch v := value.(type) {
	case nil:
		return nil, true
	case []any:
		for _, element := range v {
			item, _ := element.(map[string]any)
			items = append(items, item)
		}
		return items, true
	case map[string]any:
		for _, key := range slices.SortedFunc(maps.Keys(v), byNumber) {
			item, _ := v[key].(map[string]any)
			items = append(items, named(item, key))
		}
		return items, true
	}
	return nil, false
}

// byNumber orders "2" before "10".
func byNumber(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

// named gives a measurement its key as a name, if the key is no number.
func named(item map[string]any, key string) object {
	if _, err := strconv.Atoi(key); err == nil || item == nil || item["name"] != nil {
		return item
	}
	item = maps.Clone(item)
	item["name"] = key
	return item
}

func (r *reader) readSourcedItem(item, shared object, metricType string) (*measurement, *broken) {
	m, b := r.read(item, shared, metricType, "measure_time")
	if b != nil {
		return nil, b
	}
	source, b := pick(item, shared, sourceKey).text(sourceKey)
	if b != nil || source != "" && !nameRule.MatchString(source) || strings.EqualFold(source, reservedSource) {
		return nil, breaks(SourceInvalid, sourceKey, "is invalid: 1 to 255 of A-Z a-z 0-9 . : - _, and not %q", reservedSource)
	}
	if source != "" {
		m.sample.Dimensions = store.Dimensions{{Key: sourceKey, Value: source}}
	}
	if metricType == typeCounter {
		if b := checkCounter(m.sample.Value); b != nil {
			return nil, b
		}
		m.created.Attributes["display_stacked"] = true // the vendor's default for counters
	}
	return m, nil
}

func checkCounter(v store.Value) *broken {
	if v.Histogram() != nil {
		return breaks(ValueMissing, "value", "is required: counters have no count and sum")
	}
	if v.Float() < 0 {
		return breaks(NotPositive, "value", "must be positive")
	}
	return nil
}
