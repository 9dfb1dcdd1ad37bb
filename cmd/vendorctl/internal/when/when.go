// Package when reads times as people write them at a command line.
package when

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Parse reads "now", a distance from now such as -1h or +30m, a date such as
// 2026-01-02T15:04:05Z or 2026-01-02, or a Unix time in seconds or milliseconds.
// Nothing is the zero time.
func Parse(text string, now time.Time) (time.Time, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return time.Time{}, nil
	case text == "now":
		return now, nil
	case text[0] == '-' || text[0] == '+':
		d, err := Distance(text)
		return now.Add(d), err
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		if n >= firstMillisecond {
			return time.UnixMilli(n), nil
		}
		return time.Unix(n, 0), nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time: write now, -1h, 2006-01-02T15:04:05Z, or a Unix time", text)
}

// firstMillisecond tells Unix times apart: as seconds it would be in the year 5138.
const firstMillisecond = 100_000_000_000

// Distance reads a Go duration, which may also have days (d) and weeks (w), as in
// SignalFlow: -1d, 2w.
func Distance(text string) (time.Duration, error) {
	for unit, length := range map[string]time.Duration{"d": 24 * time.Hour, "w": 7 * 24 * time.Hour} {
		if number, ok := strings.CutSuffix(text, unit); ok {
			if n, err := strconv.ParseFloat(number, 64); err == nil {
				return time.Duration(n * float64(length)), nil
			}
		}
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, fmt.Errorf("%q is no length of time: write such as 90s, 15m, 1h or 2d", text)
	}
	return d, nil
}
