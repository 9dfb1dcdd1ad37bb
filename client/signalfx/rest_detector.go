package signalfx

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"strconv"

	"github.com/otelcol-custom/otelcol-custom/internal/openjson"
)

// Detector watches a SignalFlow program and alerts by rules.
type Detector struct {
	// ID and the times, in Unix milliseconds, are set by the service.
	ID            string `json:"id,omitempty"`
	Creator       string `json:"creator,omitempty"`
	Created       int64  `json:"created,omitempty"`
	LastUpdatedBy string `json:"lastUpdatedBy,omitempty"`
	LastUpdated   int64  `json:"lastUpdated,omitempty"`

	Name        string   `json:"name"`
	Description string   `json:"description,omitempty"`
	ProgramText string   `json:"programText"`
	Rules       []Rule   `json:"rules,omitzero"`
	Tags        []string `json:"tags,omitzero"`
	// MaxDelay is in milliseconds.
	MaxDelay *int64 `json:"maxDelay,omitempty"`

	// More holds the members that this package does not know; they are sent back.
	More map[string]json.RawMessage `json:"-"`
}

// Rule says how the alerts of one label of a program are notified.
type Rule struct {
	DetectLabel string `json:"detectLabel"`
	// Severity is Critical, Major, Minor, Warning or Info.
	Severity    string `json:"severity,omitempty"`
	Description string `json:"description,omitempty"`
	Disabled    bool   `json:"disabled,omitempty"`

	// More holds the members that this package does not know, notifications among
	// them; they are sent back.
	More map[string]json.RawMessage `json:"-"`
}

// Detector returns a detector.
func (r *REST) Detector(ctx context.Context, id string) (*Detector, error) {
	return get[Detector](ctx, r, "detector", id)
}

// Detectors lists detectors. Pages are fetched as the caller goes on.
func (r *REST) Detectors(ctx context.Context, o ListOptions) iter.Seq2[Detector, error] {
	return listNamed[Detector](ctx, r, o, "detector")
}

// ValidateDetector checks a detector; nil means that the service would take it.
func (r *REST) ValidateDetector(ctx context.Context, d *Detector) error {
	return r.send(ctx, http.MethodPost, d, "detector", "validate")
}

// CreateDetector creates a detector and returns it as the service stored it.
func (r *REST) CreateDetector(ctx context.Context, d *Detector) (*Detector, error) {
	return exchange[Detector](ctx, r, http.MethodPost, d, "detector")
}

// UpdateDetector overwrites a detector and returns it as the service stored it. Read
// it first, and change what was read.
func (r *REST) UpdateDetector(ctx context.Context, d *Detector) (*Detector, error) {
	return exchange[Detector](ctx, r, http.MethodPut, d, "detector", d.ID)
}

// DeleteDetector deletes a detector.
func (r *REST) DeleteDetector(ctx context.Context, id string) error {
	return r.send(ctx, http.MethodDelete, nil, "detector", id)
}

// Incident is a time in which an alert was active.
type Incident struct {
	ID           string `json:"incidentId,omitempty"`
	DetectorID   string `json:"detectorId,omitempty"`
	DetectorName string `json:"detectorName,omitempty"`
	DetectLabel  string `json:"detectLabel,omitempty"`
	Severity     string `json:"severity,omitempty"`
	Active       bool   `json:"active"`
	// AnomalyState is ANOMALOUS, OK, MANUALLY_RESOLVED or another word of the service.
	AnomalyState string `json:"anomalyState,omitempty"`

	// More holds the members that this package does not know.
	More map[string]json.RawMessage `json:"-"`
}

// IncidentOptions choose incidents.
type IncidentOptions struct {
	// Resolved includes those that are over.
	Resolved bool
	// Offset skips incidents; PageLength is how many to fetch at once, 0 being 100.
	Offset, PageLength int
}

// Incident returns an incident.
func (r *REST) Incident(ctx context.Context, id string) (*Incident, error) {
	return get[Incident](ctx, r, "incident", id)
}

// Incidents lists incidents. Pages are fetched as the caller goes on.
func (r *REST) Incidents(ctx context.Context, o IncidentOptions) iter.Seq2[Incident, error] {
	parameters := filled(map[string]string{"include_resolved": strconv.FormatBool(o.Resolved)})
	return list[Incident](ctx, r, parameters, o.Offset, o.PageLength, "incident")
}

// ClearIncident resolves an incident by hand.
func (r *REST) ClearIncident(ctx context.Context, id string) error {
	return r.send(ctx, http.MethodPut, nil, "incident", id, "clear")
}

// DetectorIncidents lists the incidents of a detector. Pages are fetched as the caller goes on.
func (r *REST) DetectorIncidents(ctx context.Context, detector string, o ListOptions) iter.Seq2[Incident, error] {
	return list[Incident](ctx, r, filled(nil), o.Offset, o.PageLength, "detector", detector, "incidents")
}

// DetectorEvents lists the events of a detector. Pages are fetched as the caller goes on.
func (r *REST) DetectorEvents(ctx context.Context, detector string, o ListOptions) iter.Seq2[Object, error] {
	return list[Object](ctx, r, filled(nil), o.Offset, o.PageLength, "detector", detector, "events")
}

// UnmarshalJSON reads a detector.
func (d *Detector) UnmarshalJSON(text []byte) (err error) {
	type known Detector
	var k known
	k.More, err = openjson.Unmarshal(text, &k)
	*d = Detector(k)
	return err
}

// MarshalJSON writes a detector.
func (d Detector) MarshalJSON() ([]byte, error) {
	type known Detector
	return openjson.Marshal(known(d), d.More)
}

// UnmarshalJSON reads a rule.
func (r *Rule) UnmarshalJSON(text []byte) (err error) {
	type known Rule
	var k known
	k.More, err = openjson.Unmarshal(text, &k)
	*r = Rule(k)
	return err
}

// MarshalJSON writes a rule.
func (r Rule) MarshalJSON() ([]byte, error) {
	type known Rule
	return openjson.Marshal(known(r), r.More)
}

// UnmarshalJSON reads an incident.
func (i *Incident) UnmarshalJSON(text []byte) (err error) {
	type known Incident
	var k known
	k.More, err = openjson.Unmarshal(text, &k)
	*i = Incident(k)
	return err
}

// MarshalJSON writes an incident as it was read.
func (i Incident) MarshalJSON() ([]byte, error) {
	type known Incident
	return openjson.Marshal(known(i), i.More)
}
