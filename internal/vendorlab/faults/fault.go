// Package faults makes a vendor room misbehave on purpose.
package faults

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Fault says which requests go wrong, and how. It must ask for at least one of
// Status, Latency, Stall, Reset, Partial and RevokedToken, or for one of DropAfter and SilentAfter alone.
type Fault struct {
	ID   int `json:"id"`
	Hits int `json:"hits"` // requests it has acted on

	// Which requests. Empty means all. A vendor stands for its services too, such as
	// wavefront for wavefront-proxy. A path that ends in * matches as a prefix.
	Vendor string `json:"vendor,omitempty"`
	Path   string `json:"path,omitempty"`
	// Count is how many requests it acts on before it is gone; 0: until it is deleted.
	Count int `json:"count,omitempty"`

	// Status is answered instead of handling the request. With Partial it is
	// answered after the items were stored.
	Status int `json:"status,omitempty"`
	// RetryAfter is sent with Status, in seconds, or as a date that far ahead.
	RetryAfter     int  `json:"retry_after,omitempty"`
	RetryAfterDate bool `json:"retry_after_date,omitempty"`
	// Body is sent with Status in place of the lab's own JSON; its first character
	// tells JSON, HTML and text apart.
	Body string `json:"body,omitempty"`
	// Latency passes before the request is handled.
	Latency Duration `json:"latency,omitzero"`
	// Stall leaves the body unread that long and then cuts the connection.
	Stall Duration `json:"stall,omitzero"`
	// Reset cuts the connection: in the middle of the request body with nothing
	// stored, or in the middle of the response with everything stored.
	Reset Reset `json:"reset,omitempty"`
	// Partial is the share of a request's items to store, the first ones, from 0 to
	// 1; the rest is dropped. 1 with a Status: all is stored and yet refused.
	Partial *float64 `json:"partial,omitempty"`

	// RevokedToken refuses whatever credentials come, with the vendor's own answer.
	RevokedToken bool `json:"revoked_token,omitempty"`

	// DropAfter cuts a WebSocket once that many messages went out on channels since
	// the fault was switched on, or closes it in good order with CloseCode.
	DropAfter *int `json:"drop_after,omitempty"`
	CloseCode int  `json:"close_code,omitempty"`
	// SilentAfter leaves a WebSocket open once that many messages went out on
	// channels, but neither writes nor reads any more.
	SilentAfter *int `json:"silent_after,omitempty"`
}

// Reset is where a connection is cut.
type Reset string

// Where connections are cut.
const (
	ResetRequest  Reset = "request"
	ResetResponse Reset = "response"
)

// maxDelay keeps a slip of the keyboard from holding connections for days.
const maxDelay = 10 * time.Minute

// Validate returns every mistake in the fault.
func (f *Fault) Validate() error {
	var mistakes []error
	wrong := func(is bool, format string, args ...any) {
		if is {
			mistakes = append(mistakes, fmt.Errorf(format, args...))
		}
	}
	ofRequests := f.Status != 0 || f.Latency != 0 || f.Stall != 0 || f.Reset != "" || f.Partial != nil || f.RevokedToken
	wrong(!ofRequests && !f.ofSockets(), "set at least one of status, latency, stall, reset, partial, revoked_token, drop_after and silent_after")
	wrong(f.ofSockets() && (ofRequests || f.DropAfter != nil && f.SilentAfter != nil), "drop_after and silent_after: must stand alone")
	wrong(f.DropAfter != nil && *f.DropAfter < 0 || f.SilentAfter != nil && *f.SilentAfter < 0, "drop_after and silent_after: must not be negative")
	wrong(f.CloseCode != 0 && (f.DropAfter == nil || f.CloseCode < 1000 || f.CloseCode > 4999), "close_code: must be from 1000 to 4999 and needs drop_after")
	wrong(f.Status != 0 && (f.Status < 200 || f.Status > 599), "status: %d is not from 200 to 599", f.Status)
	wrong(f.RetryAfter < 0, "retry_after: must not be negative")
	wrong((f.RetryAfter > 0 || f.RetryAfterDate) && f.Status == 0, "retry_after: needs a status")
	wrong(f.Body != "" && f.Status == 0, "body: needs a status")
	wrong(f.Latency < 0 || time.Duration(f.Latency) > maxDelay, "latency: must be from 0s to %s", maxDelay)
	wrong(f.Stall < 0 || time.Duration(f.Stall) > maxDelay, "stall: must be from 0s to %s", maxDelay)
	wrong(f.Reset != "" && f.Reset != ResetRequest && f.Reset != ResetResponse, "reset: %q is neither request nor response", f.Reset)
	wrong(f.Partial != nil && !(*f.Partial >= 0 && *f.Partial <= 1), "partial: must be from 0 to 1")
	wrong(f.RevokedToken && (f.Status != 0 || f.Stall != 0 || f.Reset == ResetRequest || f.Partial != nil), "revoked_token: goes together with latency and count only")
	wrong(f.Count < 0, "count: must not be negative")
	wrong(strings.Contains(strings.TrimSuffix(f.Path, "*"), "*"), "path: * may only stand at the end")
	return errors.Join(mistakes...)
}

// ofSockets reports whether the fault acts on open WebSockets, not on requests.
func (f *Fault) ofSockets() bool { return f.DropAfter != nil || f.SilentAfter != nil }

func (f *Fault) matches(vendor, path string) bool {
	if !f.matchesVendor(vendor) {
		return false
	}
	if prefix, ok := strings.CutSuffix(f.Path, "*"); ok {
		return strings.HasPrefix(path, prefix)
	}
	return f.Path == "" || f.Path == path
}

func (f *Fault) matchesVendor(vendor string) bool {
	return f.Vendor == "" || f.Vendor == vendor || strings.HasPrefix(vendor, f.Vendor+"-")
}

// String names what the fault does, for the list of requests.
func (f *Fault) String() string {
	var parts []string
	if f.Latency > 0 {
		parts = append(parts, "latency "+f.Latency.String())
	}
	if f.Stall > 0 {
		parts = append(parts, "stall "+f.Stall.String())
	}
	if f.Reset != "" {
		parts = append(parts, "reset in the "+string(f.Reset))
	}
	if f.Partial != nil {
		parts = append(parts, fmt.Sprintf("partial %g", *f.Partial))
	}
	if f.RevokedToken {
		parts = append(parts, "revoked token")
	}
	if f.Status != 0 {
		parts = append(parts, fmt.Sprintf("status %d", f.Status))
	}
	if f.DropAfter != nil {
		parts = append(parts, fmt.Sprintf("drop after %d messages", *f.DropAfter))
	}
	if f.SilentAfter != nil {
		parts = append(parts, fmt.Sprintf("silent after %d messages", *f.SilentAfter))
	}
	return strings.Join(parts, ", ")
}

// retryAfter is the header's value, or empty.
func (f *Fault) retryAfter(now time.Time) string {
	switch {
	case f.RetryAfterDate:
		return now.Add(time.Duration(f.RetryAfter) * time.Second).UTC().Format(http.TimeFormat)
	case f.RetryAfter > 0:
		return fmt.Sprint(f.RetryAfter)
	}
	return ""
}

// Duration is a time.Duration that reads and writes as text such as 250ms.
type Duration time.Duration

// String returns the form of time.Duration.
func (d Duration) String() string { return time.Duration(d).String() }

// MarshalText implements encoding.TextMarshaler.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q is no duration such as 250ms or 2s", text)
	}
	*d = Duration(parsed)
	return nil
}
