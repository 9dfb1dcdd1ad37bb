package signalflow

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// request is a message of a client on the WebSocket. Unknown members are ignored.
type request struct {
	Type    string `json:"type"`
	Token   string `json:"token"`
	Channel string `json:"channel"`
	Program string `json:"program"`
	Handle  string `json:"handle"`
	Reason  string `json:"reason"`
	Filters string `json:"filters"`

	Start               whole  `json:"start"`
	Stop                whole  `json:"stop"`
	Resolution          whole  `json:"resolution"`
	MaxDelay            whole  `json:"maxDelay"`
	Immediate           yes    `json:"immediate"`
	Compress            yes    `json:"compress"`
	WithDerivedMetadata yes    `json:"withDerivedMetadata"`
	Timezone            string `json:"timezone"`
}

// whole is a number of milliseconds. One of the vendor's clients sends all values as text.
type whole int64

func (w *whole) UnmarshalJSON(raw []byte) error {
	text := strings.Trim(string(raw), `"`)
	if text == "" || text == "null" {
		return nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		f, floatErr := strconv.ParseFloat(text, 64)
		if floatErr != nil || f != float64(int64(f)) {
			return fmt.Errorf("%s is not a whole number of milliseconds", raw)
		}
		n = int64(f)
	}
	*w = whole(n)
	return nil
}

// yes is true or false, as text too.
type yes bool

func (y *yes) UnmarshalJSON(raw []byte) error {
	switch strings.ToLower(strings.Trim(string(raw), `"`)) {
	case "true":
		*y = true
	case "false", "null", "":
		*y = false
	default:
		return fmt.Errorf("%s is neither true nor false", raw)
	}
	return nil
}

func parseRequest(text []byte) (request, error) {
	var r request
	err := json.Unmarshal(text, &r)
	return r, err
}

// options say how a program is to run. Times and durations are milliseconds; 0 is unset.
type options struct {
	start, stop          int64
	resolution, maxDelay int64
	immediate            bool
	derivedMetadata      bool
}

// Bounds of options. Sources: the vendor's SignalFlow API description and limits page.
const (
	longestDelay = int64(15 * time.Minute / time.Millisecond)
	latest       = int64(1) << 53 // a date far beyond anything
)

// newOptions checks what was asked for.
func newOptions(r request) (options, *failure) {
	o := options{
		start: int64(r.Start), stop: int64(r.Stop),
		resolution: int64(r.Resolution), maxDelay: int64(r.MaxDelay),
		immediate: bool(r.Immediate), derivedMetadata: bool(r.WithDerivedMetadata),
	}
	wrong := func(text string) (options, *failure) { return options{}, refuse(http.StatusBadRequest, text) }
	switch {
	case o.start < 0 || o.stop < 0 || o.start > latest || o.stop > latest:
		return wrong("start and stop must be milliseconds since 1970")
	case o.stop != 0 && o.start > o.stop:
		return wrong("start must not be later than stop")
	case o.resolution < 0 || o.resolution > latest:
		return wrong("resolution must not be negative")
	case o.maxDelay < 0 || o.maxDelay > longestDelay:
		return wrong(fmt.Sprintf("maxDelay must be from 0 to %d milliseconds", longestDelay))
	}
	if _, err := time.LoadLocation(r.Timezone); err != nil {
		return wrong("timezone must be a name such as UTC or Europe/Berlin")
	}
	return o, nil
}

// queryRequest reads the parameters that HTTP requests carry in their address.
func queryRequest(query url.Values) (request, *failure) {
	members := map[string]string{}
	for name, values := range query {
		members[name] = values[0]
	}
	text, _ := json.Marshal(members)
	r, err := parseRequest(text)
	if err != nil {
		return r, refuse(http.StatusBadRequest, err.Error())
	}
	return r, nil
}
