// Package command has what the vendors' command trees are built of.
package command

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/exit"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/input"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/session"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/when"
)

// Run is what a command does.
type Run func(cmd *cobra.Command, args []string) error

// Leaf returns a command that does something. Its arguments are the words in capitals
// of use; those in brackets may be left out, and dots allow more of the last.
func Leaf(use, short string, run Run) *cobra.Command {
	return &cobra.Command{Use: use, Short: short, Args: argumentsOf(use), RunE: run}
}

// Group returns a command that holds others.
func Group(use, short string, children ...*cobra.Command) *cobra.Command {
	group := &cobra.Command{Use: use, Short: short, Args: unknown, RunE: func(cmd *cobra.Command, _ []string) error {
		return cmd.Help()
	}}
	group.AddCommand(children...)
	return group
}

// unknown refuses a word that is no command, and suggests ones that are.
func unknown(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	cmd.SuggestionsMinimumDistance = 2
	hint := "see " + cmd.CommandPath() + " --help"
	if lab := cmd.Flag("lab"); lab != nil && lab.Changed && strings.Contains(args[0], "://") {
		hint = "write --lab=" + args[0] + ", with an equals sign"
	}
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		hint = "did you mean " + strings.Join(near, " or ") + "?"
	}
	return exit.With(exit.Usage, fmt.Errorf("%s has no command %q: %s", cmd.CommandPath(), args[0], hint))
}

// argumentsOf checks the number of arguments, and names the ones that are missing.
func argumentsOf(use string) cobra.PositionalArgs {
	words := strings.Fields(use)[1:]
	required, most := 0, len(words)
	for _, word := range words {
		if !strings.HasPrefix(word, "[") {
			required++
		}
		if strings.Contains(word, "...") {
			most = -1
		}
	}
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < required:
			return exit.With(exit.Usage, fmt.Errorf("%s is missing: %s", words[len(args)], cmd.UseLine()))
		case most >= 0 && len(args) > most:
			return exit.With(exit.Usage, fmt.Errorf("%q is one argument too many: %s", args[most], cmd.UseLine()))
		}
		return nil
	}
}

// Confirm says on standard error what was done, for what has no answer to show.
func Confirm(cmd *cobra.Command, format string, a ...any) {
	fmt.Fprintf(cmd.ErrOrStderr(), format+"\n", a...)
}

// File adds the flag -f, a file or - for standard input.
func File(flags *pflag.FlagSet, path *string, what string) {
	flags.StringVarP(path, "file", "f", "", what+"; - is standard input")
}

// OnlyFile refuses, beside -f, arguments and flags that mean one object: they would be
// left out without a word. The flags in with go together with a file.
func OnlyFile(cmd *cobra.Command, args []string, with ...string) error {
	if len(args) > 0 {
		return exit.With(exit.Usage, fmt.Errorf("%q does not go together with -f: write it into the file", args[0]))
	}
	var err error
	cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
		if f.Changed && f.Name != "file" && !slices.Contains(with, f.Name) {
			err = exit.With(exit.Usage, fmt.Errorf("--%s does not go together with -f: write it into the file", f.Name))
		}
	})
	return err
}

// Object reads the JSON or YAML object of -f.
func Object(cmd *cobra.Command, path string, into any) error {
	if path == "" {
		return exit.With(exit.Usage, fmt.Errorf("-f is missing: a file with the object as JSON or YAML, or - for standard input"))
	}
	return exit.With(exit.Usage, input.Object(path, cmd.InOrStdin(), into))
}

// Members reads the members that the object of -f names, numbers as they are written.
func Members(cmd *cobra.Command, path string, into *map[string]any) error {
	var raw json.RawMessage
	if err := Object(cmd, path, &raw); err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		return exit.With(exit.Usage, fmt.Errorf("%s: is no map of members: %w", path, err))
	}
	return nil
}

// Pairs reads key=value flags.
func Pairs(texts []string) (map[string]string, error) {
	pairs := map[string]string{}
	for _, text := range texts {
		key, value, ok := strings.Cut(text, "=")
		if !ok || key == "" {
			return nil, exit.With(exit.Usage, fmt.Errorf("%q is not of the form KEY=VALUE", text))
		}
		pairs[key] = value
	}
	return pairs, nil
}

// Time reads the time of a flag.
func Time(s *session.Session, flag, text string) (time.Time, error) {
	t, err := when.Parse(text, s.Now())
	if err != nil {
		err = exit.With(exit.Usage, fmt.Errorf("--%s: %w", flag, err))
	}
	return t, err
}

// Lines are the flags of a command that sends lines of a file.
type Lines struct {
	Path string
	skip int
}

// AddFlags adds the flags.
func (l *Lines) AddFlags(flags *pflag.FlagSet, what string) {
	File(flags, &l.Path, what)
	flags.IntVar(&l.skip, "skip-lines", 0, "leave out so many lines of the file, which were sent before")
}

// maxReported bounds how many bad lines are reported one by one.
const maxReported = 10

// Send sends the lines in batches and says what became of them.
func (l *Lines) Send(cmd *cobra.Command, batch input.Batch) error {
	r, size, err := input.Open(l.Path, cmd.InOrStdin())
	if err != nil {
		return exit.With(exit.Usage, err)
	}
	defer r.Close()
	progress := input.NewProgress(cmd.ErrOrStderr())
	reported := 0
	report, err := input.Send(cmd.Context(), r, batch, input.Options{
		Size: size, Skip: l.skip, Progress: progress, Live: input.IsLive(l.Path, size, cmd.InOrStdin()),
		Bad: func(line int, err error) {
			progress.Clear()
			if reported++; reported <= maxReported {
				Confirm(cmd, "line %d is left out: %v", line, err)
			} else if reported == maxReported+1 {
				Confirm(cmd, "more lines are left out; only their number follows")
			}
		},
	})
	progress.Clear()
	Confirm(cmd, "%d sent, %d bad lines", report.Sent, report.Bad)
	if err == nil && report.Bad > 0 {
		return exit.With(exit.Partly, errors.New("some lines were left out"))
	}
	return err
}
