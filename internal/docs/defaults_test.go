package docs

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// referenceRow is a key with its type and default; readmeRow is a row of a README's tables of keys.
var (
	referenceRow = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| [^|]+ \\| ([^|]+) \\|")
	readmeRow    = regexp.MustCompile(`(?m)^\| ([^|]+) \| ([^|]+) \| [^|]*\|$`)
	keyTables    = regexp.MustCompile(`(?s)## Keys\n.*?\n## `)
)

// A README gives one default for the row's keys, or one for each of them. What it does not write in back-quotes is prose.
func TestReadmesTellTheDefaults(t *testing.T) {
	page, err := Reference(root)
	require.NoError(t, err)
	sections := strings.Split(string(page), "\n## ")[1:]
	for i, c := range components {
		defaults := map[string]string{}
		for _, match := range referenceRow.FindAllStringSubmatch(sections[i], -1) {
			defaults[match[1]] = match[2]
		}
		readme, err := os.ReadFile(root + "/" + c.folder + "/README.md")
		require.NoError(t, err)
		checked := 0
		for _, row := range readmeRow.FindAllStringSubmatch(string(keyTables.Find(readme)), -1) {
			keys, told := strings.Split(row[1], ", "), []string{row[2]}
			if len(keys) > 1 && strings.Contains(row[2], ", ") {
				told = strings.Split(row[2], ", ")
				require.Len(t, told, len(keys), "%s: defaults of %s", c.folder, row[1])
			}
			for k, key := range keys {
				want := defaults[strings.Trim(key, "`")]
				got := told[min(k, len(told)-1)]
				if want != "see below" && want != "" && strings.Count(got, "`") == 2 && strings.HasPrefix(got, "`") && strings.HasSuffix(got, "`") {
					assert.Equal(t, plain(want), plain(got), "%s: default of %s", c.folder, key)
					checked++
				}
			}
		}
		if len(defaults) > 5 { // the one key of the extension has none
			assert.Greater(t, checked, 5, c.folder)
		}
	}
}

// plain makes the ways to write a value one: durations, lists with commas.
func plain(cell string) string {
	text := strings.ReplaceAll(strings.Trim(cell, "`"), ", ", " ")
	if d, err := time.ParseDuration(text); err == nil {
		return d.String()
	}
	return text
}
