package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

var componentRow = regexp.MustCompile("(?m)^\\| \\[[a-z]+ `[a-z]+`\\]\\(([a-z/]+)\\) \\|(.*)\\|(.*)\\|(.*)\\|$")

// The front page tells each signal's stability as the component's metadata does.
func TestTheFrontPageTellsTheStatus(t *testing.T) {
	text, err := os.ReadFile(root + "/README.md")
	require.NoError(t, err)
	rows := componentRow.FindAllStringSubmatch(string(text), -1)
	require.Len(t, rows, len(components)-1, "all but the extension, which has no signals")
	for _, row := range rows {
		metadata, err := os.ReadFile(filepath.Join(root, row[1], "metadata.yaml"))
		require.NoError(t, err)
		var declared struct {
			Status struct{ Stability map[string][]string }
		}
		require.NoError(t, yaml.Unmarshal(metadata, &declared))
		want := map[string]string{}
		for level, signals := range declared.Status.Stability {
			for _, signal := range signals {
				want[signal] = level
			}
		}
		for i, signal := range []string{"metrics", "logs", "traces"} {
			level, _, _ := strings.Cut(strings.TrimSpace(row[2+i]), ":")
			assert.Equal(t, want[signal], level, "%s of %s", signal, row[1])
		}
	}
}
