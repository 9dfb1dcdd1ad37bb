package command

import (
	"context"
	"iter"

	"github.com/spf13/cobra"

	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/session"
)

// Open returns the client of a vendor.
type Open[C any] func() (C, error)

// Getter returns a command that shows one object.
func Getter[C, T any](s *session.Session, open Open[C], use, short string, columns []string, get func(ctx context.Context, c C, args []string) (*T, error)) *cobra.Command {
	return Leaf(use, short, func(cmd *cobra.Command, args []string) error {
		client, err := open()
		if err != nil {
			return err
		}
		object, err := get(cmd.Context(), client, args)
		if err != nil {
			return err
		}
		return s.Show(cmd, columns, object)
	})
}

// Lister returns a command that lists objects.
func Lister[C, T any](s *session.Session, open Open[C], use, short string, columns []string, list func(ctx context.Context, c C, args []string) iter.Seq2[T, error]) *cobra.Command {
	return Leaf(use, short, func(cmd *cobra.Command, args []string) error {
		client, err := open()
		if err != nil {
			return err
		}
		return session.List(s, cmd, columns, list(cmd.Context(), client, args))
	})
}

// Doer returns a command that changes something, and shows nothing but that it did.
func Doer[C any](open Open[C], use, short, done string, do func(ctx context.Context, c C, args []string) error) *cobra.Command {
	return Leaf(use, short, func(cmd *cobra.Command, args []string) error {
		client, err := open()
		if err != nil {
			return err
		}
		if err := do(cmd.Context(), client, args); err != nil {
			return err
		}
		Confirm(cmd, "%s", done)
		return nil
	})
}
