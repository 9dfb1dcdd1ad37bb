package librato

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCountMeasurements(t *testing.T) {
	for body, want := range map[string]int{
		``:                   0,
		`{}`:                 0,
		`{"gauges":[{},{}]}`: 2,
		`{"tags":{"a":"b"},"measurements":[{"tags":{"a":"b"}}],"time":1}`: 1,
		`{"gauges":[{"name":"\"}]{["}],"counters":[{"name":"\\"},{}]}`:    3,
		`{"gauges":{"0":{"name":"a"},"1":{"name":"b"}}}`:                  2,
		`{"gauges":[{"name":"never ends`:                                  1,
		`]]]{"`:                                                           0,
	} {
		assert.Equal(t, want, countMeasurements([]byte(body)), body)
	}
}
