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
		run.WriteString(read(t, program))
	}
	guides, err := filepath.Glob("../../docs/migrate/*.md")
	require.NoError(t, err)
	shown := 0
	for _, guide := range guides {
		for _, block := range fences(read(t, guide), "python") {
			shown++
			assert.Contains(t, run.String(), block, filepath.Base(guide))
		}
	}
	assert.GreaterOrEqual(t, shown, len(programs), "blocks of Python")
}

// What the guide says of translation rules is what TestTranslationRulesAsProcessors runs.
func TestGuideShowsTheProcessorsThatAreRun(t *testing.T) {
	run := read(t, examples+"migrate/translation-rules.yaml")
	_, rules, _ := strings.Cut(read(t, "../../docs/migrate/upstream-signalfx.md"), "| action | processor |")
	statements := regexp.MustCompile("`([a-z_]+\\(.*?\\).*?|metric\\.name ==.*?)`").FindAllStringSubmatch(rules, -1)
	assert.Greater(t, len(statements), 8)
	for _, statement := range statements {
		assert.Contains(t, run, "- "+statement[1]+"\n")
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(text)
}

// fences are the code blocks of a language in a page, which stand at the beginning of a line.
func fences(page, language string) []string {
	var blocks []string
	for _, match := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllStringSubmatch(page, -1) {
		blocks = append(blocks, match[1])
	}
	return blocks
}
