// Package wavefrontcmd has the commands of Wavefront.
package wavefrontcmd

import (
	"github.com/spf13/cobra"

	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/command"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/session"
)

// New returns the command tree.
func New(s *session.Session) *cobra.Command {
	cmd := command.Group("wavefront", "Wavefront (VMware Aria Operations for Applications)",
		newSend(s), newEvent(s), newSource(s),
	)
	cmd.PersistentFlags().BoolVar(&s.WavefrontProxy, "proxy", false, "the URL is that of a proxy")
	return cmd
}
