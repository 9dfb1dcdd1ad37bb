package testkit

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files")

// Golden compares text with testdata/golden/TEST/CASE.txt, named after the test and its
// case. The flag -update writes the file.
func Golden(t *testing.T, got string) {
	t.Helper()
	test, name, _ := strings.Cut(t.Name(), "/")
	plain := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '.' || r == '-' {
			return r
		}
		return '_'
	}, name)
	file := filepath.Join("testdata", "golden", test, plain+".txt")
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err, "run the test with -update once, and read what it wrote")
	assert.Equal(t, string(want), got)
}

// CountsText lists the counts that are not zero, a line each, for golden files. The
// causes are all there are, in the order of the counts.
func CountsText[C fmt.Stringer](what string, causes []C, counts []int) string {
	var b strings.Builder
	for i, n := range counts {
		if n > 0 {
			fmt.Fprintf(&b, "%s %s: %d\n", what, causes[i], n)
		}
	}
	return b.String()
}
