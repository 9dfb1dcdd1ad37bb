package librato

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

// get reads one resource. The first segment names the resource, the others what of it.
func get[T any](ctx context.Context, c *Client, segments ...string) (*T, error) {
	path, err := route(segments...)
	if err != nil {
		return nil, err
	}
	var found T
	if err := c.manage(ctx, http.MethodGet, path, nil, nil, &found); err != nil {
		return nil, err
	}
	return &found, nil
}

// write sends in, when not nil, and returns the answer, which is the zero value
// when it has no body.
func write[T any](ctx context.Context, c *Client, method string, in any, segments ...string) (*T, error) {
	path, err := route(segments...)
	if err != nil {
		return nil, err
	}
	var stored T
	if err := c.manage(ctx, method, path, nil, in, &stored); err != nil {
		return nil, err
	}
	return &stored, nil
}

// remove deletes one resource.
func (c *Client) remove(ctx context.Context, segments ...string) error {
	path, err := route(segments...)
	if err != nil {
		return err
	}
	return c.manage(ctx, http.MethodDelete, path, nil, nil, nil)
}

// lastSegment is the ID at the end of a Location.
func lastSegment(location string) string {
	return location[strings.LastIndexByte(location, '/')+1:]
}

// manage is exchange for calls that somebody waits for: see Options.Patience.
func (c *Client) manage(ctx context.Context, method, path string, query url.Values, in, out any) error {
	return httpsend.Patiently(ctx, c.patience, func() error {
		return c.exchange(ctx, method, path, query, in, out)
	})
}
