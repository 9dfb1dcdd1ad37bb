package librato

import "strconv"

// Properties are what the service is told about a metric when a measurement
// creates it. For a metric that exists the service ignores them.
type Properties struct {
	DisplayName string
	Description string
	// Period is the reporting interval in seconds, 0 for none.
	Period     int64
	Attributes *Attributes
}

// Attributes are the display and roll-up settings of a metric. Zero members are
// not sent; the pointers tell a false or 0 that is meant from one that is not set.
type Attributes struct {
	// Color is "#RRGGBB".
	Color             string   `json:"color,omitempty"`
	DisplayMax        *float64 `json:"display_max,omitempty"`
	DisplayMin        *float64 `json:"display_min,omitempty"`
	DisplayUnitsLong  string   `json:"display_units_long,omitempty"`
	DisplayUnitsShort string   `json:"display_units_short,omitempty"`
	DisplayStacked    *bool    `json:"display_stacked,omitempty"`
	// SummarizeFunction rolls values up: average (the default), sum, count, min or max.
	SummarizeFunction string `json:"summarize_function,omitempty"`
	// Aggregate merges measurements of the same name and tags within a period in the service.
	Aggregate    *bool `json:"aggregate,omitempty"`
	GapDetection *bool `json:"gap_detection,omitempty"`
	// CreatedByUA is the user agent that created the metric; read only.
	CreatedByUA string `json:"created_by_ua,omitempty"`
}

func (p *Properties) append(dst []byte) []byte {
	if p == nil {
		return dst
	}
	dst = appendText(dst, `,"display_name":`, p.DisplayName)
	dst = appendText(dst, `,"description":`, p.Description)
	if p.Period != 0 {
		dst = strconv.AppendInt(append(dst, `,"period":`...), p.Period, 10)
	}
	if p.Attributes == nil {
		return dst
	}
	start := len(dst)
	dst = append(dst, `,"attributes":`...)
	open := len(dst)
	dst = p.Attributes.append(dst)
	if len(dst) == open {
		return dst[:start]
	}
	dst[open] = '{' // in place of the first member's comma
	return append(dst, '}')
}

func (a *Attributes) append(dst []byte) []byte {
	dst = appendText(dst, `,"color":`, a.Color)
	dst = appendFinite(dst, `,"display_max":`, a.DisplayMax)
	dst = appendFinite(dst, `,"display_min":`, a.DisplayMin)
	dst = appendText(dst, `,"display_units_long":`, a.DisplayUnitsLong)
	dst = appendText(dst, `,"display_units_short":`, a.DisplayUnitsShort)
	dst = appendBool(dst, `,"display_stacked":`, a.DisplayStacked)
	dst = appendText(dst, `,"summarize_function":`, a.SummarizeFunction)
	dst = appendBool(dst, `,"aggregate":`, a.Aggregate)
	return appendBool(dst, `,"gap_detection":`, a.GapDetection)
}

func appendText(dst []byte, member, text string) []byte {
	if text == "" {
		return dst
	}
	return appendString(append(dst, member...), text)
}

// appendFinite leaves out what JSON cannot hold: a display hint is not worth a measurement.
func appendFinite(dst []byte, member string, v *float64) []byte {
	if v == nil || checkFloat(*v) != nil {
		return dst
	}
	return appendFloat(append(dst, member...), *v)
}

func appendBool(dst []byte, member string, v *bool) []byte {
	if v == nil {
		return dst
	}
	return strconv.AppendBool(append(dst, member...), *v)
}
