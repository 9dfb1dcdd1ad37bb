package signalfxcmd

import (
	"bufio"
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/command"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/exit"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/screen"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/session"
)

var (
	detectorColumns = []string{"id", "name", "description", "tags", "lastUpdated"}
	incidentColumns = []string{"incidentId", "active", "severity", "detectorName", "detectLabel", "anomalyState"}
	objectColumns   = []string{"id", "name", "description", "lastUpdated"}
)

// get is a getter of an object by its id.
func get[T any](s *session.Session, what string, columns []string, of func(r *signalfx.REST, ctx context.Context, id string) (*T, error)) *cobra.Command {
	return getter(s, "get ID", "Show "+what, columns, func(ctx context.Context, r *signalfx.REST, args []string) (*T, error) {
		return of(r, ctx, args[0])
	})
}

// list is a lister of objects by a part of their name.
func list[T any](s *session.Session, what string, columns []string, of func(r *signalfx.REST, ctx context.Context, o signalfx.ListOptions) iter.Seq2[T, error]) *cobra.Command {
	var o signalfx.ListOptions
	cmd := lister(s, "list [NAME]", "List "+what+", all or those with a part of a name", columns, func(ctx context.Context, r *signalfx.REST, args []string) iter.Seq2[T, error] {
		if len(args) > 0 {
			o.Name = args[0]
		}
		return of(r, ctx, o)
	})
	pageFlags(cmd, &o.Offset, &o.PageLength)
	if what == "detectors" {
		cmd.Flags().StringArrayVar(&o.Tags, "tag", nil, "only those with this tag; may be repeated")
	}
	return cmd
}

func newChart(s *session.Session) *cobra.Command {
	return command.Group("chart", "Charts, to read",
		list(s, "charts", objectColumns, (*signalfx.REST).Charts), get(s, "a chart", objectColumns, (*signalfx.REST).Chart))
}

func newDashboard(s *session.Session) *cobra.Command {
	return command.Group("dashboard", "Dashboards, to read",
		list(s, "dashboards", objectColumns, (*signalfx.REST).Dashboards), get(s, "a dashboard", objectColumns, (*signalfx.REST).Dashboard))
}

func newDashboardGroup(s *session.Session) *cobra.Command {
	return command.Group("dashboardgroup", "Dashboard groups, to read",
		list(s, "dashboard groups", objectColumns, (*signalfx.REST).DashboardGroups), get(s, "a dashboard group", objectColumns, (*signalfx.REST).DashboardGroup))
}

func newDataLink(s *session.Session) *cobra.Command {
	columns := []string{"id", "propertyName", "propertyValue", "contextId", "targets"}
	var o signalfx.DataLinkOptions
	all := lister(s, "list", "List data links", columns, func(ctx context.Context, r *signalfx.REST, _ []string) iter.Seq2[signalfx.Object, error] {
		return r.DataLinks(ctx, o)
	})
	all.Flags().StringVar(&o.Context, "context", "", "only those of a dashboard")
	all.Flags().StringVar(&o.PropertyName, "property-name", "", "only those of a property")
	all.Flags().StringVar(&o.PropertyValue, "property-value", "", "only those of a value of the property")
	all.Flags().StringVar(&o.OrderBy, "order-by", "", "field to order by, with a minus in front for the highest first")
	pageFlags(all, &o.Offset, &o.PageLength)
	return command.Group("datalink", "Data links, to read", all, get(s, "a data link", columns, (*signalfx.REST).DataLink))
}

func newDetector(s *session.Session) *cobra.Command {
	remove := doer(s, "delete ID", "Delete a detector", "deleted", func(ctx context.Context, r *signalfx.REST, args []string) error {
		return r.DeleteDetector(ctx, args[0])
	})
	incidents := lister(s, "incidents ID", "List the incidents of a detector", incidentColumns, func(ctx context.Context, r *signalfx.REST, args []string) iter.Seq2[signalfx.Incident, error] {
		return r.DetectorIncidents(ctx, args[0], signalfx.ListOptions{})
	})
	events := lister(s, "events ID", "List the events of a detector", []string{"id", "eventType", "timestamp", "properties"}, func(ctx context.Context, r *signalfx.REST, args []string) iter.Seq2[signalfx.Object, error] {
		return r.DetectorEvents(ctx, args[0], signalfx.ListOptions{})
	})
	return command.Group("detector", "Detectors",
		list(s, "detectors", detectorColumns, (*signalfx.REST).Detectors), get(s, "a detector", detectorColumns, (*signalfx.REST).Detector),
		detectorFile(s, "create", "Create a detector from a file", func(ctx context.Context, r *signalfx.REST, d *signalfx.Detector, _ []string) (*signalfx.Detector, error) {
			return r.CreateDetector(ctx, d)
		}),
		detectorFile(s, "update ID", "Overwrite a detector from a file", func(ctx context.Context, r *signalfx.REST, d *signalfx.Detector, args []string) (*signalfx.Detector, error) {
			d.ID = args[0]
			return r.UpdateDetector(ctx, d)
		}),
		detectorFile(s, "validate", "Check a detector in a file", func(ctx context.Context, r *signalfx.REST, d *signalfx.Detector, _ []string) (*signalfx.Detector, error) {
			return nil, r.ValidateDetector(ctx, d)
		}),
		remove, incidents, events)
}

// detectorFile is a command with a detector in a file.
func detectorFile(s *session.Session, use, short string, do func(context.Context, *signalfx.REST, *signalfx.Detector, []string) (*signalfx.Detector, error)) *cobra.Command {
	var path string
	cmd := command.Leaf(use, short, func(cmd *cobra.Command, args []string) error {
		var d signalfx.Detector
		if err := command.Object(cmd, path, &d); err != nil {
			return err
		}
		rest, err := s.SignalFx()
		if err != nil {
			return err
		}
		stored, err := do(cmd.Context(), rest, &d, args)
		if err != nil {
			return err
		}
		if stored == nil {
			command.Confirm(cmd, "valid")
			return nil
		}
		return s.Show(cmd, detectorColumns, stored)
	})
	command.File(cmd.Flags(), &path, "the detector as JSON or YAML, as get -o json writes it")
	return cmd
}

func newIncident(s *session.Session) *cobra.Command {
	var o signalfx.IncidentOptions
	all := lister(s, "list", "List incidents", incidentColumns, func(ctx context.Context, r *signalfx.REST, _ []string) iter.Seq2[signalfx.Incident, error] {
		return r.Incidents(ctx, o)
	})
	all.Flags().BoolVar(&o.Resolved, "resolved", false, "those that are over too")
	pageFlags(all, &o.Offset, &o.PageLength)
	clear := doer(s, "clear ID", "Resolve an incident by hand", "cleared", func(ctx context.Context, r *signalfx.REST, args []string) error {
		return r.ClearIncident(ctx, args[0])
	})
	return command.Group("incident", "Incidents", all, get(s, "an incident", incidentColumns, (*signalfx.REST).Incident), clear)
}

func newOrganization(s *session.Session) *cobra.Command {
	return getter(s, "org", "Show the organization of the token", []string{"id", "organizationName", "dpmLimit"},
		func(ctx context.Context, r *signalfx.REST, _ []string) (*signalfx.Organization, error) {
			return r.Organization(ctx)
		})
}

func newLogin(s *session.Session) *cobra.Command {
	cmd := command.Leaf("login EMAIL", "Log in with a password, and print the session token", func(cmd *cobra.Command, args []string) error {
		api, err := s.SignalFxAPI()
		if err != nil {
			return err
		}
		password, err := readPassword(cmd)
		if err != nil {
			return err
		}
		token, err := api.Login(cmd.Context(), args[0], password)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(cmd.OutOrStdout(), token)
		return err
	})
	cmd.Example = "  export SIGNALFX_TOKEN=$(vendorctl signalfx login me@example.com)"
	return cmd
}

// readPassword asks for it on a terminal, and reads a line of anything else.
func readPassword(cmd *cobra.Command) (string, error) {
	password, asked, err := screen.ReadSecret(cmd.InOrStdin(), cmd.ErrOrStderr(), "Password: ")
	if asked {
		return password, err
	}
	line, err := bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
	if password = strings.TrimRight(line, "\r\n"); password == "" {
		return "", exit.With(exit.Usage, fmt.Errorf("no password: type it, or write it to standard input (%v)", err))
	}
	return password, nil
}

func newLogout(s *session.Session) *cobra.Command {
	return doer(s, "logout", "End the session of the token", "logged out", func(ctx context.Context, r *signalfx.REST, _ []string) error {
		return r.Logout(ctx)
	})
}
