package librato

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"

	"github.com/otelcol-custom/otelcol-custom/internal/openjson"
)

// Space holds charts.
type Space struct {
	// ID is set by the service.
	ID   ID     `json:"id,omitempty"`
	Name string `json:"name"`
	// TagBased tells the charts of accounts that know both dialects apart: false for
	// charts of sources. Nil leaves it to the service.
	TagBased *bool `json:"tags,omitempty"`
	// Charts hold their IDs only; see Client.Charts. They are not sent.
	Charts []ChartRef `json:"charts,omitempty"`

	// More holds the members that this package does not know.
	More map[string]json.RawMessage `json:"-"`
}

// ChartRef names a chart of a space.
type ChartRef struct {
	ID ID `json:"id"`
}

const spacesRoute = "spaces"

// Spaces lists spaces, without their charts. Pages are fetched as the caller goes on.
func (c *Client) Spaces(ctx context.Context, o ListOptions) iter.Seq2[Space, error] {
	return list[Space](ctx, c, spacesRoute, o.query())
}

// Space returns one space with the IDs of its charts.
func (c *Client) Space(ctx context.Context, id ID) (*Space, error) {
	return get[Space](ctx, c, spacesRoute, string(id))
}

// FindSpace returns the space of exactly that name, in any case; ErrNotFound if there is none.
func (c *Client) FindSpace(ctx context.Context, name string) (*Space, error) {
	found, err := findNamed(c.Spaces(ctx, ListOptions{Name: name}), "space", name, func(s *Space) string { return s.Name })
	if err != nil {
		return nil, err
	}
	return c.Space(ctx, found.ID)
}

// CreateSpace creates a space and returns it as the service stored it.
func (c *Client) CreateSpace(ctx context.Context, s Space) (*Space, error) {
	return write[Space](ctx, c, http.MethodPost, Space{Name: s.Name, TagBased: s.TagBased, More: s.More}, spacesRoute)
}

// RenameSpace gives a space another name, the only thing about it that can change.
func (c *Client) RenameSpace(ctx context.Context, id ID, name string) error {
	_, err := write[Space](ctx, c, http.MethodPut, Space{Name: name}, spacesRoute, string(id))
	return err
}

// DeleteSpace deletes a space with its charts.
func (c *Client) DeleteSpace(ctx context.Context, id ID) error {
	return c.remove(ctx, spacesRoute, string(id))
}

// MarshalJSON writes the space as the API takes it.
func (s Space) MarshalJSON() ([]byte, error) {
	type known Space
	return openjson.Marshal(known(s), s.More)
}

// UnmarshalJSON reads a space.
func (s *Space) UnmarshalJSON(text []byte) (err error) {
	type known Space
	var k known
	k.More, err = openjson.Unmarshal(text, &k)
	*s = Space(k)
	return err
}
