package libratocmd

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/command"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/exit"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/session"
)

var eventColumns = []string{"id", "start_time", "end_time", "title", "source", "description", "links"}

func newAnnotation(s *session.Session) *cobra.Command {
	get := getter(s, "get STREAM ID", "Show an event", eventColumns, func(ctx context.Context, c *librato.Client, args []string) (*librato.Annotation, error) {
		return c.Annotation(ctx, args[0], librato.ID(args[1]))
	})
	rename := doer(s, "rename STREAM DISPLAY_NAME", "Set what a stream is shown as", "renamed", func(ctx context.Context, c *librato.Client, args []string) error {
		return c.UpdateAnnotationStream(ctx, args[0], args[1])
	})
	remove := doer(s, "delete STREAM [ID]", "Delete a stream with all its events, or one event", "deleted", func(ctx context.Context, c *librato.Client, args []string) error {
		if len(args) == 1 {
			return c.DeleteAnnotationStream(ctx, args[0])
		}
		return c.DeleteAnnotation(ctx, args[0], librato.ID(args[1]))
	})
	var label string
	link := doer(s, "link STREAM ID REL HREF", "Add a link to an event", "linked", func(ctx context.Context, c *librato.Client, args []string) error {
		return c.AddAnnotationLink(ctx, args[0], librato.ID(args[1]), librato.Link{Rel: args[2], Href: args[3], Label: label})
	})
	link.Flags().StringVar(&label, "label", "", "text of the link")
	unlink := doer(s, "unlink STREAM ID REL", "Delete a link of an event", "unlinked", func(ctx context.Context, c *librato.Client, args []string) error {
		return c.DeleteAnnotationLink(ctx, args[0], librato.ID(args[1]), args[2])
	})
	return command.Group("annotation", "Annotation streams and their events",
		named(s, "annotation streams", []string{"name", "display_name"}, (*librato.Client).AnnotationStreams),
		newAnnotationEvents(s), get, newAnnotationPost(s), newAnnotationUpdate(s), rename, remove, link, unlink)
}

func newAnnotationEvents(s *session.Session) *cobra.Command {
	var i librato.Interval
	var begin, end string
	cmd := command.Leaf("events STREAM", "List the events of a stream", func(cmd *cobra.Command, args []string) error {
		client, err := s.Librato()
		if err != nil {
			return err
		}
		if i.Start, err = command.Time(s, "start", begin); err != nil {
			return err
		}
		if i.End, err = command.Time(s, "end", end); err != nil {
			return err
		}
		if i.Start.IsZero() && i.Count == 0 {
			return exit.With(exit.Usage, errors.New("set --start or --count; without one the service shows no events"))
		}
		stream, err := client.AnnotationStream(cmd.Context(), args[0], i)
		if err != nil {
			return err
		}
		var all []librato.Annotation
		for _, source := range slices.Sorted(maps.Keys(stream.Events)) {
			all = append(all, stream.Events[source]...)
		}
		slices.SortStableFunc(all, func(a, b librato.Annotation) int { return a.Start.Compare(b.Start) })
		return session.List(s, cmd, eventColumns, func(yield func(librato.Annotation, error) bool) {
			for _, event := range all {
				if !yield(event, nil) {
					return
				}
			}
		})
	})
	cmd.Flags().StringVar(&begin, "start", "", "begin: -1h, a date or a Unix time")
	cmd.Flags().StringVar(&end, "end", "", "end (default: now)")
	cmd.Flags().IntVar(&i.Count, "count", 0, "the last so many events")
	cmd.Flags().StringArrayVar(&i.Sources, "source", nil, "pattern of sources; may be repeated")
	return cmd
}

// eventFlags are what is set about an event.
type eventFlags struct {
	event      librato.Annotation
	start, end string
	links      []string
}

func (f *eventFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.event.Description, "description", "", "what happened")
	cmd.Flags().StringVar(&f.end, "end", "", "when it ended: now, a date or a Unix time")
	cmd.Flags().StringArrayVar(&f.links, "link", nil, "REL=HREF; may be repeated")
}

func (f *eventFlags) annotation(s *session.Session) (librato.Annotation, error) {
	for text, to := range map[*string]*time.Time{&f.start: &f.event.Start, &f.end: &f.event.End} {
		t, err := command.Time(s, "start or --end", *text)
		if err != nil {
			return f.event, err
		}
		*to = t
	}
	for _, text := range f.links {
		rel, href, ok := strings.Cut(text, "=")
		if !ok {
			return f.event, exit.With(exit.Usage, errors.New("--link is of the form REL=HREF"))
		}
		f.event.Links = append(f.event.Links, librato.Link{Rel: rel, Href: href})
	}
	return f.event, nil
}

func newAnnotationPost(s *session.Session) *cobra.Command {
	var flags eventFlags
	cmd := getter(s, "post STREAM TITLE", "Add an event to a stream", eventColumns, func(ctx context.Context, c *librato.Client, args []string) (*librato.Annotation, error) {
		event, err := flags.annotation(s)
		if err != nil {
			return nil, err
		}
		event.Title = args[1]
		return c.PostAnnotation(ctx, args[0], event)
	})
	cmd.Example = "  vendorctl librato annotation post deploys v91 --source web-1 --link build=https://ci.example.com/91"
	cmd.Flags().StringVar(&flags.event.Source, "source", "", "where it happened")
	cmd.Flags().StringVar(&flags.start, "start", "", "when it began (default: that of arrival)")
	flags.add(cmd)
	return cmd
}

func newAnnotationUpdate(s *session.Session) *cobra.Command {
	var flags eventFlags
	cmd := doer(s, "update STREAM ID", "Change what is given about an event", "updated", func(ctx context.Context, c *librato.Client, args []string) error {
		event, err := flags.annotation(s)
		if err != nil {
			return err
		}
		return c.UpdateAnnotation(ctx, args[0], librato.ID(args[1]), event)
	})
	cmd.Flags().StringVar(&flags.event.Title, "title", "", "what it is called")
	flags.add(cmd)
	return cmd
}
