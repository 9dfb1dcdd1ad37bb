package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/e2e/harness"
)

func TestTable(t *testing.T) {
	lines := []string{
		harness.Line{Case: "down, then back", Target: "wavefront direct", Signal: harness.Metrics, In: 1200, Delivered: 1200}.String(),
		harness.Line{Case: "down, then back", Target: "wavefront tcp", Signal: harness.Logs, In: 3, Delivered: 1, Duplicates: 4, Dropped: harness.Reasons{"a": 1, "b_c": 1}, Note: "why"}.String(),
		harness.Line{Case: "hostile: a name that is longer than its column", Target: "signalfx", Signal: harness.Traces, In: 2, Delivered: 1}.String(),
	}
	var out strings.Builder
	require.NoError(t, run(strings.NewReader(strings.Join(lines, "\n")), &out))
	assert.Equal(t, `| case | signalfx | wavefront | librato | longest |
|---|---|---|---|---|
| down, then back |  | 1,203, 2 dropped, 4 twice |  | 1 s |
| hostile input beside sound input | 2, 1 missing |  |  | 1 s |
`, out.String())
	assert.Error(t, run(strings.NewReader("something else"), &out))
}
