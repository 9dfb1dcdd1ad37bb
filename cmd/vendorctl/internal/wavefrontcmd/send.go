package wavefrontcmd

import (
	"errors"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/command"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/exit"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/session"
)

const sendLong = `Send one metric, or all that a file holds.

A line of the file is JSON, whose kind is metric (the default), delta, histogram, span or event:

  {"name": "cpu.user", "value": 12.5, "timestamp": 1700000000, "source": "web-1", "tags": {"env": "prod"}}
  {"kind": "delta", "name": "orders", "value": 3, "source": "web-1"}
  {"kind": "histogram", "name": "latency", "centroids": [[30, 20], [5.1, 10]], "granularities": ["M"], "source": "web-1"}
  {"kind": "span", "name": "GET /", "start": 1700000000000, "duration": 343, "traceId": "...", "spanId": "...", "parents": ["..."],
   "tags": {"application": "shop", "service": "web"}, "logs": [{"timestamp": 1700000000000100, "fields": {"event": "retry"}}]}
  {"kind": "event", "name": "deploy", "start": 1700000000000, "hosts": ["web-1"], "annotations": {"severity": "info"}}

Times of metrics and histograms are in seconds, of spans and events in milliseconds, of span logs in microseconds.
With --format the lines are in the vendor's own format and are sent as they are. The service takes a request even when
it drops lines of it, so lines that break its documented limits are left out and named here.`

func newSend(s *session.Session) *cobra.Command {
	var lines command.Lines
	var one line
	var source, at, format string
	var pairs []string
	var delta bool
	cmd := command.Leaf("send [NAME] [VALUE]", "Send metrics, delta counters, histograms, spans and events", func(cmd *cobra.Command, args []string) error {
		if lines.Path == "" && len(args) != 2 {
			return exit.With(exit.Usage, errors.New("give NAME and VALUE, or a file with -f"))
		}
		b, err := newBatch(s, source)
		if err != nil {
			return err
		}
		if lines.Path != "" {
			if err := command.OnlyFile(cmd, args, "skip-lines", "format", "source"); err != nil {
				return err
			}
			if format != "" {
				if b.format, err = formatOf(format); err != nil {
					return exit.With(exit.Usage, err)
				}
			}
			return finish(cmd, b, lines.Send(cmd, b))
		}
		value, err := strconv.ParseFloat(args[1], 64)
		if err != nil {
			return exit.With(exit.Usage, errors.New("the value is no number"))
		}
		t, err := command.Time(s, "time", at)
		if err != nil {
			return err
		}
		if !t.IsZero() {
			one.Timestamp = t.Unix()
		}
		members, err := command.Pairs(pairs)
		if err != nil {
			return err
		}
		one.Name, one.Value, one.Tags = args[0], &value, tagsOf(members)
		if delta {
			one.Kind = "delta"
		}
		return addAndSend(cmd, b, &one)
	})
	cmd.Long = sendLong
	cmd.Example = "  vendorctl wavefront send cpu.user 12.5 --source web-1 --tag env=prod\n  vendorctl wavefront send -f - < lines.jsonl\n  vendorctl wavefront send --format wavefront -f metrics.txt"
	lines.AddFlags(cmd.Flags(), "lines to send")
	cmd.Flags().StringVar(&format, "format", "", "lines are in this format of the vendor's: wavefront, histogram, trace, spanLogs or event")
	cmd.Flags().StringVar(&source, "source", hostname(), "source of what has none")
	cmd.Flags().BoolVar(&delta, "delta", false, "the value is added to a delta counter")
	cmd.Flags().StringArrayVar(&pairs, "tag", nil, "KEY=VALUE; may be repeated")
	cmd.Flags().StringVar(&at, "time", "", "now, -5m, a date or a Unix time (default: that of arrival)")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{"wavefront", "histogram", "trace", "spanLogs", "event"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func addAndSend(cmd *cobra.Command, b *batch, l *line) error {
	if _, err := b.add(l); err != nil {
		return exit.With(exit.Usage, err)
	}
	return finish(cmd, b, b.Send(cmd.Context()))
}

// finish says what had to be altered.
func finish(cmd *cobra.Command, b *batch, err error) error {
	if b.changes != 0 {
		command.Confirm(cmd, "some of it was altered to be legal: %s", b.changes)
	}
	return err
}

func newEvent(s *session.Session) *cobra.Command {
	var one line
	var source, begin, end string
	var annotations []string
	cmd := command.Leaf("event NAME", "Send an event", func(cmd *cobra.Command, args []string) error {
		b, err := newBatch(s, source)
		if err != nil {
			return err
		}
		from, err := command.Time(s, "start", begin)
		if err != nil {
			return err
		}
		to, err := command.Time(s, "end", end)
		if err != nil {
			return err
		}
		members, err := command.Pairs(annotations)
		if err != nil {
			return err
		}
		one.Kind, one.Name, one.Annotations = "event", args[0], tagsOf(members)
		if !from.IsZero() {
			one.Start = from.UnixMilli()
		}
		if !to.IsZero() {
			one.End = to.UnixMilli()
		}
		return addAndSend(cmd, b, &one)
	})
	cmd.Example = "  vendorctl wavefront event deploy --host web-1 --annotation severity=info --annotation type=deployment --tag v91"
	cmd.Flags().StringVar(&source, "source", hostname(), "where it happened, unless --host says so")
	cmd.Flags().StringArrayVar(&one.Hosts, "host", nil, "where it happened; may be repeated")
	cmd.Flags().StringArrayVar(&one.EventTags, "tag", nil, "a tag; may be repeated")
	cmd.Flags().StringArrayVar(&annotations, "annotation", nil, "KEY=VALUE, such as severity, type or details; may be repeated")
	cmd.Flags().StringVar(&begin, "start", "", "when it began (default: now)")
	cmd.Flags().StringVar(&end, "end", "", "when it ended (default: as soon as it began)")
	return cmd
}
