package librato

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"

	"github.com/otelcol-custom/otelcol-custom/internal/openjson"
)

// Service is a target of notifications.
type Service struct {
	// ID is set by the service.
	ID ID `json:"id,omitempty"`
	// Type is mail, slack, pagerduty, webhook or another one that the vendor has.
	Type  string `json:"type,omitempty"`
	Title string `json:"title,omitempty"`
	// Settings depend on the type.
	Settings map[string]any `json:"settings,omitempty"`

	// More holds the members that this package does not know; they are sent back.
	More map[string]json.RawMessage `json:"-"`
}

const servicesRoute = "services"

// Services lists services. They can be ordered by title (the default) or
// updated_at. Pages are fetched as the caller goes on.
func (c *Client) Services(ctx context.Context, o ListOptions) iter.Seq2[Service, error] {
	return list[Service](ctx, c, servicesRoute, o.query())
}

// Service returns one service.
func (c *Client) Service(ctx context.Context, id ID) (*Service, error) {
	return get[Service](ctx, c, servicesRoute, string(id))
}

// CreateService creates a service and returns it as the vendor stored it.
func (c *Client) CreateService(ctx context.Context, s Service) (*Service, error) {
	return write[Service](ctx, c, http.MethodPost, s, servicesRoute)
}

// UpdateService overwrites a service.
func (c *Client) UpdateService(ctx context.Context, s Service) error {
	id := s.ID
	s.ID = "" // the path has it
	_, err := write[Service](ctx, c, http.MethodPut, s, servicesRoute, string(id))
	return err
}

// DeleteService deletes a service and takes it off all alerts.
func (c *Client) DeleteService(ctx context.Context, id ID) error {
	return c.remove(ctx, servicesRoute, string(id))
}

// MarshalJSON writes the service as the API takes it.
func (s Service) MarshalJSON() ([]byte, error) {
	type known Service
	return openjson.Marshal(known(s), s.More)
}

// UnmarshalJSON reads a service, or its ID alone.
func (s *Service) UnmarshalJSON(text []byte) (err error) {
	if len(text) > 0 && text[0] != '{' {
		*s = Service{}
		return json.Unmarshal(text, &s.ID)
	}
	type known Service
	var k known
	k.More, err = openjson.Unmarshal(text, &k)
	*s = Service(k)
	return err
}
