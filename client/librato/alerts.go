package librato

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/openjson"
)

// Alert tells its services when all of its conditions hold.
type Alert struct {
	// ID, CreatedAt and UpdatedAt (Unix seconds) are set by the service and not sent.
	ID        ID    `json:"id,omitempty"`
	CreatedAt int64 `json:"created_at,omitempty"`
	UpdatedAt int64 `json:"updated_at,omitempty"`

	// Name is unique in the account.
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	// Version is 2; alerts of version 1 can be read only.
	Version int `json:"version,omitempty"`
	// TagBased tells whether the conditions choose by tags; false for sources.
	TagBased   *bool       `json:"md,omitempty"`
	Conditions []Condition `json:"conditions"`
	// Services are sent as their IDs; nothing else in them needs to be set.
	Services []Service `json:"services"`
	// Attributes are free, but that runbook_url is shown as a link.
	Attributes map[string]any `json:"attributes"`
	// Active is true by default.
	Active *bool `json:"active,omitempty"`
	// RearmSeconds is a multiple of 60; 0 is the service's default of 600.
	RearmSeconds int64 `json:"rearm_seconds,omitempty"`
	// RearmPerSignal rearms each source or set of tags on its own.
	RearmPerSignal *bool `json:"rearm_per_signal,omitempty"`

	// More holds the members that this package does not know; they are sent back.
	More map[string]json.RawMessage `json:"-"`
}

// The types of a Condition.
const (
	TypeAbove  = "above"
	TypeBelow  = "below"
	TypeAbsent = "absent"
)

// Condition is one condition of an alert; see Above, Below and Absent.
type Condition struct {
	// ID is set by the service.
	ID         ID     `json:"id,omitempty"`
	Type       string `json:"type"`
	MetricName string `json:"metric_name"`
	// Source is a pattern in the source dialect, all by default; Tags choose in the tag dialect.
	Source string      `json:"source,omitempty"`
	Tags   TagPatterns `json:"tags,omitempty"`
	// Threshold and SummaryFunction are for above and below. The function is min, max,
	// average (the default), sum, count, derivative or, for counters, absolute_value.
	Threshold       *float64 `json:"threshold,omitempty"`
	SummaryFunction string   `json:"summary_function,omitempty"`
	// Duration in seconds, 60 to 3600, in which every value must be over the
	// threshold; 0 means at once. An absent condition needs one.
	Duration int64 `json:"duration,omitempty"`
	// DetectReset of a derivative.
	DetectReset *bool `json:"detect_reset,omitempty"`

	// More holds the members that this package does not know; they are sent back.
	More map[string]json.RawMessage `json:"-"`
}

// TagPattern chooses series by a tag.
type TagPattern struct {
	Name   string   `json:"name"`
	Values []string `json:"values,omitempty"`
	// Grouped: each value of the tag is looked at on its own.
	Grouped *bool `json:"grouped,omitempty"`
	// Dynamic: the value is chosen in the space.
	Dynamic *bool `json:"dynamic,omitempty"`

	// More holds the members that this package does not know; they are sent back.
	More map[string]json.RawMessage `json:"-"`
}

// Above returns the condition that the average of a metric is above a threshold.
func Above(metric string, threshold float64) Condition {
	return Condition{Type: TypeAbove, MetricName: metric, Threshold: &threshold, SummaryFunction: "average"}
}

// Below returns the condition that the average of a metric is below a threshold.
func Below(metric string, threshold float64) Condition {
	c := Above(metric, threshold)
	c.Type = TypeBelow
	return c
}

// Absent returns the condition that a metric stops reporting for some seconds.
func Absent(metric string, seconds int64) Condition {
	return Condition{Type: TypeAbsent, MetricName: metric, Duration: seconds}
}

var (
	// ErrNotFound: a search by name found nothing of exactly that name.
	ErrNotFound = errors.New("there is nothing of that name")
	// ErrNoConditionType: a condition was begun but never said what it is.
	ErrNoConditionType = errors.New("the condition has no type; use above, below or absent")
)

// AlertStatus is whether an alert has fired.
type AlertStatus struct {
	Alert struct {
		ID ID `json:"id"`
	} `json:"alert"`
	// Status is "triggered" or "ok".
	Status string `json:"status"`
}

// AlertStatuses are the alerts that fire, and those that were cleared of late.
type AlertStatuses struct {
	Firing []struct {
		ID ID `json:"id"`
		// TriggeredAt is in Unix seconds.
		TriggeredAt int64 `json:"triggered_at"`
	} `json:"firing"`
	Cleared []struct {
		ID ID `json:"id"`
		// ClearedAt is in Unix seconds.
		ClearedAt int64 `json:"cleared_at"`
	} `json:"cleared"`
}

const alertsRoute = "alerts"

// Alerts lists alerts. They can be ordered by updated_at. Pages are fetched as the caller goes on.
func (c *Client) Alerts(ctx context.Context, o ListOptions) iter.Seq2[Alert, error] {
	return list[Alert](ctx, c, alertsRoute, o.query())
}

// Alert returns one alert.
func (c *Client) Alert(ctx context.Context, id ID) (*Alert, error) {
	return get[Alert](ctx, c, alertsRoute, string(id))
}

// FindAlert returns the alert of exactly that name, in any case; ErrNotFound if there is none.
func (c *Client) FindAlert(ctx context.Context, name string) (*Alert, error) {
	return findNamed(c.Alerts(ctx, ListOptions{Name: name}), "alert", name, func(a *Alert) string { return a.Name })
}

// CreateAlert creates an alert and returns it as the service stored it.
func (c *Client) CreateAlert(ctx context.Context, a Alert) (*Alert, error) {
	request, err := a.request()
	if err != nil {
		return nil, err
	}
	return write[Alert](ctx, c, http.MethodPost, request, alertsRoute)
}

// UpdateAlert overwrites an alert: conditions, services and attributes that it does
// not hold are removed. Read it first, and change what was read.
func (c *Client) UpdateAlert(ctx context.Context, a Alert) error {
	request, err := a.request()
	if err != nil {
		return err
	}
	_, err = write[Alert](ctx, c, http.MethodPut, request, alertsRoute, string(a.ID))
	return err
}

// DeleteAlert deletes an alert.
func (c *Client) DeleteAlert(ctx context.Context, id ID) error {
	return c.remove(ctx, alertsRoute, string(id))
}

// AlertStatus tells whether an alert has fired.
func (c *Client) AlertStatus(ctx context.Context, id ID) (*AlertStatus, error) {
	return get[AlertStatus](ctx, c, alertsRoute, string(id), "status")
}

// AlertStatuses returns the alerts that fire and those that were cleared of late.
func (c *Client) AlertStatuses(ctx context.Context) (*AlertStatuses, error) {
	return get[AlertStatuses](ctx, c, alertsRoute, "status")
}

// ClearAlert resolves an alert that has fired.
func (c *Client) ClearAlert(ctx context.Context, id ID) error {
	_, err := write[struct{}](ctx, c, http.MethodPost, nil, alertsRoute, string(id), "clear")
	return err
}

// AddAlertService makes an alert tell one more service.
func (c *Client) AddAlertService(ctx context.Context, alert, service ID) error {
	_, err := write[struct{}](ctx, c, http.MethodPost, serviceLink{service}, alertsRoute, string(alert), "services")
	return err
}

type serviceLink struct {
	Service ID `json:"service"`
}

// RemoveAlertService makes an alert leave a service alone.
func (c *Client) RemoveAlertService(ctx context.Context, alert, service ID) error {
	return c.remove(ctx, alertsRoute, string(alert), "services", string(service))
}

// findNamed returns the first item whose name is exactly the one searched for: the
// service's search finds parts of names.
func findNamed[T any](items iter.Seq2[T, error], kind, name string, nameOf func(*T) string) (*T, error) {
	for item, err := range items {
		if err != nil {
			return nil, err
		}
		if strings.EqualFold(nameOf(&item), name) {
			return &item, nil
		}
	}
	return nil, fmt.Errorf("%s %q: %w", kind, name, ErrNotFound)
}

// alertRequest is an alert as the API takes it: services by ID, and nothing that the
// service sets. What is left out of an update is removed, so lists are always there.
type alertRequest struct {
	Name           string         `json:"name"`
	Description    *string        `json:"description"`
	Version        int            `json:"version,omitempty"`
	TagBased       *bool          `json:"md,omitempty"`
	Conditions     []Condition    `json:"conditions"`
	Services       []ID           `json:"services"`
	Attributes     map[string]any `json:"attributes"`
	Active         *bool          `json:"active,omitempty"`
	RearmSeconds   int64          `json:"rearm_seconds,omitempty"`
	RearmPerSignal *bool          `json:"rearm_per_signal,omitempty"`

	more map[string]json.RawMessage
}

func (a *Alert) request() (*alertRequest, error) {
	r := &alertRequest{
		Name: a.Name, Version: a.Version, TagBased: a.TagBased, Conditions: append([]Condition{}, a.Conditions...),
		Services: []ID{}, Attributes: a.Attributes, Active: a.Active, RearmSeconds: a.RearmSeconds,
		RearmPerSignal: a.RearmPerSignal, more: a.More,
	}
	if a.Description != "" {
		r.Description = &a.Description
	}
	if r.Attributes == nil {
		r.Attributes = map[string]any{}
	}
	for _, s := range a.Services {
		r.Services = append(r.Services, s.ID)
	}
	for _, c := range a.Conditions {
		if c.Type == "" {
			return nil, fmt.Errorf("condition on %q: %w", c.MetricName, ErrNoConditionType)
		}
	}
	return r, nil
}

// MarshalJSON adds the members that this package does not know.
func (r *alertRequest) MarshalJSON() ([]byte, error) {
	type known alertRequest
	return openjson.Marshal(known(*r), r.more)
}

// MarshalJSON writes the alert as it is read, services included.
func (a Alert) MarshalJSON() ([]byte, error) {
	type known Alert
	return openjson.Marshal(known(a), a.More)
}

// UnmarshalJSON reads an alert.
func (a *Alert) UnmarshalJSON(text []byte) (err error) {
	type known Alert
	var k known
	k.More, err = openjson.Unmarshal(text, &k)
	*a = Alert(k)
	return err
}

// MarshalJSON writes the condition as the API takes it.
func (c Condition) MarshalJSON() ([]byte, error) {
	type known Condition
	return openjson.Marshal(known(c), c.More)
}

// UnmarshalJSON reads a condition.
func (c *Condition) UnmarshalJSON(text []byte) (err error) {
	type known Condition
	var k known
	k.More, err = openjson.Unmarshal(text, &k)
	*c = Condition(k)
	return err
}

// TagPatterns all have to match.
type TagPatterns []TagPattern

// UnmarshalJSON reads a list, or the empty object that one of the vendor's clients writes for an empty list.
func (l *TagPatterns) UnmarshalJSON(text []byte) error {
	if string(text) == "{}" {
		*l = nil
		return nil
	}
	return json.Unmarshal(text, (*[]TagPattern)(l))
}

// MarshalJSON writes the pattern as the API takes it.
func (p TagPattern) MarshalJSON() ([]byte, error) {
	type known TagPattern
	return openjson.Marshal(known(p), p.More)
}

// UnmarshalJSON reads a pattern.
func (p *TagPattern) UnmarshalJSON(text []byte) (err error) {
	type known TagPattern
	var k known
	k.More, err = openjson.Unmarshal(text, &k)
	*p = TagPattern(k)
	return err
}
