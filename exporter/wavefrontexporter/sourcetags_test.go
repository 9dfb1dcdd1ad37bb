package wavefrontexporter

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/otel/attribute"

	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/wavefront"
)

// hosts returns a batch with a gauge of each host, in an environment and two groups.
func hosts(env string, names ...string) pmetric.Metrics {
	md := pmetric.NewMetrics()
	for _, name := range names {
		rm := md.ResourceMetrics().AppendEmpty()
		a := rm.Resource().Attributes()
		if name != "" {
			a.PutStr("host.name", name)
		}
		a.PutStr("env", env)
		groups := a.PutEmptySlice("groups")
		groups.AppendEmpty().SetStr("web servers")
		groups.AppendEmpty().SetStr("eu")
		a.PutStr("about", "in rack \"5\"")
		m := rm.ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
		m.SetName("g")
		m.SetEmptyGauge().DataPoints().AppendEmpty().SetIntValue(1)
	}
	return md
}

func noting(c *Config) *Config {
	c.SourceTags = SourceTagsConfig{Attributes: []string{"env", "groups", "missing"}, Description: "about"}
	return c
}

func TestTheLabLearnsOfSources(t *testing.T) {
	for _, to := range []string{"direct", "proxy", "tcp"} {
		t.Run(to, func(t *testing.T) {
			lab := testkit.StartLab(t, vendorlab.Config{})
			c := testConfig(lab.WavefrontProxy.URL())
			switch to {
			case "direct":
				c = testConfig(lab.Wavefront.URL())
				c.Token = testToken
			case "tcp":
				c = testConfig("tcp://" + lab.WavefrontProxy.Address())
			}
			e := startMetrics(t, noting(c), newProbe(t))
			require.NoError(t, e.ConsumeMetrics(t.Context(), hosts("prod", "web-1", "web-2", "")))
			for range 2 { // the point of the second comes after what the first tells
				require.NoError(t, e.ConsumeMetrics(t.Context(), hosts("test", "web-2")))
			}
			want := map[string]wavefront.Source{
				"web-1": {Tags: []string{"eu", "prod", "web-servers"}, Description: `in rack "5"`},
				"web-2": {Tags: []string{"eu", "prod", "test", "web-servers"}, Description: `in rack "5"`},
			}
			require.NoError(t, lab.Store.Wait(t.Context(), func() bool {
				s, _ := lab.WavefrontSources.Get("web-2")
				return len(s.Tags) == 4
			}))
			for name, w := range want {
				got, ok := lab.WavefrontSources.Get(name)
				assert.True(t, ok, name)
				assert.ElementsMatch(t, w.Tags, got.Tags, name)
				assert.Equal(t, w.Description, got.Description, name)
			}
			_, ok := lab.WavefrontSources.Get("here")
			assert.False(t, ok, "the default source has no tags")
			assert.Empty(t, lab.Store.Rejections(0, 10))
		})
	}
}

func TestSourcesAreToldOnce(t *testing.T) {
	s := newSink(t)
	p := newProbe(t)
	e := startMetrics(t, noting(testConfig(s.URL)), p)
	for range 3 {
		require.NoError(t, e.ConsumeMetrics(t.Context(), hosts("prod", "web-1")))
	}
	changed := hosts("test", "web-1")
	changed.ResourceMetrics().At(0).Resource().Attributes().PutStr("about", "moved")
	require.NoError(t, e.ConsumeMetrics(t.Context(), changed))
	assert.Equal(t, []string{
		`@SourceTag action=add source="web-1" "prod" "web-servers" "eu"` + "\n", `@SourceDescription action=save source="web-1" "in rack \"5\""` + "\n",
		`@SourceTag action=add source="web-1" "test"` + "\n", `@SourceDescription action=save source="web-1" "moved"` + "\n",
	}, s.of("sourceTag"))
	assert.EqualValues(t, 2, p.Sum(t, "requests", attribute.String("type", "source_tags"), attribute.String("outcome", "delivered")))
	assert.Len(t, s.of("wavefront"), 4)
}

// Resources that share a source, as those of a host's containers do.
func TestASourceOfManyResources(t *testing.T) {
	s := newSink(t)
	e := startMetrics(t, noting(testConfig(s.URL)), newProbe(t))
	batch := func(about ...string) pmetric.Metrics {
		md := hosts("prod", slices.Repeat([]string{"web-1"}, len(about))...)
		for i, text := range about {
			a := md.ResourceMetrics().At(i).Resource().Attributes()
			a.PutInt("container", int64(i))
			a.PutStr("about", text)
		}
		return md
	}
	tags := `@SourceTag action=add source="web-1" "prod" "web-servers" "eu"` + "\n"
	about := func(text string) string {
		return `@SourceDescription action=save source="web-1" "` + text + "\"\n"
	}
	send := func(want ...string) {
		t.Helper()
		before := len(s.of("sourceTag"))
		require.NoError(t, e.ConsumeMetrics(t.Context(), batch("one", "one", "other")))
		assert.ElementsMatch(t, want, s.of("sourceTag")[before:])
	}
	send(tags, about("one"), about("other")) // once what they say alike
	send(about("one"))                       // of the second, too, whose text no longer stands
	for range 3 {
		send()
	}
	before := len(s.of("sourceTag"))
	for _, text := range []string{"moved", "one"} {
		require.NoError(t, e.ConsumeMetrics(t.Context(), batch(text)))
	}
	assert.Equal(t, []string{about("moved"), about("one")}, s.of("sourceTag")[before:], "what changes is told, also when it changes back")
}

func TestManySourcesAreToldInTurns(t *testing.T) {
	s := newSink(t)
	e := startMetrics(t, noting(testConfig(s.URL)), newProbe(t))
	var names []string
	for i := range 120 {
		names = append(names, fmt.Sprintf("web-%d", i))
	}
	for _, want := range []int{50, 100, 120, 120} {
		require.NoError(t, e.ConsumeMetrics(t.Context(), hosts("prod", names...)))
		assert.Len(t, s.of("sourceTag"), 2*want)
	}
}

func TestAFailureToTellOfSourcesHoldsUpNothing(t *testing.T) {
	for code, again := range map[int32]bool{503: true, 429: true, 400: false, 403: false} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			s := newSink(t)
			var status atomic.Int32
			status.Store(code)
			s.refuse("sourceTag", &status)
			p := newProbe(t)
			c := noting(testConfig(s.URL))
			e, err := newMetricsExporter(c, p.Settings())
			require.NoError(t, err)
			now := time.Now()
			e.now = func() time.Time { return now }
			require.NoError(t, e.start(t.Context(), p))
			t.Cleanup(func() { require.NoError(t, e.shutdown(t.Context())) })
			push := func() { require.NoError(t, e.push(t.Context(), hosts("prod", "web-1"))) }

			push()
			status.Store(0)
			push()
			assert.Empty(t, s.of("sourceTag"), "not at once")
			now = now.Add(notePause)
			push()
			if again {
				assert.Len(t, s.of("sourceTag"), 2)
			} else {
				assert.Empty(t, s.of("sourceTag"), "refused for good")
				assert.Equal(t, 1, p.Logs.FilterMessageSnippet("sources were refused").Len())
			}
			assert.Len(t, s.of("wavefront"), 3)
		})
	}
}

func TestTheMemoryOfSourcesIsBounded(t *testing.T) {
	n := &sourceNotes{told: make(map[string]*toldSource)}
	for i := range maxNotedSources + 5 {
		n.remember(translate.SourceNote{Source: fmt.Sprint(i), Tags: []string{"t"}})
	}
	assert.Len(t, n.told, 5)
	for i := range maxDescriptions + 5 {
		n.remember(translate.SourceNote{Source: "busy", Resource: uint64(i), Description: "d"})
	}
	assert.Len(t, n.told["busy"].descriptions, 5)
}
