package examples

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What the migration guides show of Python is what make check-python runs.
func TestGuidesShowTheProgramsThatAreRun(t *testing.T) {
	programs, err := filepath.Glob(examples + "migrate/*.py")
	require.NoError(t, err)
	var run strings.Builder
	for _, program := range programs {
		text, err := os.ReadFile(program)
		require.NoError(t, err)
		run.Write(text)
	}
	guides, err := filepath.Glob("../../docs/migrate/*.md")
	require.NoError(t, err)
	shown := 0
	for _, guide := range guides {
		text, err := os.ReadFile(guide)
		require.NoError(t, err)
		for _, block := range fences(string(text), "python") {
			shown++
			assert.Contains(t, run.String(), block, filepath.Base(guide))
		}
	}
	assert.GreaterOrEqual(t, shown, len(programs), "blocks of Python")
}

// fences are the code blocks of a language in a page, which stand at the beginning of a line.
func fences(page, language string) []string {
	var blocks []string
	for _, match := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllStringSubmatch(page, -1) {
		blocks = append(blocks, match[1])
	}
	return blocks
}
