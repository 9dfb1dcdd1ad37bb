// Package libratocmd has the commands of Librato and AppOptics.
package libratocmd

import (
	"context"
	"iter"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/command"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/session"
)

// New returns the command tree.
func New(s *session.Session) *cobra.Command {
	cmd := command.Group("librato", "Librato and AppOptics",
		newSubmit(s), newMeasurement(s), newMetric(s), newComposite(s), newAnnotation(s),
		newAlert(s), newService(s), newSpace(s), newChart(s), newJob(s), newApply(s), newExport(s),
	)
	cmd.PersistentFlags().StringVar(&s.LibratoAPI, "api", "", "librato or appoptics (default: that of the credentials)")
	_ = cmd.RegisterFlagCompletionFunc("api", cobra.FixedCompletions([]string{"librato", "appoptics"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func getter[T any](s *session.Session, use, short string, columns []string, get func(ctx context.Context, c *librato.Client, args []string) (*T, error)) *cobra.Command {
	return command.Getter(s, s.Librato, use, short, columns, get)
}

func lister[T any](s *session.Session, use, short string, columns []string, list func(ctx context.Context, c *librato.Client, args []string) iter.Seq2[T, error]) *cobra.Command {
	return command.Lister(s, s.Librato, use, short, columns, list)
}

func doer(s *session.Session, use, short, done string, do func(ctx context.Context, c *librato.Client, args []string) error) *cobra.Command {
	return command.Doer(s.Librato, use, short, done, do)
}

// named is a lister of a paginated route, whose search finds parts of names.
func named[T any](s *session.Session, what string, columns []string, list func(c *librato.Client, ctx context.Context, o librato.ListOptions) iter.Seq2[T, error]) *cobra.Command {
	var o librato.ListOptions
	cmd := lister(s, "list [NAME]", "List "+what+", all or those with a part of a name", columns, func(ctx context.Context, c *librato.Client, args []string) iter.Seq2[T, error] {
		if len(args) > 0 {
			o.Name = args[0]
		}
		return list(c, ctx, o)
	})
	cmd.Flags().StringVar(&o.OrderBy, "order-by", "", "member to order by, one that the resource has for this")
	cmd.Flags().BoolVar(&o.Descending, "descending", false, "the highest first")
	cmd.Flags().IntVar(&o.Offset, "offset", 0, "leave out so many at the beginning")
	cmd.Flags().IntVar(&o.PageLength, "page-length", 0, "fetch so many at once, at most 100 (default 100)")
	return cmd
}

// isID reports whether an argument is an id and no name.
func isID(text string) bool {
	_, err := strconv.ParseUint(text, 10, 63)
	return err == nil
}

// findAlert finds an alert by its name or id.
func findAlert(ctx context.Context, c *librato.Client, nameOrID string) (*librato.Alert, error) {
	if isID(nameOrID) {
		return c.Alert(ctx, librato.ID(nameOrID))
	}
	return c.FindAlert(ctx, nameOrID)
}

// findSpace finds a space by its name or id.
func findSpace(ctx context.Context, c *librato.Client, nameOrID string) (*librato.Space, error) {
	if isID(nameOrID) {
		return c.Space(ctx, librato.ID(nameOrID))
	}
	return c.FindSpace(ctx, nameOrID)
}

// findChart finds a chart of a space, both by name or id.
func findChart(ctx context.Context, c *librato.Client, space, nameOrID string) (*librato.Space, *librato.Chart, error) {
	in, err := findSpace(ctx, c, space)
	if err != nil {
		return nil, nil, err
	}
	var chart *librato.Chart
	if isID(nameOrID) {
		chart, err = c.Chart(ctx, in.ID, librato.ID(nameOrID))
	} else {
		chart, err = c.FindChart(ctx, in.ID, nameOrID)
	}
	return in, chart, err
}
