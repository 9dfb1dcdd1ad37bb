package docs

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/strictconf"
)

func TestTheReferenceIsWhatTheCodeSays(t *testing.T) {
	want, err := Reference(root)
	require.NoError(t, err)
	got, err := os.ReadFile(root + "/docs/configuration.md")
	require.NoError(t, err)
	wanted, gotten := strings.Split(string(want), "\n"), strings.Split(string(got), "\n")
	for i := range max(len(wanted), len(gotten)) {
		if i >= len(wanted) || i >= len(gotten) || wanted[i] != gotten[i] {
			t.Fatalf("docs/configuration.md is not what the code says from line %d on: run `make docs` and commit the result", i+1)
		}
	}
}

var row = regexp.MustCompile("(?m)^\\| `([^`]+)` \\|")

// Nothing is left out: every key that a component takes has a row, apart from those inside the collector's sections, which are explained
// elsewhere, and inside lists.
func TestTheReferenceHasEveryKey(t *testing.T) {
	page, err := Reference(root)
	require.NoError(t, err)
	sections := strings.Split(string(page), "\n## ")[1:]
	require.Len(t, sections, len(components))
	for i, c := range components {
		rows := map[string]bool{}
		for _, match := range row.FindAllStringSubmatch(sections[i], -1) {
			rows[match[1]] = true
		}
		for _, key := range strictconf.Keys(c.config) {
			top, _, _ := strings.Cut(key, "::")
			assert.True(t, rows[top], "%s: %s", c.title, key)
		}
	}
}

// onlyALink ends a row that says nothing itself.
var onlyALink = regexp.MustCompile(`\| \[[a-z]+\]\([^)]*\) \|$`)

func TestEveryKeyHasAMeaning(t *testing.T) {
	page, err := Reference(root)
	require.NoError(t, err)
	for _, line := range strings.Split(string(page), "\n") {
		assert.False(t, strings.HasSuffix(line, "|  |"), "its field has no comment: %s", line)
		assert.NotRegexp(t, onlyALink, line, "collectorKeys has no words for it")
	}
}
