//go:build speed

package translate

import (
	"testing"

	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
)

func TestEncodingIsFast(t *testing.T) { testkit.CheckSpeed(t, prepareEncode, 3.2, 0.02) }
