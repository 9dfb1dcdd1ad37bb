package libratocmd

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/apply"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/command"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/exit"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/input"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/session"
)

const applyLong = `Bring alerts, spaces and charts to what a file says, as export writes it.

The difference is shown, and only what differs is changed. What the file does not name stays as it is: objects,
and members of objects, whoever put them there. A member that is null in the file is taken away. Alerts name
services by title, or by id. Nothing is deleted.`

func newApply(s *session.Session) *cobra.Command {
	var path string
	var dry bool
	cmd := command.Leaf("apply", "Bring alerts, spaces and charts to what a file says", func(cmd *cobra.Command, _ []string) error {
		file, err := readFile(cmd, path)
		if err != nil {
			return exit.With(exit.Usage, err)
		}
		client, err := s.Librato()
		if err != nil {
			return err
		}
		steps, err := apply.Plan(cmd.Context(), client, file)
		if err != nil {
			return err
		}
		made, same := 0, 0
		for _, step := range steps {
			if step.Action == apply.Unchanged {
				same++
				continue
			}
			show(cmd, step)
			if !dry {
				if err := step.Do(cmd.Context()); err != nil {
					return fmt.Errorf("%d of %d changes were made; apply again when this is mended: %w", made, len(steps)-unchanged(steps), err)
				}
			}
			made++
		}
		done := "changed"
		if dry {
			done = "to change"
		}
		command.Confirm(cmd, "%d %s, %d unchanged", made, done, same)
		return nil
	})
	cmd.Long = applyLong
	cmd.Example = "  vendorctl librato apply -f alerts.yaml --dry-run\n  vendorctl librato export | vendorctl --profile stage librato apply -f -"
	command.File(cmd.Flags(), &path, "alerts and spaces as YAML or JSON")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "show the difference and change nothing")
	return cmd
}

func unchanged(steps []*apply.Step) (n int) {
	for _, step := range steps {
		if step.Action == apply.Unchanged {
			n++
		}
	}
	return n
}

func readFile(cmd *cobra.Command, path string) (*apply.File, error) {
	if path == "" {
		return nil, errors.New("-f is missing: a file of alerts and spaces, or - for standard input")
	}
	r, _, err := input.Open(path, cmd.InOrStdin())
	if err != nil {
		return nil, err
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, maxFile))
	if err != nil {
		return nil, err
	}
	file, err := apply.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return file, nil
}

// maxFile bounds a file, in bytes.
const maxFile = 16 << 20

func show(cmd *cobra.Command, step *apply.Step) {
	fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", step.What, step.Action)
	for _, line := range step.Changes {
		fmt.Fprintf(cmd.OutOrStdout(), "  %s\n", line)
	}
}

func newExport(s *session.Session) *cobra.Command {
	var alerts, spaces bool
	cmd := command.Leaf("export", "Write alerts, spaces and charts as a file that apply takes", func(cmd *cobra.Command, _ []string) error {
		client, err := s.Librato()
		if err != nil {
			return err
		}
		both := alerts == spaces
		text, err := apply.Export(cmd.Context(), client, alerts || both, spaces || both)
		if err != nil {
			return err
		}
		_, err = cmd.OutOrStdout().Write(text)
		return err
	})
	cmd.Flags().BoolVar(&alerts, "alerts", false, "alerts only")
	cmd.Flags().BoolVar(&spaces, "spaces", false, "spaces and their charts only")
	return cmd
}
