package libratocmd

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/apply"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/command"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/exit"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/session"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/when"
)

var alertColumns = []string{"id", "name", "active", "description", "rearm_seconds"}

func newAlert(s *session.Session) *cobra.Command {
	get := getter(s, "get ALERT", "Show an alert, by name or id", alertColumns, func(ctx context.Context, c *librato.Client, args []string) (*librato.Alert, error) {
		return findAlert(ctx, c, args[0])
	})
	remove := onAlert(s, "delete ALERT", "Delete an alert", "deleted", func(ctx context.Context, c *librato.Client, a *librato.Alert, _ []string) error {
		return c.DeleteAlert(ctx, a.ID)
	})
	clear := onAlert(s, "clear ALERT", "Resolve an alert that has fired", "cleared", func(ctx context.Context, c *librato.Client, a *librato.Alert, _ []string) error {
		return c.ClearAlert(ctx, a.ID)
	})
	add := onAlert(s, "add-service ALERT SERVICE", "Make an alert tell one more service, by title or id", "added", func(ctx context.Context, c *librato.Client, a *librato.Alert, args []string) error {
		return withService(ctx, c, args[1], func(id librato.ID) error { return c.AddAlertService(ctx, a.ID, id) })
	})
	drop := onAlert(s, "remove-service ALERT SERVICE", "Make an alert leave a service alone", "removed", func(ctx context.Context, c *librato.Client, a *librato.Alert, args []string) error {
		return withService(ctx, c, args[1], func(id librato.ID) error { return c.RemoveAlertService(ctx, a.ID, id) })
	})
	return command.Group("alert", "Alerts",
		named(s, "alerts", alertColumns, (*librato.Client).Alerts), get, newAlertCreate(s), newAlertUpdate(s), remove, newAlertStatus(s), clear, add, drop)
}

// onAlert is a doer with an alert, by name or id.
func onAlert(s *session.Session, use, short, done string, do func(context.Context, *librato.Client, *librato.Alert, []string) error) *cobra.Command {
	return doer(s, use, short, done, func(ctx context.Context, c *librato.Client, args []string) error {
		alert, err := findAlert(ctx, c, args[0])
		if err != nil {
			return err
		}
		return do(ctx, c, alert, args)
	})
}

func withService(ctx context.Context, c *librato.Client, name string, do func(librato.ID) error) error {
	services, err := apply.LoadServices(ctx, c)
	if err != nil {
		return err
	}
	id, err := services.ID(name)
	if err != nil {
		return err
	}
	return do(id)
}

// conditionFlags make conditions of what the Python clients' add_condition_for does.
type conditionFlags struct {
	above, below, absent []string
	source, function     string
	tags                 []string
	lasting              string
	services             []string
}

func (f *conditionFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.above, "above", nil, "METRIC=THRESHOLD; may be repeated")
	cmd.Flags().StringArrayVar(&f.below, "below", nil, "METRIC=THRESHOLD; may be repeated")
	cmd.Flags().StringArrayVar(&f.absent, "absent", nil, "METRIC=SECONDS without a report; may be repeated")
	cmd.Flags().StringVar(&f.source, "source", "", "pattern of sources that the conditions are about")
	cmd.Flags().StringArrayVar(&f.tags, "tag", nil, "NAME=PATTERN that the conditions are about; may be repeated")
	cmd.Flags().StringVar(&f.function, "summary-function", "", "average, sum, count, min, max or derivative (default: average)")
	cmd.Flags().StringVar(&f.lasting, "for", "", "how long it has to last, such as 5m (default: at once)")
	cmd.Flags().StringArrayVar(&f.services, "service", nil, "title or id of a service to tell; may be repeated")
}

func (f *conditionFlags) conditions() (all []librato.Condition, err error) {
	var lasting int64
	if f.lasting != "" {
		d, err := when.Distance(f.lasting)
		if err != nil {
			return nil, exit.With(exit.Usage, fmt.Errorf("--for: %w", err))
		}
		lasting = int64(d.Seconds())
	}
	tags, err := patterns(f.tags)
	if err != nil {
		return nil, err
	}
	begin := func(texts []string, make func(metric string, n float64) librato.Condition) {
		for _, text := range texts {
			metric, number, _ := strings.Cut(text, "=")
			n, bad := strconv.ParseFloat(number, 64)
			if bad != nil || metric == "" {
				err = exit.With(exit.Usage, fmt.Errorf("%q is not of the form METRIC=NUMBER", text))
				return
			}
			c := make(metric, n)
			c.Source = f.source
			for name, values := range tags {
				c.Tags = append(c.Tags, librato.TagPattern{Name: name, Values: values})
			}
			all = append(all, c)
		}
	}
	compared := func(of func(string, float64) librato.Condition) func(string, float64) librato.Condition {
		return func(metric string, n float64) librato.Condition {
			c := of(metric, n)
			c.Duration = lasting
			if f.function != "" {
				c.SummaryFunction = f.function
			}
			return c
		}
	}
	begin(f.above, compared(librato.Above))
	begin(f.below, compared(librato.Below))
	begin(f.absent, func(metric string, n float64) librato.Condition { return librato.Absent(metric, int64(n)) })
	return all, err
}

func newAlertCreate(s *session.Session) *cobra.Command {
	var flags conditionFlags
	var path, description, runbook string
	var rearm string
	cmd := command.Leaf("create [NAME]", "Create an alert, from flags or a file", func(cmd *cobra.Command, args []string) error {
		alert := librato.Alert{Version: 2}
		if path != "" {
			if err := command.Object(cmd, path, &alert); err != nil {
				return err
			}
		}
		if len(args) > 0 {
			alert.Name = args[0]
		}
		if alert.Name == "" {
			return exit.With(exit.Usage, errors.New("give the NAME of the alert"))
		}
		conditions, err := flags.conditions()
		if err != nil {
			return err
		}
		alert.Conditions = append(alert.Conditions, conditions...)
		if description != "" {
			alert.Description = description
		}
		if runbook != "" {
			if alert.Attributes == nil {
				alert.Attributes = map[string]any{}
			}
			alert.Attributes["runbook_url"] = runbook
		}
		if rearm != "" {
			d, err := when.Distance(rearm)
			if err != nil {
				return exit.With(exit.Usage, fmt.Errorf("--rearm: %w", err))
			}
			alert.RearmSeconds = int64(d.Seconds())
		}
		client, err := s.Librato()
		if err != nil {
			return err
		}
		if alert.TagBased == nil {
			tagBased := client.API() == librato.AppOptics
			alert.TagBased = &tagBased
		}
		for _, name := range flags.services {
			if err := withService(cmd.Context(), client, name, func(id librato.ID) error {
				alert.Services = append(alert.Services, librato.Service{ID: id})
				return nil
			}); err != nil {
				return err
			}
		}
		created, err := client.CreateAlert(cmd.Context(), alert)
		if err != nil {
			return err
		}
		return s.Show(cmd, alertColumns, created)
	})
	cmd.Example = "  vendorctl librato alert create cpu.high --above cpu.percent=90 --for 5m --tag 'host=web-*' --service ops"
	command.File(cmd.Flags(), &path, "the alert as JSON or YAML, as get -o json writes it")
	cmd.Flags().StringVar(&description, "description", "", "what it is about")
	cmd.Flags().StringVar(&runbook, "runbook", "", "URL that is shown with the alert")
	cmd.Flags().StringVar(&rearm, "rearm", "", "how long it is silent after it fired, in whole minutes (default: 10m)")
	flags.add(cmd)
	return cmd
}

func newAlertUpdate(s *session.Session) *cobra.Command {
	return updater(s, "update ALERT", "Change what a file says about an alert", func(ctx context.Context, c *librato.Client, args []string, desired map[string]any) ([]string, func() error, error) {
		alert, err := findAlert(ctx, c, args[0])
		if err != nil {
			return nil, nil, err
		}
		if desired, err = apply.WithServices(ctx, c, desired); err != nil {
			return nil, nil, err
		}
		merged, changes, err := apply.MergeAlert(alert, desired)
		return changes, func() error { return c.UpdateAlert(ctx, *merged) }, exit.With(exit.Usage, err)
	})
}

// updater is a command that puts what a file says on top of an object, and shows what that changes.
func updater(s *session.Session, use, short string, plan func(ctx context.Context, c *librato.Client, args []string, desired map[string]any) (changes []string, do func() error, err error)) *cobra.Command {
	var path string
	cmd := command.Leaf(use, short, func(cmd *cobra.Command, args []string) error {
		var desired map[string]any
		if err := command.Members(cmd, path, &desired); err != nil {
			return err
		}
		client, err := s.Librato()
		if err != nil {
			return err
		}
		changes, do, err := plan(cmd.Context(), client, args, desired)
		if err != nil {
			return err
		}
		if len(changes) == 0 {
			command.Confirm(cmd, "unchanged")
			return nil
		}
		if err := do(); err != nil {
			return err
		}
		for _, line := range changes {
			fmt.Fprintln(cmd.OutOrStdout(), line)
		}
		return nil
	})
	command.File(cmd.Flags(), &path, "the members that change as JSON or YAML; the others stay as they are, and null takes one away")
	return cmd
}

func newAlertStatus(s *session.Session) *cobra.Command {
	return command.Leaf("status [ALERT]", "Show whether an alert has fired, or all that have", func(cmd *cobra.Command, args []string) error {
		client, err := s.Librato()
		if err != nil {
			return err
		}
		if len(args) == 0 {
			all, err := client.AlertStatuses(cmd.Context())
			if err != nil {
				return err
			}
			return s.Show(cmd, []string{"firing", "cleared"}, all)
		}
		alert, err := findAlert(cmd.Context(), client, args[0])
		if err != nil {
			return err
		}
		status, err := client.AlertStatus(cmd.Context(), alert.ID)
		if err != nil {
			return err
		}
		return s.Show(cmd, []string{"alert.id", "status"}, status)
	})
}
