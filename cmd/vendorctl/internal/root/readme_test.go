package root

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/apply"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/exit"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/profile"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/session"
)

func readme(t *testing.T) string {
	text, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	return string(text)
}

// blocks are those of the README in one language.
func blocks(t *testing.T, language string) (all []string) {
	for _, match := range regexp.MustCompile("(?ms)^ *```"+language+"\n(.*?)^ *```").FindAllStringSubmatch(readme(t), -1) {
		all = append(all, match[1])
	}
	require.NotEmpty(t, all)
	return all
}

// TestWhatTheReadmeShowsWasPrinted: each command with its output stands in a transcript.
func TestWhatTheReadmeShowsWasPrinted(t *testing.T) {
	var printed strings.Builder
	files, err := filepath.Glob("testdata/transcripts/*.txt")
	require.NoError(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		printed.Write(text)
	}
	for _, block := range blocks(t, "console") {
		for command := range strings.SplitSeq(block, "\n\n") {
			assert.Contains(t, printed.String(), strings.TrimSuffix(command, "\n")+"\n")
		}
	}
}

func TestTheReadmeListsEveryCommandAndExitCode(t *testing.T) {
	text := readme(t)
	for _, vendor := range New(&session.Session{}).Commands() {
		line := regexp.MustCompile("(?m)^\\| `" + vendor.Name() + "` .*$").FindString(text)
		assert.NotEmpty(t, line, vendor.Name())
		if vendor.Name() == "completion" {
			continue
		}
		for _, cmd := range vendor.Commands() {
			assert.Contains(t, line, "`"+cmd.Name()+"`", vendor.Name())
		}
	}
	for _, code := range []int{exit.OK, exit.Failed, exit.Usage, exit.Credentials, exit.NotFound, exit.TryAgain, exit.Refused, exit.Partly, exit.Interrupted} {
		assert.Contains(t, text, "\n| "+strconv.Itoa(code)+" | ")
	}
}

// TestTheReadmesFilesAreRead: the profile file and the file of apply.
func TestTheReadmesFilesAreRead(t *testing.T) {
	files := blocks(t, "yaml")
	require.Len(t, files, 2)
	path := filepath.Join(t.TempDir(), "profiles.yaml")
	text := regexp.MustCompile(`(?m)^   `).ReplaceAllString(files[0], "")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	for _, name := range []string{"default", "stage"} {
		_, err := profile.Load(path, name, func(string) string { return "" })
		require.NoError(t, err)
	}
	file, err := apply.Parse([]byte(files[1]))
	require.NoError(t, err)
	assert.Len(t, file.Alerts, 1)
	assert.Len(t, file.Spaces[0].Charts, 2)
}
