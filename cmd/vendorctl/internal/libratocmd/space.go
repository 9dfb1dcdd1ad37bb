package libratocmd

import (
	"context"
	"errors"
	"iter"

	"github.com/spf13/cobra"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/apply"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/command"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/exit"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/session"
)

var (
	serviceColumns = []string{"id", "type", "title", "settings"}
	spaceColumns   = []string{"id", "name", "tags"}
	chartColumns   = []string{"id", "name", "type"}
)

func newService(s *session.Session) *cobra.Command {
	get := getter(s, "get ID", "Show a service", serviceColumns, func(ctx context.Context, c *librato.Client, args []string) (*librato.Service, error) {
		return c.Service(ctx, librato.ID(args[0]))
	})
	remove := doer(s, "delete ID", "Delete a service, and take it off all alerts", "deleted", func(ctx context.Context, c *librato.Client, args []string) error {
		return c.DeleteService(ctx, librato.ID(args[0]))
	})
	var path string
	create := command.Leaf("create", "Create a service from a file", func(cmd *cobra.Command, _ []string) error {
		var service librato.Service
		if err := command.Object(cmd, path, &service); err != nil {
			return err
		}
		client, err := s.Librato()
		if err != nil {
			return err
		}
		created, err := client.CreateService(cmd.Context(), service)
		if err != nil {
			return err
		}
		return s.Show(cmd, serviceColumns, created)
	})
	update := command.Leaf("update ID", "Overwrite a service from a file", func(cmd *cobra.Command, args []string) error {
		var service librato.Service
		if err := command.Object(cmd, path, &service); err != nil {
			return err
		}
		client, err := s.Librato()
		if err != nil {
			return err
		}
		service.ID = librato.ID(args[0])
		if err := client.UpdateService(cmd.Context(), service); err != nil {
			return err
		}
		command.Confirm(cmd, "updated")
		return nil
	})
	for _, cmd := range []*cobra.Command{create, update} {
		command.File(cmd.Flags(), &path, "the service as JSON or YAML, as get -o json writes it")
	}
	return command.Group("service", "Services: targets of notifications",
		named(s, "services", serviceColumns, (*librato.Client).Services), get, create, update, remove)
}

func newSpace(s *session.Session) *cobra.Command {
	get := getter(s, "get SPACE", "Show a space, by name or id", spaceColumns, func(ctx context.Context, c *librato.Client, args []string) (*librato.Space, error) {
		return findSpace(ctx, c, args[0])
	})
	var sources bool
	create := getter(s, "create NAME", "Create a space", spaceColumns, func(ctx context.Context, c *librato.Client, args []string) (*librato.Space, error) {
		space := librato.Space{Name: args[0]}
		if sources {
			tagBased := false
			space.TagBased = &tagBased
		}
		return c.CreateSpace(ctx, space)
	})
	create.Flags().BoolVar(&sources, "sources", false, "for charts of sources, in an account that knows tags too")
	rename := doer(s, "rename SPACE NAME", "Give a space another name", "renamed", func(ctx context.Context, c *librato.Client, args []string) error {
		space, err := findSpace(ctx, c, args[0])
		if err != nil {
			return err
		}
		return c.RenameSpace(ctx, space.ID, args[1])
	})
	remove := doer(s, "delete SPACE", "Delete a space with its charts", "deleted", func(ctx context.Context, c *librato.Client, args []string) error {
		space, err := findSpace(ctx, c, args[0])
		if err != nil {
			return err
		}
		return c.DeleteSpace(ctx, space.ID)
	})
	return command.Group("space", "Spaces, which hold charts",
		named(s, "spaces", spaceColumns, (*librato.Client).Spaces), get, create, rename, remove)
}

func newChart(s *session.Session) *cobra.Command {
	list := lister(s, "list SPACE", "List the charts of a space, by its name or id", chartColumns, func(ctx context.Context, c *librato.Client, args []string) iter.Seq2[librato.Chart, error] {
		space, err := findSpace(ctx, c, args[0])
		if err != nil {
			return func(yield func(librato.Chart, error) bool) { yield(librato.Chart{}, err) }
		}
		return c.Charts(ctx, space.ID)
	})
	get := getter(s, "get SPACE CHART", "Show a chart, by name or id", chartColumns, func(ctx context.Context, c *librato.Client, args []string) (*librato.Chart, error) {
		_, chart, err := findChart(ctx, c, args[0], args[1])
		return chart, err
	})
	remove := doer(s, "delete SPACE CHART", "Delete a chart", "deleted", func(ctx context.Context, c *librato.Client, args []string) error {
		space, chart, err := findChart(ctx, c, args[0], args[1])
		if err != nil {
			return err
		}
		return c.DeleteChart(ctx, space.ID, chart.ID)
	})
	return command.Group("chart", "Charts", list, get, newChartCreate(s), newChartUpdate(s), remove)
}

func newChartCreate(s *session.Session) *cobra.Command {
	var path, kind string
	var stream librato.Stream
	var tags []string
	cmd := command.Leaf("create SPACE [NAME]", "Create a chart of one stream from flags, or any chart from a file", func(cmd *cobra.Command, args []string) error {
		var chart librato.Chart
		switch {
		case path != "":
			if err := command.OnlyFile(cmd, nil); err != nil {
				return err
			}
			if err := command.Object(cmd, path, &chart); err != nil {
				return err
			}
		case stream.Metric == "" && stream.Composite == "":
			return exit.With(exit.Usage, errors.New("give the metric or composite of the chart with --metric or --composite, or a file with -f"))
		default:
			patterns, err := patterns(tags)
			if err != nil {
				return err
			}
			for name, values := range patterns {
				stream.Tags = append(stream.Tags, librato.TagPattern{Name: name, Values: values})
			}
			if chart = (librato.Chart{Type: kind, Streams: []librato.Stream{stream}}); kind == librato.ChartBigNumber {
				chart = librato.BigNumber("", stream)
			}
		}
		if len(args) > 1 {
			chart.Name = args[1]
		}
		client, err := s.Librato()
		if err != nil {
			return err
		}
		space, err := findSpace(cmd.Context(), client, args[0])
		if err != nil {
			return err
		}
		created, err := client.CreateChart(cmd.Context(), space.ID, chart)
		if err != nil {
			return err
		}
		return s.Show(cmd, chartColumns, created)
	})
	cmd.Example = "  vendorctl librato chart create Shop Orders --metric orders --tag 'service=*' --group-function sum"
	command.File(cmd.Flags(), &path, "the chart as JSON or YAML, as get -o json writes it")
	cmd.Flags().StringVar(&kind, "type", librato.ChartLine, "line, stacked or bignumber")
	cmd.Flags().StringVar(&stream.Metric, "metric", "", "metric of the stream")
	cmd.Flags().StringVar(&stream.Composite, "composite", "", "composite of the stream, in place of a metric")
	cmd.Flags().StringVar(&stream.Source, "source", "", "pattern of sources")
	cmd.Flags().StringArrayVar(&tags, "tag", nil, "NAME=PATTERN; may be repeated")
	cmd.Flags().StringVar(&stream.GroupFunction, "group-function", "", "average, sum, min, max or breakout")
	cmd.Flags().StringVar(&stream.SummaryFunction, "summary-function", "", "max, min, average, sum, count or derivative")
	return cmd
}

func newChartUpdate(s *session.Session) *cobra.Command {
	return updater(s, "update SPACE CHART", "Change what a file says about a chart", func(ctx context.Context, c *librato.Client, args []string, desired map[string]any) ([]string, func() error, error) {
		space, chart, err := findChart(ctx, c, args[0], args[1])
		if err != nil {
			return nil, nil, err
		}
		merged, changes, err := apply.MergeChart(chart, desired)
		return changes, func() error {
			_, err := c.UpdateChart(ctx, space.ID, *merged)
			return err
		}, exit.With(exit.Usage, err)
	})
}
