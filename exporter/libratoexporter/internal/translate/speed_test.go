//go:build speed

package translate

import (
	"testing"

	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
)

func TestEncodingIsFast(t *testing.T) {
	testkit.CheckSpeed(t, prepareEncode(func(*Rules) {}), 3.8, 0.02)
}
