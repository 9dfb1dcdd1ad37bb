package apply

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
)

// Services are the notification targets of an account. A file names them by title,
// which means the same in every account, or by id.
type Services struct {
	byTitle map[string][]librato.ID
	titles  map[librato.ID]string
}

// LoadServices reads them.
func LoadServices(ctx context.Context, client *librato.Client) (*Services, error) {
	s := &Services{byTitle: map[string][]librato.ID{}, titles: map[librato.ID]string{}}
	for service, err := range client.Services(ctx, librato.ListOptions{}) {
		if err != nil {
			return nil, err
		}
		title := fold(service.Title)
		s.byTitle[title] = append(s.byTitle[title], service.ID)
		s.titles[service.ID] = service.Title
	}
	return s, nil
}

// ID returns the id of a service by its title or id.
func (s *Services) ID(name string) (librato.ID, error) {
	switch ids := s.byTitle[fold(name)]; {
	case len(ids) == 1:
		return ids[0], nil
	case len(ids) > 1:
		return "", fmt.Errorf("there are %d services with the title %q; write the id of one", len(ids), name)
	case s.titles[librato.ID(name)] != "":
		return librato.ID(name), nil
	}
	return "", fmt.Errorf("service %q: %w; see vendorctl librato service list", name, librato.ErrNotFound)
}

// Name is how a file names a service: by its title, unless that means several.
func (s *Services) Name(id librato.ID) any {
	if title := s.titles[id]; title != "" && len(s.byTitle[fold(title)]) == 1 {
		return title
	}
	return idValue(id)
}

// idValue is an id as the API writes it: a number where it is one.
func idValue(id librato.ID) any {
	if _, err := strconv.ParseInt(string(id), 10, 64); err == nil {
		return json.Number(id)
	}
	return string(id)
}

func fold(name string) string { return strings.ToLower(name) }

// WithServices returns the members of an alert with services by id.
func WithServices(ctx context.Context, client *librato.Client, members map[string]any) (map[string]any, error) {
	return (&planner{client: client}).withServices(ctx, members)
}

// withServices returns the members of an alert with services by id.
func (p *planner) withServices(ctx context.Context, members object) (object, error) {
	list, ok := members["services"].([]any)
	if !ok || len(list) == 0 {
		return members, nil
	}
	if p.services == nil {
		services, err := LoadServices(ctx, p.client)
		if err != nil {
			return nil, err
		}
		p.services = services
	}
	out := merge(nil, members)
	ids := make([]any, len(list))
	for i, item := range list {
		if held, ok := item.(object); ok { // as the API shows it
			item = held["id"]
		}
		id, err := p.services.ID(fmt.Sprint(item))
		if err != nil {
			return nil, fmt.Errorf("services[%d]: %w", i, err)
		}
		ids[i] = idValue(id)
	}
	out["services"] = ids
	return out, nil
}
