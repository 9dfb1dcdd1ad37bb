package signalflow

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"
	"unicode/utf8"
)

var errInvalidRequest = errors.New("signalflow: request not sent")

// Request asks for the execution of a program. Only Program is required; a field
// left zero takes the service's default. Times are sent in whole milliseconds.
type Request struct {
	// Program is SignalFlow text with at least one publish(), at most MaxProgramLength characters.
	Program string
	// Start is the first logical time wanted, by default now. The service rounds it
	// down to the resolution; callers who resume must expect to get it again.
	Start time.Time
	// Stop is the last logical time wanted. A past one makes a job that ends with io.EOF.
	Stop time.Time
	// Resolution is the finest step of the output; the service may choose a coarser
	// one and tells it in InfoRunningResolution.
	Resolution time.Duration
	// MaxDelay is how long to wait for late input, at most MaxMaxDelay; by default
	// the service finds it by itself.
	MaxDelay time.Duration
	// Immediate shifts the range back so that the job need not wait for data that is
	// still to come; for requests with a Stop.
	Immediate bool
	// Timezone is an IANA name, by default UTC; it matters to calendar windows only.
	Timezone string
	// Uncompressed asks the service not to compress messages.
	Uncompressed bool
	// Exclusive gives the computation a connection of its own. If its messages are
	// read too slowly, the service is slowed down, where a computation that shares
	// its connection ends with ErrSlowConsumer. For large amounts of past data.
	// The HTTP transport always works like this.
	Exclusive bool

	// The fields below appear in clients of the vendor, most without documentation.

	// Persistent is sent by the vendor's Python, Java and Ruby clients.
	Persistent bool
	// WithDerivedMetadata asks for the full properties of derived series.
	WithDerivedMetadata bool
	// ResolutionAdjustable lets the service change the resolution while the job runs.
	ResolutionAdjustable bool
	// DisableAllMetricPublishes is a preliminary feature of the vendor's Python client.
	DisableAllMetricPublishes bool
	// OffsetByMaxDelay, UsedByDetectorUI, UseCache and Filter are in the types of the vendor's Node client.
	OffsetByMaxDelay bool
	UsedByDetectorUI bool
	UseCache         bool
	Filter           string
}

// AttachRequest asks for the stream of a job that runs. The vendor's Ruby client
// notes that the service does not support it.
type AttachRequest struct {
	Handle string
	// Filters is SignalFlow filter text.
	Filters      string
	Resolution   time.Duration
	Uncompressed bool
}

// parameters are the fields of a request that both transports send under the same names.
type parameters struct {
	Start                     int64  `json:"start,omitempty"`
	Stop                      int64  `json:"stop,omitempty"`
	Resolution                int64  `json:"resolution,omitempty"`
	MaxDelay                  int64  `json:"maxDelay,omitempty"`
	Persistent                bool   `json:"persistent,omitempty"`
	Immediate                 bool   `json:"immediate,omitempty"`
	Timezone                  string `json:"timezone,omitempty"`
	DisableAllMetricPublishes bool   `json:"disableAllMetricPublishes,omitempty"`
	WithDerivedMetadata       bool   `json:"withDerivedMetadata,omitempty"`
	ResolutionAdjustable      bool   `json:"resolutionAdjustable,omitempty"`
	OffsetByMaxDelay          bool   `json:"offsetByMaxDelay,omitempty"`
	UsedByDetectorUI          bool   `json:"usedByDetectorUI,omitempty"`
	UseCache                  bool   `json:"useCache,omitempty"`
	Filter                    string `json:"filter,omitempty"`
}

// requestJSON is the union of all requests of the WebSocket transport.
type requestJSON struct {
	Type      string `json:"type"`
	Token     string `json:"token,omitempty"`
	UserAgent string `json:"userAgent,omitempty"`
	Channel   string `json:"channel,omitempty"`
	Handle    string `json:"handle,omitempty"`
	Reason    string `json:"reason,omitempty"`
	Program   string `json:"program,omitempty"`
	Filters   string `json:"filters,omitempty"`
	Compress  bool   `json:"compress,omitempty"`
	parameters
}

func (r *Request) parameters() parameters {
	return parameters{
		Start: millis(r.Start), Stop: millis(r.Stop),
		Resolution: r.Resolution.Milliseconds(), MaxDelay: r.MaxDelay.Milliseconds(),
		Persistent: r.Persistent, Immediate: r.Immediate, Timezone: r.Timezone,
		DisableAllMetricPublishes: r.DisableAllMetricPublishes,
		WithDerivedMetadata:       r.WithDerivedMetadata, ResolutionAdjustable: r.ResolutionAdjustable,
		OffsetByMaxDelay: r.OffsetByMaxDelay, UsedByDetectorUI: r.UsedByDetectorUI,
		UseCache: r.UseCache, Filter: r.Filter,
	}
}

// jobParameters are those that start and preflight know.
func (r *Request) jobParameters() parameters {
	p := r.parameters()
	return parameters{Start: p.Start, Stop: p.Stop, Resolution: p.Resolution, MaxDelay: p.MaxDelay}
}

// query returns the parameters as the HTTP transport sends them.
func (p parameters) query() url.Values {
	raw, _ := json.Marshal(p) // a struct of numbers, booleans and strings
	query := url.Values{}
	for _, one := range parseProperties(raw) {
		query.Set(one.Key, one.Value.Text())
	}
	return query
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func (r *Request) validate() error {
	switch {
	case r.Program == "":
		return invalid("the program is empty")
	case !utf8.ValidString(r.Program):
		return invalid("the program is not valid UTF-8")
	case utf8.RuneCountInString(r.Program) > MaxProgramLength:
		return invalid("the program is longer than " + strconv.Itoa(MaxProgramLength) + " characters")
	case r.Resolution < 0 || r.Resolution%time.Millisecond != 0:
		return invalid("the resolution is not a positive number of milliseconds")
	case r.MaxDelay < 0 || r.MaxDelay > MaxMaxDelay:
		return invalid("the maximum delay is not between 0 and " + MaxMaxDelay.String())
	case !r.Stop.IsZero() && !r.Start.IsZero() && r.Stop.Before(r.Start):
		return invalid("the stop time lies before the start time")
	}
	return nil
}

func (r *Request) validatePreflight() error {
	if r.Start.IsZero() || r.Stop.IsZero() {
		return invalid("a preflight needs a start and a stop time")
	}
	return r.validate()
}

func invalid(why string) error { return fmt.Errorf("%w: %s", errInvalidRequest, why) }
