package librato

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// recorded is how many cases each file of vectors holds; those of sanitize have a test of their own.
var recorded = map[string]int{
	"submit": 24, "tags": 54, "queue": 19, "chunking": 22, "aggregator": 24, "annotations": 16, "errors": 26,
	"metrics": 43, "alerts": 30, "spaces_charts": 32,
}

// TestNoVectorIsLeftOut keeps a file, a case or a request from being overlooked.
func TestNoVectorIsLeftOut(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(vectorsFolder, "*.jsonl"))
	require.NoError(t, err)
	assert.Len(t, files, len(recorded)+1)
	for _, path := range files {
		file := strings.TrimSuffix(filepath.Base(path), ".jsonl")
		if file == "sanitize" {
			continue
		}
		cases := readVectors(t, file)
		assert.Len(t, cases, recorded[file], file)
		seen := map[string]bool{}
		for _, lines := range cases {
			id := lines[0].ID
			assert.False(t, seen[id], "the lines of %s do not stand together", id)
			seen[id] = true
			assert.Len(t, lines, max(1, lines[0].Of), "requests of %s", id)
		}
	}
	for _, file := range []string{"submit", "tags", "queue", "chunking", "aggregator", "annotations", "errors"} {
		assert.Contains(t, vectorFiles, file)
	}
}
