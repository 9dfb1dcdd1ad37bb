// Package root is the whole command: its tree, and what its exit status means.
package root

import (
	"context"
	"fmt"
	"io"
	"regexp"

	"github.com/spf13/cobra"

	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/command"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/exit"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/libratocmd"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/session"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/signalfxcmd"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/wavefrontcmd"
)

// negative finds the complaint about a negative number, which looks like a flag.
var negative = regexp.MustCompile(`^unknown shorthand flag: '[0-9.]' in -`)

// New returns the command tree.
func New(s *session.Session) *cobra.Command {
	root := command.Group("vendorctl", "What scripts did with the vendors' Python clients, at the command line",
		signalfxcmd.New(s), wavefrontcmd.New(s), libratocmd.New(s),
	)
	root.Long = `vendorctl sends to SignalFx, Wavefront and Librato, reads from them and manages what they keep.

Where they are and with what credentials is in the environment (SIGNALFX_TOKEN, SIGNALFX_REALM, WAVEFRONT_URL,
WAVEFRONT_TOKEN, LIBRATO_USER and LIBRATO_TOKEN, or APPOPTICS_TOKEN) or in a file of profiles. --lab talks to a
lab on this machine instead.`
	root.SilenceUsage, root.SilenceErrors = true, true
	root.PersistentPreRunE = func(*cobra.Command, []string) error { return s.Check() }
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		if negative.MatchString(err.Error()) {
			return exit.With(exit.Usage, fmt.Errorf("%w: write -- before a negative number, behind all flags", err))
		}
		return exit.With(exit.Usage, fmt.Errorf("%w: see %s --help", err, cmd.CommandPath()))
	})
	s.AddFlags(root.PersistentFlags())
	session.AddCompletions(root)
	return root
}

// Run runs the command and returns its exit status.
func Run(ctx context.Context, s *session.Session, args []string, in io.Reader, out, stderr io.Writer) int {
	root := New(s)
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if closed := s.Close(); err == nil {
		err = closed
	}
	code := exit.CodeOf(err)
	switch code {
	case exit.OK:
	case exit.Interrupted:
		fmt.Fprintln(stderr, "vendorctl: interrupted")
	default:
		fmt.Fprintln(stderr, "vendorctl:", err)
	}
	return code
}
