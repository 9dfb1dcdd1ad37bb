package apply

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
)

// Action is what becomes of an object.
type Action string

// The actions.
const (
	Create    Action = "create"
	Update    Action = "update"
	Unchanged Action = "unchanged"
)

// Step is what one object of a file needs.
type Step struct {
	// What is such as `alert "cpu.high"`.
	What   string
	Action Action
	// Changes are the lines of the difference.
	Changes []string

	do func(ctx context.Context) error
}

// Do makes the change.
func (s *Step) Do(ctx context.Context) error {
	if s.Action == Unchanged {
		return nil
	}
	if err := s.do(ctx); err != nil {
		return fmt.Errorf("%s: %w", s.What, err)
	}
	return nil
}

// Plan compares a file with an account. It changes nothing.
func Plan(ctx context.Context, client *librato.Client, f *File) ([]*Step, error) {
	p := &planner{client: client}
	for i := range f.Alerts {
		if err := p.alert(ctx, &f.Alerts[i]); err != nil {
			return nil, fmt.Errorf("alert %q: %w", f.Alerts[i].Name, err)
		}
	}
	for i := range f.Spaces {
		if err := p.space(ctx, &f.Spaces[i]); err != nil {
			return nil, fmt.Errorf("space %q: %w", f.Spaces[i].Name, err)
		}
	}
	return p.steps, nil
}

type planner struct {
	client   *librato.Client
	services *Services // nil until they are needed
	steps    []*Step
}

func (p *planner) add(what string, action Action, changes []string, do func(ctx context.Context) error) {
	if action == Update && len(changes) == 0 {
		action = Unchanged
	}
	p.steps = append(p.steps, &Step{what, action, changes, do})
}

func (p *planner) alert(ctx context.Context, a *Alert) error {
	desired, err := p.withServices(ctx, a.Members)
	if err != nil {
		return err
	}
	what := fmt.Sprintf("alert %q", a.Name)
	held, err := p.client.FindAlert(ctx, a.Name)
	if errors.Is(err, librato.ErrNotFound) {
		desired = merge(nil, desired)
		var alert librato.Alert
		if err := fromObject(desired, &alert); err != nil {
			return err
		}
		p.add(what, Create, diff(nil, desired), func(ctx context.Context) error {
			_, err := p.client.CreateAlert(ctx, alert)
			return err
		})
		return nil
	}
	if err != nil {
		return err
	}
	merged, changes, err := MergeAlert(held, desired)
	if err != nil {
		return err
	}
	p.add(what, Update, changes, func(ctx context.Context) error { return p.client.UpdateAlert(ctx, *merged) })
	return nil
}

// MergeAlert puts what desired says on top of an alert, and tells what that changes.
func MergeAlert(held *librato.Alert, desired map[string]any) (*librato.Alert, []string, error) {
	current, err := toObject(held)
	if err != nil {
		return nil, nil, err
	}
	ids := []any{}
	for _, s := range held.Services {
		ids = append(ids, idValue(s.ID))
	}
	current["services"] = ids
	var merged librato.Alert
	changes, err := mergeInto(current, desired, &merged)
	merged.ID = held.ID
	merged.More = withNulls(merged.More, desired)
	return &merged, changes, err
}

// MergeChart puts what desired says on top of a chart, and tells what that changes.
func MergeChart(held *librato.Chart, desired map[string]any) (*librato.Chart, []string, error) {
	current, err := toObject(held)
	if err != nil {
		return nil, nil, err
	}
	var merged librato.Chart
	changes, err := mergeInto(current, desired, &merged)
	merged.ID = held.ID
	merged.More = withNulls(merged.More, desired)
	return &merged, changes, err
}

func mergeInto(current, desired object, into any) ([]string, error) {
	merged := merge(current, desired)
	return diff(current, merged), fromObject(merged, into)
}

// withNulls adds the members that a file takes away: the service keeps what an update leaves out.
func withNulls(more map[string]json.RawMessage, desired object) map[string]json.RawMessage {
	out := maps.Clone(more)
	for name, value := range desired {
		if value != nil {
			continue
		}
		if out == nil {
			out = map[string]json.RawMessage{}
		}
		out[name] = json.RawMessage("null")
	}
	return out
}

func (p *planner) space(ctx context.Context, s *Space) error {
	what := fmt.Sprintf("space %q", s.Name)
	held, err := p.client.FindSpace(ctx, s.Name)
	id := new(librato.ID) // set when the space is there
	charts := map[string]*librato.Chart{}
	switch {
	case errors.Is(err, librato.ErrNotFound):
		p.add(what, Create, nil, func(ctx context.Context) error {
			created, err := p.client.CreateSpace(ctx, librato.Space{Name: s.Name, TagBased: s.TagBased})
			if err == nil {
				*id = created.ID
			}
			return err
		})
	case err != nil:
		return err
	default:
		*id = held.ID
		p.add(what, Unchanged, nil, nil)
		for chart, err := range p.client.Charts(ctx, held.ID) {
			if err != nil {
				return err
			}
			charts[fold(chart.Name)] = &chart
		}
	}
	for i := range s.Charts {
		if err := p.chart(s.Name, id, charts[fold(s.Charts[i].Name)], &s.Charts[i]); err != nil {
			return fmt.Errorf("chart %q: %w", s.Charts[i].Name, err)
		}
	}
	return nil
}

func (p *planner) chart(space string, id *librato.ID, held *librato.Chart, c *Chart) error {
	what := fmt.Sprintf("chart %q of space %q", c.Name, space)
	if held == nil {
		desired := merge(nil, c.Members)
		var chart librato.Chart
		if err := fromObject(desired, &chart); err != nil {
			return err
		}
		p.add(what, Create, diff(nil, desired), func(ctx context.Context) error {
			_, err := p.client.CreateChart(ctx, *id, chart)
			return err
		})
		return nil
	}
	merged, changes, err := MergeChart(held, c.Members)
	if err != nil {
		return err
	}
	p.add(what, Update, changes, func(ctx context.Context) error {
		_, err := p.client.UpdateChart(ctx, *id, *merged)
		return err
	})
	return nil
}
