package testkit

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/internal/testbatch"
)

// speedRuns are enough that on a busy machine the shortest run is an undisturbed one.
const speedRuns = 40

// CheckSpeed fails when encoding the standard batch has become about twice as slow:
// against the time in which pdata marshals the same batch as OTLP, in the same run, so
// that the machine does not matter; or when it allocates more, per OTLP datapoint.
func CheckSpeed(t *testing.T, prepare Encoder, maxRatio, maxAllocs float64) {
	t.Helper()
	md := testbatch.Standard()
	encode := prepare(md)
	encode()
	allocs := testing.AllocsPerRun(5, func() { encode() }) / testbatch.StandardPoints
	assert.LessOrEqual(t, allocs, maxAllocs, "allocations per OTLP datapoint")

	var marshaler pmetric.ProtoMarshaler
	ours, reference := time.Hour, time.Hour
	for range speedRuns {
		start := time.Now()
		_, err := marshaler.MarshalMetrics(md)
		reference = min(reference, time.Since(start))
		require.NoError(t, err)
		start = time.Now()
		encode()
		ours = min(ours, time.Since(start))
	}
	ratio := float64(ours) / float64(reference)
	t.Logf("%.0f ns and %.4f allocations per OTLP datapoint, %.2f times what marshaling OTLP takes",
		float64(ours.Nanoseconds())/testbatch.StandardPoints, allocs, ratio)
	assert.LessOrEqual(t, ratio, maxRatio, "time to encode, against marshaling OTLP")
}
