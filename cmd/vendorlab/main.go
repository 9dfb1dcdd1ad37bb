// Command vendorlab runs the stand-in for the vendors until it is interrupted.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/journal"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalfx"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := newCommand().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "vendorlab:", err)
		stop()
		os.Exit(1)
	}
}

func newCommand() *cobra.Command {
	var config vendorlab.Config
	var tokens []string
	var file string
	command := &cobra.Command{
		Use:   "vendorlab",
		Short: "A stand-in for the vendors: answers like them and shows what arrived",
		Long: "Vendorlab answers like the vendors' services, keeps the newest of what arrived in memory,\n" +
			"records what the vendor would drop and why, and shows it all on a page and as JSON.\n" +
			"It runs until it is interrupted.",
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(command *cobra.Command, _ []string) error {
			for _, secret := range tokens {
				config.SignalFxTokens = append(config.SignalFxTokens, signalfx.Token{
					Secret: secret, Scopes: []signalfx.Scope{signalfx.ScopeIngest, signalfx.ScopeAPI},
				})
			}
			if file != "" {
				var err error
				if config.SignalFxJournal, err = journal.Open(file); err != nil {
					return err
				}
				defer config.SignalFxJournal.Close()
			}
			return run(command.Context(), command.OutOrStdout(), config)
		},
	}
	flags := command.Flags()
	limits := &config.Options.Limits
	flags.StringVar(&config.Listen, "listen", "127.0.0.1:8088", "host:port of the page and the JSON API; port 0 takes a free one")
	flags.StringVar(&config.SignalFx, "signalfx", "127.0.0.1:9943", "host:port of SignalFx ingest and metadata API; port 0 takes a free one")
	flags.StringVar(&config.SignalFlow, "signalflow", "127.0.0.1:9946", "host:port of SignalFlow; port 0 takes a free one")
	flags.StringVar(&config.Wavefront, "wavefront", "127.0.0.1:9944", "host:port of Wavefront's service; port 0 takes a free one")
	flags.StringVar(&config.WavefrontProxy, "wavefront-proxy", "127.0.0.1:2878", "host:port of Wavefront's proxy, over TCP and HTTP; port 0 takes a free one")
	flags.StringVar(&config.Librato, "librato", "127.0.0.1:9945", "host:port of Librato and AppOptics; port 0 takes a free one")
	flags.StringArrayVar(&tokens, "signalfx-token", nil, "a SignalFx token that is good; may be repeated (default: any token)")
	flags.StringVar(&file, "signalfx-journal", "", "file that keeps what SignalFx accepted, tokens too, so that a lab that was killed knows it again (default: memory only)")
	flags.DurationVar(&config.SignalFlowRoom.MinResolution, "signalflow-min-resolution", time.Second, "the finest step that SignalFlow jobs run at; the vendor's is 1s")
	flags.StringVar(&config.Options.AuditKey, "audit-key", "test_id", "the dimension or attribute that /api/audit counts by")
	flags.BoolVar(&config.Options.Discard, "discard", false, "count what arrives but keep nothing, for load tests")
	flags.IntVar(&limits.Series, "max-series", 10_000, "series to keep; the one updated longest ago leaves first")
	flags.IntVar(&limits.PointsPerSeries, "max-points", 240, "points to keep of each series")
	flags.IntVar(&limits.Events, "max-events", 2_000, "events and annotations to keep; the oldest leave first")
	flags.IntVar(&limits.Spans, "max-spans", 5_000, "spans to keep; the oldest leave first")
	flags.IntVar(&limits.SpanLogs, "max-span-logs", 5_000, "span logs to keep; the oldest leave first")
	flags.IntVar(&limits.Rejections, "max-rejections", 1_000, "rejections to keep; the oldest leave first")
	flags.IntVar(&limits.Requests, "max-requests", 1_000, "requests to keep; the oldest leave first")
	flags.IntVar(&limits.AuditIdentities, "max-audit", 1_000_000, "identities that /api/audit tells apart; later ones are only counted")
	flags.IntVar(&limits.BodyBytes, "max-body-memory", 16<<20, "bodies of requests to keep for the page, in bytes altogether; the oldest leave first")
	flags.Int64Var(&config.Body.Wire, "max-body", 16<<20, "largest request body, in bytes as sent")
	return command
}

func run(ctx context.Context, out io.Writer, config vendorlab.Config) error {
	lab, err := vendorlab.Start(config)
	if err != nil {
		return err
	}
	defer lab.Close()
	fmt.Fprintf(out, "page and API     %s\n", lab.API.URL())
	fmt.Fprintf(out, "SignalFx ingest  %s\n", lab.SignalFx.URL())
	fmt.Fprintf(out, "SignalFlow       %s\n", lab.SignalFlow.URL())
	fmt.Fprintf(out, "Wavefront        %s\n", lab.Wavefront.URL())
	fmt.Fprintf(out, "Wavefront proxy  %s (HTTP and TCP)\n", lab.WavefrontProxy.URL())
	fmt.Fprintf(out, "Librato          %s\n", lab.Librato.URL())
	<-ctx.Done()
	return nil
}
