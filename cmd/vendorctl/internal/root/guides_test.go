package root

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/session"
)

var guideCommand = regexp.MustCompile("`vendorctl ([^`]+)`")

// A command of the migration guides stands in a transcript with all its arguments, or is one that has commands below it.
func TestEveryCommandOfTheMigrationGuidesWasRun(t *testing.T) {
	guides, err := filepath.Glob("../../../../docs/migrate/*.md")
	require.NoError(t, err)
	transcript, err := os.ReadFile("testdata/transcripts/migrate.txt")
	require.NoError(t, err)
	ran := map[string]bool{}
	for line := range strings.SplitSeq(string(transcript), "\n") {
		if command, ok := strings.CutPrefix(line, "$ vendorctl "); ok {
			command, _, _ = strings.Cut(command, " <<")
			ran[command] = true
		}
	}
	named := map[string]bool{}
	for _, guide := range guides {
		text, err := os.ReadFile(guide)
		require.NoError(t, err)
		for _, match := range guideCommand.FindAllStringSubmatch(string(text), -1) {
			named[match[1]] = true
			found, rest, err := New(&session.Session{}).Find(strings.Fields(match[1]))
			if err == nil && len(rest) == 0 && found.HasSubCommands() {
				continue
			}
			assert.Contains(t, ran, match[1], filepath.Base(guide))
		}
	}
	for command := range ran {
		assert.Contains(t, named, command, "a command that no guide names belongs into another transcript")
	}
}
