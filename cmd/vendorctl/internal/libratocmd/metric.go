package libratocmd

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/spf13/cobra"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/command"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/exit"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/session"
)

var metricColumns = []string{"name", "type", "period", "display_name", "description"}

func newMetric(s *session.Session) *cobra.Command {
	get := getter(s, "get NAME", "Show a metric", metricColumns, func(ctx context.Context, c *librato.Client, args []string) (*librato.Metric, error) {
		return c.Metric(ctx, args[0])
	})
	return command.Group("metric", "Metrics",
		named(s, "metrics", metricColumns, (*librato.Client).Metrics), get, newMetricCreate(s), newMetricUpdate(s), newMetricDelete(s))
}

// metricFlags are what is set about a metric.
type metricFlags struct {
	change     librato.Metric
	attributes []string
}

func (f *metricFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.change.DisplayName, "display-name", "", "what it is shown as")
	cmd.Flags().StringVar(&f.change.Description, "description", "", "what it is")
	cmd.Flags().Int64Var(&f.change.Period, "period", 0, "how often it is reported, in seconds")
	cmd.Flags().StringArrayVar(&f.attributes, "attribute", nil, "NAME=VALUE, such as display_units_long=ms or summarize_function=sum; may be repeated")
}

func (f *metricFlags) metric() (librato.Metric, error) {
	pairs, err := command.Pairs(f.attributes)
	if err != nil || len(pairs) == 0 {
		return f.change, err
	}
	members := map[string]any{}
	for name, value := range pairs {
		members[name] = value
		if json.Valid([]byte(value)) { // a number, true or false
			members[name] = json.RawMessage(value)
		}
	}
	text, err := json.Marshal(members)
	if err == nil {
		err = json.Unmarshal(text, &f.change.Attributes)
	}
	return f.change, exit.With(exit.Usage, err)
}

func newMetricCreate(s *session.Session) *cobra.Command {
	var flags metricFlags
	var kind string
	cmd := doer(s, "create NAME", "Create a metric", "created", func(ctx context.Context, c *librato.Client, args []string) error {
		change, err := flags.metric()
		if err != nil {
			return err
		}
		change.Name, change.Type = args[0], kind
		return c.PutMetric(ctx, args[0], change)
	})
	cmd.Flags().StringVar(&kind, "type", "gauge", "gauge or, for Librato, counter")
	flags.add(cmd)
	return cmd
}

// namesOf are the metrics of arguments, or of a pattern.
func namesOf(args []string, pattern string) (librato.Names, error) {
	if (len(args) == 0) == (pattern == "") {
		return librato.Names{}, exit.With(exit.Usage, errors.New("give either the names of metrics or --pattern"))
	}
	return librato.Names{List: args, Pattern: pattern}, nil
}

func newMetricUpdate(s *session.Session) *cobra.Command {
	var flags metricFlags
	var pattern string
	cmd := many(s, "update [NAME]...", "Change what is given about metrics", "updated", func(ctx context.Context, c *librato.Client, args []string) (librato.ID, error) {
		change, err := flags.metric()
		if err != nil {
			return "", err
		}
		if len(args) == 1 && pattern == "" {
			return "", c.PutMetric(ctx, args[0], change)
		}
		names, err := namesOf(args, pattern)
		if err != nil {
			return "", err
		}
		return c.UpdateMetrics(ctx, names, change)
	})
	cmd.Flags().StringVar(&pattern, "pattern", "", "all metrics whose names match, with *")
	flags.add(cmd)
	return cmd
}

func newMetricDelete(s *session.Session) *cobra.Command {
	var pattern string
	cmd := many(s, "delete [NAME]...", "Delete metrics with their data", "deleted", func(ctx context.Context, c *librato.Client, args []string) (librato.ID, error) {
		if len(args) == 1 && pattern == "" {
			return "", c.DeleteMetric(ctx, args[0])
		}
		names, err := namesOf(args, pattern)
		if err != nil {
			return "", err
		}
		return c.DeleteMetrics(ctx, names)
	})
	cmd.Flags().StringVar(&pattern, "pattern", "", "all metrics whose names match, with *")
	return cmd
}

// many is a doer that may begin a job.
func many(s *session.Session, use, short, done string, do func(ctx context.Context, c *librato.Client, args []string) (librato.ID, error)) *cobra.Command {
	return command.Leaf(use, short, func(cmd *cobra.Command, args []string) error {
		client, err := s.Librato()
		if err != nil {
			return err
		}
		job, err := do(cmd.Context(), client, args)
		switch {
		case err != nil:
			return err
		case job != "":
			command.Confirm(cmd, "job %s was begun: see vendorctl librato job %s", job, job)
		default:
			command.Confirm(cmd, "%s", done)
		}
		return nil
	})
}

func newJob(s *session.Session) *cobra.Command {
	return getter(s, "job ID", "Show how far a job is", []string{"id", "state", "progress"}, func(ctx context.Context, c *librato.Client, args []string) (*librato.Job, error) {
		return c.Job(ctx, librato.ID(args[0]))
	})
}
