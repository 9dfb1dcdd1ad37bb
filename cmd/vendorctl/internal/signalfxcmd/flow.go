package signalfxcmd

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/command"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/exit"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/flow"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/output"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/screen"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/session"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/when"
)

func newFlow(s *session.Session) *cobra.Command {
	cmd := command.Group("flow", "SignalFlow computations",
		newFlowRun(s), newFlowAttach(s), newFlowStart(s), newFlowPreflight(s),
		flowJob(s, "stop HANDLE", "End a job", "stopped", func(ctx context.Context, c session.SignalFlow, handle string) error {
			return c.Stop(ctx, handle, "")
		}),
		flowJob(s, "keepalive HANDLE", "Keep a job alive that has no stream", "kept alive", func(ctx context.Context, c session.SignalFlow, handle string) error {
			return c.KeepAlive(ctx, handle)
		}))
	cmd.PersistentFlags().StringVar(&s.FlowTransport, "transport", session.WebSocket, "websocket, or sse where WebSockets are blocked")
	_ = cmd.RegisterFlagCompletionFunc("transport", cobra.FixedCompletions([]string{session.WebSocket, session.SSE}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// flowFlags say how a program is executed.
type flowFlags struct {
	start, stop, resolution, maxDelay, timezone string
}

func (f *flowFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.start, "start", "", "begin of the data: -1h, a date or a Unix time (default: now)")
	cmd.Flags().StringVar(&f.stop, "stop", "", "end of the data: now, -5m, a date or a Unix time (default: never)")
	cmd.Flags().StringVar(&f.resolution, "resolution", "", "finest step, such as 10s (default: the service chooses)")
	cmd.Flags().StringVar(&f.maxDelay, "max-delay", "", "how long to wait for late data, at most 15m (default: the service chooses)")
	cmd.Flags().StringVar(&f.timezone, "timezone", "", "IANA name, for calendar windows (default: UTC)")
}

func (f *flowFlags) request(s *session.Session, program string) (signalflow.Request, error) {
	r := signalflow.Request{Program: program, Timezone: f.timezone}
	var err error
	if r.Start, err = command.Time(s, "start", f.start); err != nil {
		return r, err
	}
	if r.Stop, err = command.Time(s, "stop", f.stop); err != nil {
		return r, err
	}
	if !r.Start.IsZero() && !r.Stop.IsZero() && r.Stop.Before(r.Start) {
		return r, exit.With(exit.Usage, errors.New("--stop lies before --start"))
	}
	for flag, to := range map[string]struct {
		text string
		d    *time.Duration
	}{"resolution": {f.resolution, &r.Resolution}, "max-delay": {f.maxDelay, &r.MaxDelay}} {
		if to.text == "" {
			continue
		}
		if *to.d, err = when.Distance(to.text); err != nil {
			return r, exit.With(exit.Usage, fmt.Errorf("--%s: %w", flag, err))
		}
	}
	// What has been needs not to be waited for, and may come as fast as it is read.
	past := !r.Stop.IsZero() && !r.Stop.After(s.Now())
	r.Immediate, r.Exclusive = past, past
	return r, nil
}

const flowRunLong = `Run a program and show what it streams.

On a terminal a table is updated in place. Piped, every point is a line of JSON:

  {"timestamp":1700000000000,"stream":"cpu","metric":"cpu.utilization","value":12.5,"dimensions":{"host":"web-1"}}

and every event one with a member "event"; -o csv writes rows instead. What the service says about the
computation goes to standard error. A lost connection is made again, and no point is shown twice.
Without --stop it runs until it is interrupted.`

func newFlowRun(s *session.Session) *cobra.Command {
	var flags flowFlags
	cmd := command.Leaf("run PROGRAM", "Run a program and show what it streams", func(cmd *cobra.Command, args []string) error {
		r, err := flags.request(s, args[0])
		if err != nil {
			return err
		}
		client, err := s.SignalFlow()
		if err != nil {
			return err
		}
		return stream(cmd, s, client, r, args[0])
	})
	cmd.Long = flowRunLong
	cmd.Example = `  vendorctl signalfx flow run 'data("cpu.utilization").mean(by="host").publish()'
  vendorctl signalfx flow run 'data("cpu.utilization").mean().publish("cpu")' --start -1h --stop now -o csv`
	flags.add(cmd)
	return cmd
}

// stream shows what a client executes, as the flags or the terminal want it.
func stream(cmd *cobra.Command, s *session.Session, client flow.Executor, r signalflow.Request, title string) error {
	w, stderr := cmd.OutOrStdout(), cmd.ErrOrStderr()
	switch s.StreamFormat(w) {
	case output.Table:
		table := flow.NewTable(w, title, func() (int, int) { return screen.Size(w) })
		err := flow.Run(cmd.Context(), client, r, s.Limit(), table)
		if closed := table.Close(); err == nil {
			err = closed
		}
		return err
	case output.CSV:
		return flow.Run(cmd.Context(), client, r, s.Limit(), flow.NewCSV(w, stderr))
	default:
		return flow.Run(cmd.Context(), client, r, s.Limit(), flow.NewJSONLines(w, stderr))
	}
}

// attacher attaches to a job where a client would execute a program.
type attacher struct {
	client *signalflow.Client
	to     signalflow.AttachRequest
}

// Execute implements flow.Executor.
func (a *attacher) Execute(ctx context.Context, _ signalflow.Request) (*signalflow.Computation, error) {
	return a.client.Attach(ctx, a.to)
}

func newFlowAttach(s *session.Session) *cobra.Command {
	var to signalflow.AttachRequest
	cmd := command.Leaf("attach HANDLE", "Show what a job streams that was started before", func(cmd *cobra.Command, args []string) error {
		client, err := s.SignalFlow()
		if err != nil {
			return err
		}
		socket, ok := client.(*signalflow.Client)
		if !ok {
			return exit.With(exit.Usage, fmt.Errorf("the service attaches to jobs over WebSockets only: leave out --transport %s", s.FlowTransport))
		}
		to.Handle = args[0]
		return stream(cmd, s, &attacher{socket, to}, signalflow.Request{}, "job "+args[0])
	})
	cmd.Flags().StringVar(&to.Filters, "filters", "", "SignalFlow filter text")
	return cmd
}

func newFlowStart(s *session.Session) *cobra.Command {
	return flowAnswer(s, "start PROGRAM", "Start a job without a stream, and print its handle", session.SignalFlow.Start)
}

func newFlowPreflight(s *session.Session) *cobra.Command {
	return flowAnswer(s, "preflight PROGRAM", "Estimate how many alerts a detector's program would have raised",
		func(c session.SignalFlow, ctx context.Context, r signalflow.Request) (string, error) {
			estimation, err := c.Preflight(ctx, r)
			if err != nil {
				return "", err
			}
			return string(estimation.Result), nil
		})
}

// flowAnswer is a command with a program that has one answer.
func flowAnswer(s *session.Session, use, short string, ask func(session.SignalFlow, context.Context, signalflow.Request) (string, error)) *cobra.Command {
	var flags flowFlags
	cmd := command.Leaf(use, short, func(cmd *cobra.Command, args []string) error {
		r, err := flags.request(s, args[0])
		if err != nil {
			return err
		}
		client, err := s.SignalFlow()
		if err != nil {
			return err
		}
		answer, err := ask(client, cmd.Context(), r)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(cmd.OutOrStdout(), answer)
		return err
	})
	flags.add(cmd)
	return cmd
}

// flowJob is a command that does something with a job.
func flowJob(s *session.Session, use, short, done string, do func(context.Context, session.SignalFlow, string) error) *cobra.Command {
	return command.Doer(s.SignalFlow, use, short, done, func(ctx context.Context, c session.SignalFlow, args []string) error {
		return do(ctx, c, args[0])
	})
}
