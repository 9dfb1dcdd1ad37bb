package signalfx

import (
	"context"
	"encoding/json"
	"iter"

	"github.com/otelcol-custom/otelcol-custom/internal/openjson"
)

// Object is a chart, dashboard, dashboard group or data link: what all of them have,
// and the rest as it is.
type Object struct {
	ID          string `json:"id"`
	Name        string `json:"name,omitempty"`
	Description string `json:"description,omitempty"`
	// Times are in Unix milliseconds.
	Creator       string `json:"creator,omitempty"`
	Created       int64  `json:"created,omitempty"`
	LastUpdatedBy string `json:"lastUpdatedBy,omitempty"`
	LastUpdated   int64  `json:"lastUpdated,omitempty"`

	// More holds the other members.
	More map[string]json.RawMessage `json:"-"`
}

// ListOptions choose what a list of objects holds.
type ListOptions struct {
	// Name is a part of the name; all objects for "".
	Name string
	// Tags must all be there; detectors only.
	Tags []string
	// Offset skips objects; PageLength is how many to fetch at once, 0 being 100.
	Offset, PageLength int
}

func listNamed[T any](ctx context.Context, r *REST, o ListOptions, kind string) iter.Seq2[T, error] {
	parameters := filled(map[string]string{"name": o.Name})
	if len(o.Tags) > 0 {
		parameters["tags"] = o.Tags
	}
	return list[T](ctx, r, parameters, o.Offset, o.PageLength, kind)
}

// Chart returns a chart.
func (r *REST) Chart(ctx context.Context, id string) (*Object, error) {
	return get[Object](ctx, r, "chart", id)
}

// Charts lists charts. Pages are fetched as the caller goes on.
func (r *REST) Charts(ctx context.Context, o ListOptions) iter.Seq2[Object, error] {
	return listNamed[Object](ctx, r, o, "chart")
}

// Dashboard returns a dashboard.
func (r *REST) Dashboard(ctx context.Context, id string) (*Object, error) {
	return get[Object](ctx, r, "dashboard", id)
}

// Dashboards lists dashboards. Pages are fetched as the caller goes on.
func (r *REST) Dashboards(ctx context.Context, o ListOptions) iter.Seq2[Object, error] {
	return listNamed[Object](ctx, r, o, "dashboard")
}

// DashboardGroup returns a dashboard group.
func (r *REST) DashboardGroup(ctx context.Context, id string) (*Object, error) {
	return get[Object](ctx, r, "dashboardgroup", id)
}

// DashboardGroups lists dashboard groups. Pages are fetched as the caller goes on.
func (r *REST) DashboardGroups(ctx context.Context, o ListOptions) iter.Seq2[Object, error] {
	return listNamed[Object](ctx, r, o, "dashboardgroup")
}

// DataLinkOptions choose data links by what they are shown at.
type DataLinkOptions struct {
	Context, PropertyName, PropertyValue string
	// OrderBy is a field, with a minus in front for the highest first.
	OrderBy string
	// Offset skips links; PageLength is how many to fetch at once, 0 being 100.
	Offset, PageLength int
}

// DataLink returns a data link.
func (r *REST) DataLink(ctx context.Context, id string) (*Object, error) {
	return get[Object](ctx, r, "crosslink", id)
}

// DataLinks lists data links. Pages are fetched as the caller goes on.
func (r *REST) DataLinks(ctx context.Context, o DataLinkOptions) iter.Seq2[Object, error] {
	parameters := filled(map[string]string{
		"context": o.Context, "propertyName": o.PropertyName, "propertyValue": o.PropertyValue, "orderBy": o.OrderBy,
	})
	return list[Object](ctx, r, parameters, o.Offset, o.PageLength, "crosslink")
}

// UnmarshalJSON reads an object.
func (o *Object) UnmarshalJSON(text []byte) (err error) {
	type known Object
	var k known
	k.More, err = openjson.Unmarshal(text, &k)
	*o = Object(k)
	return err
}

// MarshalJSON writes an object as it was read.
func (o Object) MarshalJSON() ([]byte, error) {
	type known Object
	return openjson.Marshal(known(o), o.More)
}
