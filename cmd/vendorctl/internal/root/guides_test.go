package root

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/session"
)

var guideCommand = regexp.MustCompile("`vendorctl ([a-z]+(?: [a-z][a-z-]*)*)")

func TestEveryCommandOfTheMigrationGuidesExists(t *testing.T) {
	guides, err := filepath.Glob("../../../../docs/migrate/*.md")
	require.NoError(t, err)
	root, commands := New(&session.Session{}), 0
	for _, guide := range guides {
		text, err := os.ReadFile(guide)
		require.NoError(t, err)
		for _, match := range guideCommand.FindAllStringSubmatch(string(text), -1) {
			commands++
			checkCommand(t, root, match[1])
		}
	}
	assert.Greater(t, commands, 20)
}
