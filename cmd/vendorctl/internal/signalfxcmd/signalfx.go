// Package signalfxcmd has the commands of SignalFx.
package signalfxcmd

import (
	"context"
	"iter"

	"github.com/spf13/cobra"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/command"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/session"
)

// New returns the command tree.
func New(s *session.Session) *cobra.Command {
	return command.Group("signalfx", "SignalFx (Splunk Observability Cloud)",
		newSend(s), newEvent(s), newFlow(s),
		newMetric(s), newDimension(s), newTag(s), newSeries(s),
		newDetector(s), newIncident(s), newChart(s), newDashboard(s), newDashboardGroup(s), newDataLink(s),
		newOrganization(s), newLogin(s), newLogout(s),
	)
}

func getter[T any](s *session.Session, use, short string, columns []string, get func(ctx context.Context, r *signalfx.REST, args []string) (*T, error)) *cobra.Command {
	return command.Getter(s, s.SignalFx, use, short, columns, get)
}

func lister[T any](s *session.Session, use, short string, columns []string, list func(ctx context.Context, r *signalfx.REST, args []string) iter.Seq2[T, error]) *cobra.Command {
	return command.Lister(s, s.SignalFx, use, short, columns, list)
}

func doer(s *session.Session, use, short, done string, do func(ctx context.Context, r *signalfx.REST, args []string) error) *cobra.Command {
	return command.Doer(s.SignalFx, use, short, done, do)
}

// search are the flags of a search of the catalog.
func search[T any](s *session.Session, short string, columns []string, find func(r *signalfx.REST, ctx context.Context, q signalfx.Search) iter.Seq2[T, error]) *cobra.Command {
	var q signalfx.Search
	cmd := lister(s, "list [QUERY]", short, columns, func(ctx context.Context, r *signalfx.REST, args []string) iter.Seq2[T, error] {
		if len(args) > 0 {
			q.Query = args[0]
		}
		return find(r, ctx, q)
	})
	cmd.Long = short + ".\n\nA query is such as 'name:cpu.*', 'region:emea AND host:web-*' or '_missing_:team'."
	cmd.Flags().StringVar(&q.OrderBy, "order-by", "", "field to order by, with a minus in front for the highest first")
	pageFlags(cmd, &q.Offset, &q.PageLength)
	return cmd
}

func pageFlags(cmd *cobra.Command, offset, length *int) {
	cmd.Flags().IntVar(offset, "offset", 0, "leave out so many at the beginning")
	cmd.Flags().IntVar(length, "page-length", 0, "fetch so many at once (default 100)")
}
