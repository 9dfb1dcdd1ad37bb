package signalfx

import (
	"context"
	"net/http"
	"slices"
)

// Dimension is the metadata of one dimension: of a key with one value.
type Dimension struct {
	Key              string            `json:"key"`
	Value            string            `json:"value"`
	Description      string            `json:"description"`
	CustomProperties map[string]string `json:"customProperties"`
	Tags             []string          `json:"tags"`

	// What follows is set by the service and not sent. Times are in Unix milliseconds.
	Creator       string `json:"creator"`
	Created       int64  `json:"created"`
	LastUpdatedBy string `json:"lastUpdatedBy"`
	LastUpdated   int64  `json:"lastUpdated"`
}

// DimensionPatch changes a dimension and leaves alone what it does not name. A nil
// property is removed.
type DimensionPatch struct {
	CustomProperties map[string]*string `json:"customProperties,omitempty"`
	Tags             []string           `json:"tags,omitempty"`
	TagsToRemove     []string           `json:"tagsToRemove,omitempty"`
}

// GetDimension reads a dimension. A dimension that does not exist is an error with
// status 404.
func (a *API) GetDimension(ctx context.Context, token, key, value string) (*Dimension, error) {
	target, err := a.dimension(http.MethodGet, key, value)
	if err != nil {
		return nil, err
	}
	var d Dimension
	if err := a.call(ctx, &a.sender, http.MethodGet, target, token, nil, &d); err != nil {
		return nil, err
	}
	return &d, nil
}

// PutDimension overwrites a dimension: properties, tags and a description that d
// does not hold are removed.
func (a *API) PutDimension(ctx context.Context, token string, d *Dimension) error {
	target, err := a.dimension(http.MethodPut, d.Key, d.Value)
	if err != nil {
		return err
	}
	body := map[string]any{"key": d.Key, "value": d.Value, "customProperties": orEmpty(d.CustomProperties), "tags": sorted(d.Tags)}
	if d.Description != "" {
		body["description"] = d.Description
	}
	return a.call(ctx, &a.sender, http.MethodPut, target, token, body, nil)
}

// PatchDimension merges a change into a dimension. The path is the one that the
// vendor's agents use.
func (a *API) PatchDimension(ctx context.Context, token, key, value string, p *DimensionPatch) error {
	target, err := a.dimension(http.MethodPatch, key, value)
	if err != nil {
		return err
	}
	body := DimensionPatch{CustomProperties: p.CustomProperties, Tags: sorted(p.Tags), TagsToRemove: sorted(p.TagsToRemove)}
	return a.call(ctx, &a.patch, http.MethodPatch, target+"/_/sfxagent", token, &body, nil)
}

// dimension is the URL of a dimension. Without a key or a value it would be that of another object.
func (a *API) dimension(method, key, value string) (string, error) {
	if key == "" || value == "" {
		return "", refuse(method, "a dimension needs a key and a value", nil)
	}
	return a.url("v2", "dimension", key, value), nil
}

// sorted returns a sorted copy, so that equal tags give equal bodies.
func sorted(tags []string) []string {
	s := append([]string{}, tags...)
	slices.Sort(s)
	return s
}

func orEmpty(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}
