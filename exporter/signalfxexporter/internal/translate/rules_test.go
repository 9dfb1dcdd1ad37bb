package translate

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-custom/otelcol-custom/internal/parts"
	"github.com/otelcol-custom/otelcol-custom/internal/pdatawalk"
)

func TestHostIDs(t *testing.T) {
	azure := map[string]any{
		"cloud.provider": "azure", "cloud.account.id": "Sub-1", "azure.resourcegroup.name": "Group", "azure.vm.name": "VM",
	}
	cases := map[string]struct {
		attributes map[string]any
		want       HostID
		none       bool
	}{
		"aws": {attributes: map[string]any{"cloud.provider": "aws", "cloud.region": "us-east-1", "cloud.account.id": "123456789012", "host.id": "i-abc"},
			want: HostID{"AWSUniqueId", "i-abc_us-east-1_123456789012"}},
		"aws without a region falls back to the name": {attributes: map[string]any{"cloud.provider": "aws", "host.id": "i-abc", "cloud.account.id": "1", "host.name": "web-1"},
			want: HostID{"host.name", "web-1"}},
		"gcp":           {attributes: map[string]any{"cloud.provider": "gcp", "cloud.account.id": "project", "host.id": "42"}, want: HostID{"gcp_id", "project_42"}},
		"azure machine": {attributes: azure, want: HostID{"azure_resource_id", "sub-1/group/microsoft.compute/virtualmachines/vm"}},
		"azure scale set": {attributes: with(azure, "azure.vm.scaleset.name", "Set", "azure.vm.name", "Set_7"),
			want: HostID{"azure_resource_id", "sub-1/group/microsoft.compute/virtualmachinescalesets/set/virtualmachines/7"}},
		"azure without a group":  {attributes: with(azure, "azure.resourcegroup.name", ""), none: true},
		"another cloud":          {attributes: map[string]any{"cloud.provider": "ibm", "host.id": "1", "host.name": "h"}, want: HostID{"host.name", "h"}},
		"nothing":                {none: true},
		"an id that is not text": {attributes: map[string]any{"cloud.provider": "gcp", "cloud.account.id": 5, "host.id": 6}, none: true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			m := pcommon.NewMap()
			require.NoError(t, m.FromRaw(c.attributes))
			got, ok := HostIDOf(m)
			assert.Equal(t, !c.none, ok)
			if ok {
				assert.Equal(t, c.want, got)
			}
		})
	}
}

func with(base map[string]any, pairs ...string) map[string]any {
	m := map[string]any{}
	for k, v := range base {
		m[k] = v
	}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return m
}

func TestFilters(t *testing.T) {
	names := func(items ...string) FilterSpec { return FilterSpec{Names: items} }
	dims := func(all bool, pairs map[string][]string) FilterSpec {
		return FilterSpec{Dimensions: pairs, MatchAll: all}
	}
	point := map[string]string{"env": "prod", "host": "web-1"}
	cases := map[string]struct {
		include, exclude []FilterSpec
		metric           string
		point            map[string]string
		dropped          bool
	}{
		"no filters":                           {metric: "a"},
		"exact name":                           {exclude: []FilterSpec{names("a")}, metric: "a", dropped: true},
		"another name":                         {exclude: []FilterSpec{names("a")}, metric: "ab"},
		"glob":                                 {exclude: []FilterSpec{names("cpu.*")}, metric: "cpu.idle", dropped: true},
		"glob with alternatives":               {exclude: []FilterSpec{names("cpu.{idle,user}")}, metric: "cpu.user", dropped: true},
		"regular expression is not anchored":   {exclude: []FilterSpec{names("/idle/")}, metric: "cpu.idle.total", dropped: true},
		"two slashes are a name":               {exclude: []FilterSpec{names("//")}, metric: "//", dropped: true},
		"negated item":                         {exclude: []FilterSpec{names("cpu.*", "!cpu.idle")}, metric: "cpu.idle"},
		"negated pattern":                      {exclude: []FilterSpec{names("/cpu/", "!/idle/")}, metric: "cpu.idle"},
		"negated item does not spare others":   {exclude: []FilterSpec{names("cpu.*", "!cpu.idle")}, metric: "cpu.user", dropped: true},
		"only negated items mean all but them": {exclude: []FilterSpec{names("!keep")}, metric: "other", dropped: true},
		"only negated items spare themselves":  {exclude: []FilterSpec{names("!keep")}, metric: "keep"},
		"include overrides exclude":            {exclude: []FilterSpec{names("cpu.*")}, include: []FilterSpec{names("cpu.idle")}, metric: "cpu.idle"},
		"include alone drops nothing":          {include: []FilterSpec{names("cpu.idle")}, metric: "other"},
		"dimension":                            {exclude: []FilterSpec{dims(false, map[string][]string{"env": {"prod"}})}, metric: "a", point: point, dropped: true},
		"dimension with another value":         {exclude: []FilterSpec{dims(false, map[string][]string{"env": {"test"}})}, metric: "a", point: point},
		"dimension pattern":                    {exclude: []FilterSpec{dims(false, map[string][]string{"host": {"web-*"}})}, metric: "a", point: point, dropped: true},
		"an absent dimension is no obstacle":   {exclude: []FilterSpec{dims(false, map[string][]string{"env": {"prod"}, "zone": {"a"}})}, metric: "a", point: point, dropped: true},
		"unless all are asked for":             {exclude: []FilterSpec{dims(true, map[string][]string{"env": {"prod"}, "zone": {"a"}})}, metric: "a", point: point},
		"one mismatch is enough":               {exclude: []FilterSpec{dims(false, map[string][]string{"env": {"prod"}, "host": {"db"}})}, metric: "a", point: point},
		"no dimensions never match":            {exclude: []FilterSpec{dims(false, map[string][]string{"env": {"prod"}})}, metric: "a"},
		"name and dimension":                   {exclude: []FilterSpec{{Names: []string{"a"}, Dimensions: map[string][]string{"env": {"prod"}}}}, metric: "b", point: point},
		"include by dimension overrides": {exclude: []FilterSpec{names("a")},
			include: []FilterSpec{{Names: []string{"a"}, Dimensions: map[string][]string{"env": {"prod"}}}}, metric: "a", point: point},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			v := mustFilter(c.include, c.exclude).of(c.metric)
			got := v.excludes(func(key string) (string, bool) { value, ok := c.point[key]; return value, ok })
			assert.Equal(t, c.dropped, got)
		})
	}
}

func TestFiltersThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		spec FilterSpec
		want string
	}{
		"nothing to filter by": {FilterSpec{}, "`metric_name`"},
		"no values":            {FilterSpec{Dimensions: map[string][]string{"env": nil}}, `"env"`},
		"bad expression":       {FilterSpec{Names: []string{"/(/"}}, `"/(/"`},
		"bad glob":             {FilterSpec{Names: []string{"[a"}}, `"[a"`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := NewFilter(nil, []FilterSpec{c.spec})
			assert.ErrorContains(t, err, c.want)
		})
	}
}

func TestHistogramModesReadTheirNames(t *testing.T) {
	for i := range histogramModes {
		var m HistogramMode
		text, err := HistogramMode(i).MarshalText()
		require.NoError(t, err)
		require.NoError(t, m.UnmarshalText(text))
		assert.Equal(t, HistogramMode(i), m)
	}
	var m HistogramMode
	assert.ErrorContains(t, m.UnmarshalText([]byte("percentiles")), "one of buckets, no_buckets")
}

// Bounds of an exponential histogram rise, and conversion loses no count.
func TestExponentialHistogramsKeepTheirCounts(t *testing.T) {
	for name, build := range map[string]func(p pmetric.ExponentialHistogramDataPoint){
		"empty":      nil,
		"one bucket": func(p pmetric.ExponentialHistogramDataPoint) { p.Positive().BucketCounts().FromRaw([]uint64{7}) },
		"beyond the doubles": func(p pmetric.ExponentialHistogramDataPoint) {
			p.SetScale(-10)
			p.Positive().SetOffset(5)
			p.Positive().BucketCounts().FromRaw([]uint64{1, 2, 3})
		},
		"around zero": func(p pmetric.ExponentialHistogramDataPoint) {
			p.SetScale(20)
			p.SetZeroCount(3)
			p.Negative().BucketCounts().FromRaw(ones(160))
			p.Positive().BucketCounts().FromRaw(ones(160))
		},
		"far offset": func(p pmetric.ExponentialHistogramDataPoint) {
			p.SetScale(20)
			p.Positive().SetOffset(math.MaxInt32 - 10)
			p.Positive().BucketCounts().FromRaw(ones(10))
		},
		"far negative offset": func(p pmetric.ExponentialHistogramDataPoint) {
			p.SetScale(20)
			p.Positive().SetOffset(math.MinInt32)
			p.Positive().BucketCounts().FromRaw(ones(10))
		},
		"wide threshold": func(p pmetric.ExponentialHistogramDataPoint) {
			p.SetZeroCount(1)
			p.SetZeroThreshold(100)
			p.Positive().BucketCounts().FromRaw(ones(8))
		},
		"zeros at either end": func(p pmetric.ExponentialHistogramDataPoint) {
			p.Positive().BucketCounts().FromRaw([]uint64{0, 0, 5, 0, 6, 0})
		},
		"straddles index zero": func(p pmetric.ExponentialHistogramDataPoint) {
			p.Positive().SetOffset(-50)
			p.Positive().BucketCounts().FromRaw(ones(100))
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := pmetric.NewExponentialHistogramDataPoint()
			if build != nil {
				build(p)
			}
			want := p.ZeroCount()
			for _, b := range []pmetric.ExponentialHistogramDataPointBuckets{p.Positive(), p.Negative()} {
				for _, n := range b.BucketCounts().AsRaw() {
					want += n
				}
			}
			x := explicit{bounds: []float64{7}, counts: []uint64{8, 9}} // memory that is used again
			x.setExponential(p, &exponentialSpans{}, 32)
			assert.LessOrEqual(t, len(x.counts), 32)
			require.Len(t, x.counts, len(x.bounds)+1)
			got := uint64(0)
			for i, n := range x.counts {
				got += n
				if i > 0 && i < len(x.bounds) {
					assert.Greater(t, x.bounds[i], x.bounds[i-1])
				}
			}
			assert.Equal(t, want, got)
		})
	}
}

func ones(n int) []uint64 {
	counts := make([]uint64, n)
	for i := range counts {
		counts[i] = 1
	}
	return counts
}

func TestTracesAreCutAtTheLimits(t *testing.T) {
	td := ptrace.NewTraces()
	for r := range 3 {
		rs := td.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr(AccessTokenAttribute, "secret")
		for range 2 {
			ss := rs.ScopeSpans().AppendEmpty()
			for range 5 {
				ss.Spans().AppendEmpty().SetName(strings.Repeat("s", 20+r))
			}
		}
	}
	td.ResourceSpans().At(2).ScopeSpans().At(1).Spans().At(4).SetName(strings.Repeat("s", 1000)) // over the limit alone

	var e TraceEncoder
	var first []int
	sent := 0
	walked := e.Encode(td, pdatawalk.All(3), Limits{Bytes: 500, Datapoints: 4}, func(p *parts.Part) {
		assert.LessOrEqual(t, len(p.Body), 500)
		assert.NotContains(t, string(p.Body), "secret")
		got, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(p.Body)
		require.NoError(t, err)
		assert.LessOrEqual(t, got.SpanCount(), 4)
		assert.Equal(t, got.SpanCount(), p.Units())
		sent += got.SpanCount()
		first = append(first, p.First)
		p.Release()
	}, pdatawalk.Never)
	assert.Equal(t, 29, sent)
	assert.Equal(t, 1, e.Counts.Dropped[TooLarge])
	assert.Greater(t, walked, 6)

	// What was not delivered maps back to its spans: here everything from the second part on.
	rest := ptrace.NewTraces()
	pdatawalk.TracesSubset(td, pdatawalk.All(3), e.Spans(func(chunk int) bool { return chunk >= first[1] }), rest)
	assert.Equal(t, 30-e.ends[first[1]-1], rest.SpanCount())
	assert.Equal(t, 30, td.SpanCount(), "the batch itself is untouched")
}

func TestReasonsAndChangesHaveNames(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Reasons() {
		assert.NotEmpty(t, r.String())
		seen[r.String()] = true
	}
	for _, c := range Changes() {
		assert.NotEmpty(t, c.String())
		seen[c.String()] = true
	}
	assert.Len(t, seen, len(Reasons())+len(Changes()))
}
