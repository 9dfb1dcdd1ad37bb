package demo

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReadDebugLog(t *testing.T) {
	log := filepath.Join(t.TempDir(), "collector.log")
	require.NoError(t, os.WriteFile(log, []byte(`2026-11-27T01:10:53.1Z	info	ResourceMetrics #0
Metric #0
     -> Name: system.memory.usage
NumberDataPoints #0
Data point attributes:
     -> host.name: Str(a)
StartTimestamp: 1970-01-01 00:00:00 +0000 UTC
Timestamp: 2026-11-27 01:10:53 +0000 UTC
Value: 4418084864.000000
	{"resource": {}}
Timestamp: 2026-11-27 01:10:54.5 +0000 UTC
Value: 1.000000
Timestamp: 2026-11-27 01:10:53 +0000 UTC
Value: 2.000000
`), 0o600))
	got := make(map[time.Time][]string)
	require.NoError(t, readDebugLog(log, got))
	assert.Equal(t, map[time.Time][]string{
		time.Date(2026, 11, 27, 1, 10, 53, 0, time.UTC):   {"4418084864.000000", "2.000000"},
		time.Date(2026, 11, 27, 1, 10, 54, 5e8, time.UTC): {"1.000000"},
	}, got)
}

func TestJudge(t *testing.T) {
	at := func(s int) time.Time { return time.Unix(int64(s), 0) }
	want := map[time.Time]string{at(1): "1", at(2): "2", at(3): "3", at(4): "4"}
	got := map[time.Time][]string{at(1): {"1"}, at(2): {"2", "2", "2"}, at(4): {"4", "5"}}
	missing, repeated, different := judge(got, want)
	assert.Equal(t, []int{1, 2, 1}, []int{missing, repeated, different})
}

// What is compared must be what the example computes.
func TestTheLoopRunsTheProgramOfTheExample(t *testing.T) {
	config, err := os.ReadFile("../../examples/signalflow-loop/collector.yaml")
	require.NoError(t, err)
	assert.True(t, strings.Contains(string(config), "program: "+loopProgram+"\n"))
}
