package when

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"":                     {},
		"now":                  now,
		"-1h":                  now.Add(-time.Hour),
		"+90s":                 now.Add(90 * time.Second),
		"-2d":                  now.Add(-48 * time.Hour),
		"-1w":                  now.Add(-7 * 24 * time.Hour),
		"1700000000":           time.Unix(1700000000, 0),
		"1700000000000":        time.UnixMilli(1700000000000),
		"2026-01-02T03:04:05Z": now,
		"2026-01-02T03:04:05":  now,
		"2026-01-02":           time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC),
	} {
		got, err := Parse(text, now)
		require.NoError(t, err, text)
		assert.True(t, want.Equal(got), "%s: %s", text, got)
	}
	for _, text := range []string{"yesterday", "-1", "-h", "1h", "-1x"} {
		_, err := Parse(text, now)
		assert.Error(t, err, text)
	}
}
