package wavefrontcmd

import (
	"context"
	"errors"
	"os"

	"github.com/spf13/cobra"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/command"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/exit"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/session"
)

// hostname is the source of what has none.
func hostname() string {
	name, err := os.Hostname()
	if err != nil {
		return ""
	}
	return name
}

// change is what becomes of a source: at the service over its REST API, at a proxy as a line.
type change struct {
	rest func(ctx context.Context, h *wavefront.HTTP, args []string) error
	line func(e *wavefront.Encoder, args []string) ([]byte, wavefront.Change, error)
}

func changer(s *session.Session, use, short, done string, c change) *cobra.Command {
	return command.Leaf(use, short, func(cmd *cobra.Command, args []string) error {
		to, err := s.Wavefront()
		if err != nil {
			return err
		}
		err = s.Patiently(cmd.Context(), func() error {
			if !to.Proxy {
				return c.rest(cmd.Context(), to.HTTP, args)
			}
			line, _, err := c.line(&wavefront.Encoder{}, args)
			if err != nil {
				return exit.With(exit.Usage, err)
			}
			return to.Send(cmd.Context(), wavefront.FormatSources, line)
		})
		if err != nil {
			return err
		}
		command.Confirm(cmd, "%s", done)
		return nil
	})
}

func newSource(s *session.Session) *cobra.Command {
	get := command.Leaf("get SOURCE", "Show what is noted about a source", func(cmd *cobra.Command, args []string) error {
		to, err := s.Wavefront()
		if err != nil {
			return err
		}
		if to.Proxy {
			return exit.With(exit.Usage, errors.New("a proxy cannot be asked about sources; give the URL of the service"))
		}
		source, err := to.HTTP.Source(cmd.Context(), args[0])
		if err != nil {
			return err
		}
		return s.Show(cmd, []string{"id", "description", "tags"}, source)
	})
	tags := func(action wavefront.Action) func(*wavefront.Encoder, []string) ([]byte, wavefront.Change, error) {
		return func(e *wavefront.Encoder, args []string) ([]byte, wavefront.Change, error) {
			return e.AppendSourceTags(nil, action, args[0], args[1:]...)
		}
	}
	each := func(do func(h *wavefront.HTTP, ctx context.Context, source, tag string) error) func(context.Context, *wavefront.HTTP, []string) error {
		return func(ctx context.Context, h *wavefront.HTTP, args []string) error {
			for _, tag := range args[1:] {
				if err := do(h, ctx, args[0], tag); err != nil {
					return err
				}
			}
			return nil
		}
	}
	return command.Group("source", "Tags and descriptions of sources", get,
		changer(s, "add-tag SOURCE TAG...", "Give a source more tags", "added", change{each((*wavefront.HTTP).AddSourceTag), tags(wavefront.Add)}),
		changer(s, "remove-tag SOURCE TAG...", "Take tags from a source", "removed", change{each((*wavefront.HTTP).RemoveSourceTag), tags(wavefront.Delete)}),
		changer(s, "set-tags SOURCE TAG...", "Replace all tags of a source", "set", change{
			func(ctx context.Context, h *wavefront.HTTP, args []string) error {
				return h.SetSourceTags(ctx, args[0], args[1:])
			}, tags(wavefront.Save)}),
		changer(s, "describe SOURCE TEXT", "Replace the description of a source", "described", change{
			func(ctx context.Context, h *wavefront.HTTP, args []string) error {
				return h.SetSourceDescription(ctx, args[0], args[1])
			},
			func(e *wavefront.Encoder, args []string) ([]byte, wavefront.Change, error) {
				return e.AppendSourceDescription(nil, wavefront.Save, args[0], args[1])
			}}),
		changer(s, "undescribe SOURCE", "Take the description from a source", "removed", change{
			func(ctx context.Context, h *wavefront.HTTP, args []string) error {
				return h.RemoveSourceDescription(ctx, args[0])
			},
			func(e *wavefront.Encoder, args []string) ([]byte, wavefront.Change, error) {
				return e.AppendSourceDescription(nil, wavefront.Delete, args[0], "")
			}}))
}
