package signalfxcmd

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/command"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/session"
	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

var (
	metricColumns    = []string{"name", "type", "description", "customProperties", "tags"}
	dimensionColumns = []string{"key", "value", "description", "customProperties", "tags"}
	tagColumns       = []string{"name", "description", "customProperties"}
	seriesColumns    = []string{"id", "metric", "metricType", "dimensions", "customProperties", "tags"}
)

func newMetric(s *session.Session) *cobra.Command {
	get := getter(s, "get NAME", "Show a metric", metricColumns, func(ctx context.Context, r *signalfx.REST, args []string) (*signalfx.Metric, error) {
		return r.Metric(ctx, args[0])
	})
	return command.Group("metric", "Metadata of metrics",
		search(s, "Search metrics", metricColumns, (*signalfx.REST).Metrics), get, newMetricUpdate(s))
}

func newMetricUpdate(s *session.Session) *cobra.Command {
	var edit edit
	var kind string
	cmd := doer(s, "update NAME", "Create a metric, or change what is given about it", "updated", func(ctx context.Context, r *signalfx.REST, args []string) error {
		m, err := r.Metric(ctx, args[0])
		if missing(err) {
			m, err = &signalfx.Metric{Name: args[0]}, nil
		}
		if err != nil {
			return err
		}
		if kind != "" {
			m.Type = strings.ToUpper(kind)
		}
		if err := edit.apply(&m.Description, &m.CustomProperties, &m.Tags); err != nil {
			return err
		}
		return r.PutMetric(ctx, m)
	})
	cmd.Flags().StringVar(&kind, "type", "", "gauge, counter, cumulative_counter or histogram; needed for a new metric")
	_ = cmd.RegisterFlagCompletionFunc("type", cobra.FixedCompletions([]string{"gauge", "counter", "cumulative_counter", "histogram"}, cobra.ShellCompDirectiveNoFileComp))
	edit.addFlags(cmd, true)
	return cmd
}

func newDimension(s *session.Session) *cobra.Command {
	get := getter(s, "get KEY VALUE", "Show a dimension", dimensionColumns, func(ctx context.Context, r *signalfx.REST, args []string) (*signalfx.Dimension, error) {
		return r.Dimension(ctx, args[0], args[1])
	})
	return command.Group("dimension", "Metadata of dimensions",
		search(s, "Search dimensions", dimensionColumns, (*signalfx.REST).Dimensions), get, newDimensionUpdate(s), newDimensionPatch(s))
}

func newDimensionUpdate(s *session.Session) *cobra.Command {
	var edit edit
	cmd := doer(s, "update KEY VALUE", "Create a dimension, or change what is given about it", "updated", func(ctx context.Context, r *signalfx.REST, args []string) error {
		d, err := r.Dimension(ctx, args[0], args[1])
		if missing(err) {
			d, err = &signalfx.Dimension{Key: args[0], Value: args[1]}, nil
		}
		if err != nil {
			return err
		}
		if err := edit.apply(&d.Description, &d.CustomProperties, &d.Tags); err != nil {
			return err
		}
		return r.PutDimension(ctx, d)
	})
	edit.addFlags(cmd, true)
	return cmd
}

func newDimensionPatch(s *session.Session) *cobra.Command {
	var edit edit
	cmd := doer(s, "patch KEY VALUE", "Change properties and tags of a dimension in one request, as the vendor's agents do", "patched",
		func(ctx context.Context, r *signalfx.REST, args []string) error {
			properties, err := command.Pairs(edit.properties)
			if err != nil {
				return err
			}
			p := &signalfx.DimensionPatch{CustomProperties: map[string]*string{}, Tags: edit.tags, TagsToRemove: edit.removeTags}
			for name, value := range properties {
				p.CustomProperties[name] = &value
			}
			for _, name := range edit.removeProperties {
				p.CustomProperties[name] = nil
			}
			return r.PatchDimension(ctx, args[0], args[1], p)
		})
	edit.addFlags(cmd, false)
	return cmd
}

func newTag(s *session.Session) *cobra.Command {
	get := getter(s, "get NAME", "Show a tag", tagColumns, func(ctx context.Context, r *signalfx.REST, args []string) (*signalfx.Tag, error) {
		return r.Tag(ctx, args[0])
	})
	var ignore bool
	remove := command.Leaf("delete NAME", "Delete a tag and take it off everything", func(cmd *cobra.Command, args []string) error {
		r, err := s.SignalFx()
		if err != nil {
			return err
		}
		err = r.DeleteTag(cmd.Context(), args[0])
		if ignore && missing(err) {
			command.Confirm(cmd, "there is no tag %q", args[0])
			return nil
		}
		if err == nil {
			command.Confirm(cmd, "deleted")
		}
		return err
	})
	remove.Flags().BoolVar(&ignore, "ignore-missing", false, "it is no error if there is no such tag")
	return command.Group("tag", "Tags",
		search(s, "Search tags", tagColumns, (*signalfx.REST).Tags), get, newTagUpdate(s), remove)
}

func newTagUpdate(s *session.Session) *cobra.Command {
	var edit edit
	cmd := doer(s, "update NAME", "Create a tag, or change what is given about it", "updated", func(ctx context.Context, r *signalfx.REST, args []string) error {
		t, err := r.Tag(ctx, args[0])
		if missing(err) {
			t, err = &signalfx.Tag{Name: args[0]}, nil
		}
		if err != nil {
			return err
		}
		if err := edit.apply(&t.Description, &t.CustomProperties, new([]string)); err != nil {
			return err
		}
		return r.PutTag(ctx, t)
	})
	cmd.Flags().StringVar(&edit.description, "description", "", "what it is")
	edit.addPropertyFlags(cmd)
	return cmd
}

func newSeries(s *session.Session) *cobra.Command {
	get := getter(s, "get ID", "Show a metric time series", seriesColumns, func(ctx context.Context, r *signalfx.REST, args []string) (*signalfx.TimeSeries, error) {
		return r.TimeSeries(ctx, args[0])
	})
	return command.Group("mts", "Metric time series",
		search(s, "Search metric time series", seriesColumns, (*signalfx.REST).SearchTimeSeries), get)
}

// missing reports whether the service has no such object.
func missing(err error) bool {
	failed, ok := errors.AsType[*httpsend.Error](err)
	return ok && failed.Status == http.StatusNotFound
}

// edit is what flags change about an object; the rest of it stays as it is.
type edit struct {
	description      string
	properties       []string
	removeProperties []string
	tags, removeTags []string
}

func (e *edit) addFlags(cmd *cobra.Command, description bool) {
	if description {
		cmd.Flags().StringVar(&e.description, "description", "", "what it is")
	}
	cmd.Flags().StringArrayVar(&e.tags, "tag", nil, "a tag to add; may be repeated")
	cmd.Flags().StringArrayVar(&e.removeTags, "remove-tag", nil, "a tag to take off; may be repeated")
	e.addPropertyFlags(cmd)
}

func (e *edit) addPropertyFlags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&e.properties, "property", nil, "KEY=VALUE, a custom property to set; may be repeated")
	cmd.Flags().StringArrayVar(&e.removeProperties, "remove-property", nil, "a custom property to remove; may be repeated")
}

func (e *edit) apply(description *string, properties *map[string]string, tags *[]string) error {
	if e.description != "" {
		*description = e.description
	}
	set, err := command.Pairs(e.properties)
	if err != nil {
		return err
	}
	if *properties == nil {
		*properties = map[string]string{}
	}
	maps.Copy(*properties, set)
	for _, name := range e.removeProperties {
		delete(*properties, name)
	}
	for _, tag := range e.tags {
		if !slices.Contains(*tags, tag) {
			*tags = append(*tags, tag)
		}
	}
	*tags = slices.DeleteFunc(*tags, func(tag string) bool { return slices.Contains(e.removeTags, tag) })
	return nil
}
