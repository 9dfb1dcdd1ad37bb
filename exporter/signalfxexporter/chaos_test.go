package signalfxexporter

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"google.golang.org/protobuf/proto"

	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalfx/sfxpb"
)

// moody is a service that answers as it likes, and remembers what it took of each item,
// known by its attribute "id", and what it refused for good.
type moody struct {
	mu       sync.Mutex
	random   *rand.Rand
	took     map[string]int
	refused  map[string]int
	mistakes []string
}

const revokedToken = "revoked"

func (m *moody) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ids, err := idsOf(r)
	m.mu.Lock()
	defer m.mu.Unlock()
	if err != nil {
		m.mistakes = append(m.mistakes, err.Error())
	}
	token := r.Header.Get("X-SF-Token")
	for _, id := range ids {
		if !strings.HasPrefix(id, token) {
			m.mistakes = append(m.mistakes, id+" came with the token "+token)
		}
	}
	status := []int{200, 200, 200, 200, 500, 503, 429, 408, 413, 400}[m.random.IntN(10)]
	switch {
	case token == revokedToken:
		status = 401
	case status == 413 && len(ids) == 1:
		status = 200 // one item alone would be refused
	}
	count := map[int]map[string]int{200: m.took, 400: m.refused, 401: m.refused}[status]
	for _, id := range ids {
		if count != nil {
			count[id]++
		}
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, `"OK"`)
}

// idsOf reads the items of a request of any signal.
func idsOf(r *http.Request) (ids []string, err error) {
	body := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		if body, err = gzip.NewReader(r.Body); err != nil {
			return nil, err
		}
	}
	payload, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	switch {
	case r.URL.Path == "/v2/event":
		var m sfxpb.EventUploadMessage
		err = proto.Unmarshal(payload, &m)
		for _, e := range m.Events {
			ids = append(ids, idOf(e.Dimensions))
		}
	case r.URL.Path == "/v2/trace/otlp":
		var td ptrace.Traces
		if td, err = (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(payload); err != nil {
			return nil, err
		}
		for _, rs := range td.ResourceSpans().All() {
			for _, s := range rs.ScopeSpans().At(0).Spans().All() {
				ids = append(ids, s.Name())
			}
		}
	case r.Header.Get("Content-Type") == "application/x-protobuf":
		var m sfxpb.DataPointUploadMessage
		err = proto.Unmarshal(payload, &m)
		for _, p := range m.Datapoints {
			ids = append(ids, idOf(p.Dimensions))
		}
	default:
		var md pmetric.Metrics
		if md, err = (&pmetric.ProtoUnmarshaler{}).UnmarshalMetrics(payload); err != nil {
			return nil, err
		}
		for _, rm := range md.ResourceMetrics().All() {
			id, _ := rm.ScopeMetrics().At(0).Metrics().At(0).Histogram().DataPoints().At(0).Attributes().Get("id")
			ids = append(ids, id.Str())
		}
	}
	return ids, err
}

func idOf(dimensions []*sfxpb.Dimension) string {
	for _, d := range dimensions {
		if d.GetKey() == "id" {
			return d.GetValue()
		}
	}
	return ""
}

// Whatever the service answers, with three tenants of which one is revoked, and several
// batches at once: every item arrives once or was refused once, and is counted so.
func TestNothingIsLostOrSentTwiceWhateverTheServiceAnswers(t *testing.T) {
	const batches, resources, items = 8, 6, 20
	token := func(i int) string { return []string{"a", "b", revokedToken}[i%3] }
	id := func(i int, rest ...any) string { return token(i) + fmt.Sprint(append(rest, i)) }
	resource := func(r pcommon.Resource, i int) {
		r.Attributes().PutStr(translate.AccessTokenAttribute, token(i))
	}
	signals := map[string]func(t *testing.T, c *Config, p *testkit.Probe) (consume func(batch int) error){
		"metrics": func(t *testing.T, c *Config, p *testkit.Probe) func(int) error {
			c.MetricsConfig.HistogramMode = translate.HistogramOTLP
			e := startMetrics(t, c, p)
			return func(batch int) error {
				md := pmetric.NewMetrics()
				for i := range resources {
					rm := md.ResourceMetrics().AppendEmpty()
					resource(rm.Resource(), i)
					metrics := rm.ScopeMetrics().AppendEmpty().Metrics()
					gauge, histogram := metrics.AppendEmpty(), metrics.AppendEmpty()
					gauge.SetName("g")
					histogram.SetName("h")
					gauge.SetEmptyGauge()
					histogram.SetEmptyHistogram()
					for n := range items / 2 {
						g := gauge.Gauge().DataPoints().AppendEmpty()
						g.SetIntValue(1)
						g.Attributes().PutStr("id", id(i, "g", batch, n))
						histogram.Histogram().DataPoints().AppendEmpty().Attributes().PutStr("id", id(i, "h", batch, n))
					}
				}
				return e.ConsumeMetrics(t.Context(), md)
			}
		},
		"logs": func(t *testing.T, c *Config, p *testkit.Probe) func(int) error {
			c.EventsConfig.AllLogsAsEvents = true
			e, err := NewFactory().CreateLogs(t.Context(), p.Settings(), c)
			require.NoError(t, err)
			testkit.Run(t, e, p)
			return func(batch int) error {
				ld := plog.NewLogs()
				for i := range resources {
					rl := ld.ResourceLogs().AppendEmpty()
					resource(rl.Resource(), i)
					records := rl.ScopeLogs().AppendEmpty().LogRecords()
					for n := range items {
						records.AppendEmpty().Attributes().PutStr("id", id(i, batch, n))
					}
				}
				return e.ConsumeLogs(t.Context(), ld)
			}
		},
		"traces": func(t *testing.T, c *Config, p *testkit.Probe) func(int) error {
			e, err := NewFactory().CreateTraces(t.Context(), p.Settings(), c)
			require.NoError(t, err)
			testkit.Run(t, e, p)
			return func(batch int) error {
				td := ptrace.NewTraces()
				for i := range resources {
					rs := td.ResourceSpans().AppendEmpty()
					resource(rs.Resource(), i)
					spans := rs.ScopeSpans().AppendEmpty().Spans()
					for n := range items {
						spans.AppendEmpty().SetName(id(i, batch, n))
					}
				}
				return e.ConsumeTraces(t.Context(), td)
			}
		},
	}
	for name, start := range signals {
		t.Run(name, func(t *testing.T) {
			service := &moody{random: rand.New(rand.NewPCG(1, 2)), took: make(map[string]int), refused: make(map[string]int)}
			server := httptest.NewServer(service)
			defer server.Close()
			c := testConfig(server.URL)
			c.MaxDatapointsPerRequest = 7
			c.RetryConfig.MaxInterval = time.Millisecond
			p := newProbe(t)
			consume := start(t, c, p)
			var producers sync.WaitGroup
			for batch := range batches {
				producers.Go(func() { _ = consume(batch) }) // an error for what was refused
			}
			producers.Wait()

			service.mu.Lock()
			defer service.mu.Unlock()
			assert.Empty(t, service.mistakes)
			for id, n := range service.took {
				assert.Equal(t, 1, n, "%s was taken", id)
				assert.Zero(t, service.refused[id], "%s was taken, so it is not refused", id)
			}
			lost := p.Dropped(t, "refused")
			assert.EqualValues(t, batches*resources*items, int64(len(service.took))+lost, "taken, or counted as refused")
			assert.EqualValues(t, len(service.took), p.Sum(t, "sent_items"))
			for id, n := range service.refused {
				assert.Equal(t, 1, n, "%s was refused once and never sent again", id)
			}
		})
	}
}
