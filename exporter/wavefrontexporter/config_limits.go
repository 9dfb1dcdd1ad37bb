package wavefrontexporter

import (
	"errors"
	"fmt"
	"time"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter/internal/translate"
)

// LimitsConfig bounds what is sent. Lengths are in UTF-16 code units, as the vendor
// counts them; 0 does not enforce a limit.
type LimitsConfig struct {
	MetricName    int `mapstructure:"metric_name"`
	Source        int `mapstructure:"source"`
	PointTags     int `mapstructure:"point_tags"`
	PointTagKey   int `mapstructure:"point_tag_key"`
	PointTagValue int `mapstructure:"point_tag_value"`
	// PointTagPair bounds a key and its value together.
	PointTagPair int `mapstructure:"point_tag_pair"`
	Centroids    int `mapstructure:"centroids"`
	SpanName     int `mapstructure:"span_name"`
	SpanTags     int `mapstructure:"span_tags"`
	SpanTagKey   int `mapstructure:"span_tag_key"`
	SpanTagValue int `mapstructure:"span_tag_value"`
	// SpanLogSize bounds the line of a span's logs, in bytes.
	SpanLogSize int `mapstructure:"span_log_size"`
	// CutText cuts sources, tag values and span names that are too long, instead of leaving them out.
	CutText bool `mapstructure:"cut_text"`
	// MaxAge and MaxFuture bound the times of points and spans around now.
	MaxAge    time.Duration `mapstructure:"max_age"`
	MaxFuture time.Duration `mapstructure:"max_future"`

	_ struct{}
}

func defaultLimits() LimitsConfig {
	l := wavefront.DocumentedLimits()
	return LimitsConfig{
		MetricName: l.MetricName, Source: l.Source,
		PointTags: l.PointTags, PointTagKey: l.PointTagKey, PointTagValue: l.PointTagValue, PointTagPair: l.PointTagPair,
		Centroids: l.Centroids,
		SpanName:  l.SpanName, SpanTags: l.SpanTags, SpanTagKey: l.SpanTagKey, SpanTagValue: l.SpanTagValue,
		SpanLogSize: wavefront.MaxSpanLogBytes,
		CutText:     true,
		MaxAge:      wavefront.MaxPastSeconds * time.Second,
		MaxFuture:   wavefront.MaxFutureSeconds * time.Second,
	}
}

// The least that leaves room for what every line needs.
const (
	minPointTags   = 1
	minSpanTags    = 10
	minSpanLogSize = 1024
	minCentroids   = 3
)

// Validate refuses limits that leave no room.
func (c *LimitsConfig) Validate() error {
	var errs []error
	atLeast := func(key string, value, least int) {
		if value != 0 && value < least {
			errs = append(errs, fmt.Errorf("`%s` is %d: it must be at least %d, or 0 for no limit", key, value, least))
		}
	}
	atLeast("metric_name", c.MetricName, 1)
	atLeast("source", c.Source, 1)
	atLeast("point_tags", c.PointTags, minPointTags)
	atLeast("point_tag_key", c.PointTagKey, 1)
	atLeast("point_tag_value", c.PointTagValue, 1)
	atLeast("point_tag_pair", c.PointTagPair, 2)
	atLeast("centroids", c.Centroids, minCentroids)
	atLeast("span_name", c.SpanName, 1)
	atLeast("span_tags", c.SpanTags, minSpanTags)
	atLeast("span_tag_key", c.SpanTagKey, 1)
	atLeast("span_tag_value", c.SpanTagValue, 1)
	atLeast("span_log_size", c.SpanLogSize, minSpanLogSize)
	if c.MaxAge < 0 || c.MaxFuture < 0 {
		errs = append(errs, errors.New("`max_age` and `max_future` must not be negative: set 0 for no limit"))
	}
	return errors.Join(errs...)
}

func (c *LimitsConfig) limits() wavefront.Limits {
	return wavefront.Limits{
		MetricName: c.MetricName, Source: c.Source,
		PointTags: c.PointTags, PointTagKey: c.PointTagKey, PointTagValue: c.PointTagValue, PointTagPair: c.PointTagPair,
		Centroids: c.Centroids,
		SpanName:  c.SpanName, SpanTags: c.SpanTags, SpanTagKey: c.SpanTagKey, SpanTagValue: c.SpanTagValue,
		CutText: c.CutText,
	}
}

func (c *LimitsConfig) times() translate.TimeRules {
	return translate.TimeRules{MaxAge: int64(c.MaxAge / time.Second), MaxFuture: int64(c.MaxFuture / time.Second)}
}
