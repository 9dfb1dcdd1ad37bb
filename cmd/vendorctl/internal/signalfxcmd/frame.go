package signalfxcmd

import (
	"github.com/spf13/cobra"

	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/command"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/input"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/session"
)

// frame is what sending datapoints and sending events have alike: the lines of a file,
// or one item with a time, and dimensions of either.
type frame struct {
	session    *session.Session
	lines      command.Lines
	at         string
	dimensions []string
}

// addFlags adds the flags; what is one item, and its time is atDefault without the flag.
func (f *frame) addFlags(cmd *cobra.Command, what, atDefault string) {
	f.lines.AddFlags(cmd.Flags(), what+"s, one a line as JSON")
	cmd.Flags().StringArrayVar(&f.dimensions, "dimension", nil, "KEY=VALUE, also of every "+what+" of a file, where it counts more; may be repeated")
	cmd.Flags().StringVar(&f.at, "time", "", "now, -5m, a date or a Unix time (default: "+atDefault+")")
}

// sendLines sends the lines of the file. The dimensions of flags become those that the batch shares.
func (f *frame) sendLines(cmd *cobra.Command, args []string, batch input.Batch, shared *map[string]string) (err error) {
	if err := command.OnlyFile(cmd, args, "skip-lines", "dimension"); err != nil {
		return err
	}
	if *shared, err = command.Pairs(f.dimensions); err != nil {
		return err
	}
	return f.lines.Send(cmd, batch)
}

// stamp reads the time, in Unix milliseconds, and the dimensions of one item.
func (f *frame) stamp() (int64, map[string]string, error) {
	t, err := command.Time(f.session, "time", f.at)
	if err != nil {
		return 0, nil, err
	}
	pairs, err := command.Pairs(f.dimensions)
	if t.IsZero() {
		return 0, pairs, err
	}
	return t.UnixMilli(), pairs, err
}
