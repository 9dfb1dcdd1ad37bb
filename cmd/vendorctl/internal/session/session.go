// Package session is what all commands share: the flags that each has, and the
// vendors' clients made of them.
package session

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/exit"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/output"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/profile"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/screen"
)

// UserAgent is sent with every request.
const UserAgent = "vendorctl"

// Session is one run of the command.
type Session struct {
	// Getenv and Now are the world's, or a test's.
	Getenv func(string) string
	Now    func() time.Time

	format      string
	columns     []string
	limit       int
	profileFile string
	profileName string
	lab         string
	timeout     time.Duration
	patience    time.Duration

	// LibratoAPI, WavefrontProxy and FlowTransport are flags of those vendors' commands.
	LibratoAPI     string
	WavefrontProxy bool
	FlowTransport  string

	transport *http.Transport
	loaded    *profile.Profile
	onClose   []func() error
}

// DefaultLab is where a lab's page and API are unless --lab says otherwise.
const DefaultLab = "http://127.0.0.1:8088"

// AddFlags adds the flags that every command has.
func (s *Session) AddFlags(flags *pflag.FlagSet) {
	flags.StringVarP(&s.format, "output", "o", "", "table, json or csv (default table; streams: json, or table on a terminal)")
	flags.StringSliceVar(&s.columns, "columns", nil, "columns of tables and CSV: members as the vendor names them, such as name,customProperties.team")
	flags.IntVar(&s.limit, "limit", 0, "end a list after so many items (default: all)")
	flags.StringVar(&s.profileName, "profile", "", "profile of the profile file (default $VENDORCTL_PROFILE, or "+profile.DefaultName+")")
	flags.StringVar(&s.profileFile, "profile-file", "", "file of profiles, mode 0600 (default ~/.config/vendorctl/profiles.yaml)")
	flags.StringVar(&s.lab, "lab", "", "talk to a lab, whose page is at this URL, instead of the vendors")
	flags.Lookup("lab").NoOptDefVal = DefaultLab
	flags.DurationVar(&s.timeout, "timeout", 30*time.Second, "longest time for one request")
	flags.DurationVar(&s.patience, "wait", 0, "longest time to wait, in all, for a rate limit that says when it ends (default: not at all)")
}

// AddCompletions adds what the shell offers for the flags.
func AddCompletions(command *cobra.Command) {
	_ = command.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(output.Formats, cobra.ShellCompDirectiveNoFileComp))
}

// Check finds mistakes in the flags before a command runs.
func (s *Session) Check() error {
	if s.format == "" {
		return nil
	}
	_, err := output.ParseFormat(s.format)
	return exit.With(exit.Usage, err)
}

// Format is how to write, by default as a table.
func (s *Session) Format() output.Format {
	if s.format == "" {
		return output.Table
	}
	return output.Format(s.format)
}

// StreamFormat is how to write a stream: by default as a table on a terminal, else as JSON lines.
func (s *Session) StreamFormat(w io.Writer) output.Format {
	if s.format == "" && !screen.Is(w) {
		return output.JSON
	}
	return s.Format()
}

// Limit is after how many items a list or stream ends; 0 is never.
func (s *Session) Limit() int { return s.limit }

// List writes items in the format that was asked for.
func List[T any](s *Session, command *cobra.Command, columns []string, items iter.Seq2[T, error]) error {
	return output.Each(command.OutOrStdout(), s.Format(), s.columnsOr(columns), first(items, s.limit))
}

// Show writes one item in the format that was asked for.
func (s *Session) Show(command *cobra.Command, columns []string, item any) error {
	if s.Format() == output.Table {
		columns = nil // all that is known of it
	}
	return output.One(command.OutOrStdout(), s.Format(), s.columnsOr(columns), item)
}

func (s *Session) columnsOr(columns []string) []string {
	if len(s.columns) > 0 {
		return s.columns
	}
	return columns
}

// first ends a list after n items; 0 is no limit.
func first[T any](items iter.Seq2[T, error], n int) iter.Seq2[T, error] {
	if n <= 0 {
		return items
	}
	return func(yield func(T, error) bool) {
		seen := 0
		for item, err := range items {
			if seen++; !yield(item, err) || seen == n {
				return
			}
		}
	}
}

// Client returns the HTTP client of this run.
func (s *Session) Client() *http.Client {
	if s.transport == nil {
		s.transport = http.DefaultTransport.(*http.Transport).Clone()
		s.OnClose(func() error { s.transport.CloseIdleConnections(); return nil })
	}
	return &http.Client{Transport: s.transport, Timeout: s.timeout}
}

// OnClose runs f when the command has ended, in reverse order.
func (s *Session) OnClose(f func() error) { s.onClose = append(s.onClose, f) }

// Close ends what the command has begun.
func (s *Session) Close() error {
	var errs []error
	for i := len(s.onClose) - 1; i >= 0; i-- {
		errs = append(errs, s.onClose[i]())
	}
	s.onClose = nil
	return errors.Join(errs...)
}

// Profile returns where the vendors are: the lab's, or those of profile and environment.
func (s *Session) Profile() (*profile.Profile, error) {
	if s.loaded != nil {
		return s.loaded, nil
	}
	var err error
	if s.lab != "" {
		s.loaded, err = s.labProfile()
		return s.loaded, err
	}
	name := s.profileName
	if name == "" {
		name = s.Getenv("VENDORCTL_PROFILE")
	}
	s.loaded, err = profile.Load(s.profileFile, name, s.Getenv)
	return s.loaded, exit.With(exit.Credentials, err)
}

// checkToken finds what no header can hold, such as the end of the line that a token was read from.
func checkToken(variable, token string) error {
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return exit.With(exit.Credentials, fmt.Errorf("%s: a token may hold printable ASCII characters only; check for blanks and ends of lines", variable))
	}
	return nil
}

// missing is the error of something that no command can do without.
func (s *Session) missing(what, variable string) error {
	return exit.With(exit.Credentials, fmt.Errorf("no %s: set %s, or write it to %s, or try a lab with --lab",
		what, variable, profile.DefaultPath(s.Getenv)))
}
