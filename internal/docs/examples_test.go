package docs

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
)

// Every example is explained, is on the list, and shows no YAML that is not in its files.
func TestEveryExampleIsExplained(t *testing.T) {
	list, err := os.ReadFile(root + "/examples/README.md")
	require.NoError(t, err)
	readmes, err := filepath.Glob(root + "/examples/*/README.md")
	require.NoError(t, err)
	require.NotEmpty(t, readmes)
	entries, err := os.ReadDir(root + "/examples")
	require.NoError(t, err)
	require.Len(t, readmes, len(entries)-1, "a README in each folder")
	for _, readme := range readmes {
		folder := filepath.Dir(readme)
		name := filepath.Base(folder)
		assert.Contains(t, string(list), "]("+name+")")
		files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
		require.NoError(t, err)
		testkit.CheckSamples(t, readme, files...)
	}
}
