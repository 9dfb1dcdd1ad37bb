package signalflowreceiver

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"

	"github.com/otelcol-custom/otelcol-custom/receiver/signalflowreceiver/internal/progress"
)

// Keys of the storage.
const (
	keyPrefix = "v1/program/"
	keyNames  = "v1/programs" // the names that have a checkpoint
)

// checkpoints keeps states of programs; nil keeps nothing.
type checkpoints struct{ client storage.Client }

func openCheckpoints(ctx context.Context, id *component.ID, host component.Host, receiver component.ID) (*checkpoints, error) {
	if id == nil {
		return nil, nil
	}
	extension, ok := host.GetExtensions()[*id]
	if !ok {
		return nil, fmt.Errorf("`storage`: there is no extension %q: add it to `service::extensions`", id)
	}
	store, ok := extension.(storage.Extension)
	if !ok {
		return nil, fmt.Errorf("`storage`: the extension %q stores nothing", id)
	}
	client, err := store.GetClient(ctx, component.KindReceiver, receiver, "")
	if err != nil {
		return nil, fmt.Errorf("`storage`: %w", err)
	}
	return &checkpoints{client: client}, nil
}

// load returns nil if there is no state.
func (c *checkpoints) load(ctx context.Context, name string) (*progress.State, error) {
	if c == nil {
		return nil, nil
	}
	stored, err := c.client.Get(ctx, keyPrefix+name)
	if err != nil {
		return nil, fmt.Errorf("reading the checkpoint of program %q: %w", name, err)
	}
	if stored == nil {
		return nil, nil
	}
	state, err := progress.Decode(stored)
	if err != nil {
		return nil, &damagedError{err}
	}
	return state, nil
}

// damagedError is a checkpoint that cannot be used.
type damagedError struct{ error }

func (c *checkpoints) save(ctx context.Context, name string, state *progress.State) error {
	if c == nil {
		return nil
	}
	encoded, err := state.Encode()
	if err != nil {
		return err
	}
	return c.client.Set(ctx, keyPrefix+name, encoded)
}

// forgetOthers removes the states of programs that are not among the names.
func (c *checkpoints) forgetOthers(ctx context.Context, names []string) error {
	if c == nil {
		return nil
	}
	stored, err := c.client.Get(ctx, keyNames)
	if err != nil {
		return err
	}
	var known []string
	_ = json.Unmarshal(stored, &known) // nothing stored, or nothing that can be read
	for _, name := range known {
		if !slices.Contains(names, name) {
			if err := c.client.Delete(ctx, keyPrefix+name); err != nil {
				return err
			}
		}
	}
	encoded, err := json.Marshal(names)
	if err != nil {
		return err
	}
	return c.client.Set(ctx, keyNames, encoded)
}

func (c *checkpoints) close(ctx context.Context) error {
	if c == nil {
		return nil
	}
	return c.client.Close(ctx)
}
