package demo

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

func TestProgramSendsATraceInOTLP(t *testing.T) {
	var got ptrace.Traces
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		got, err = (&ptrace.JSONUnmarshaler{}).UnmarshalTraces(body)
		assert.NoError(t, err)
	}))
	defer server.Close()
	p := &program{traces: server.URL, client: server.Client()}
	require.NoError(t, p.request(t.Context(), time.Unix(1_700_000_000, 0)))
	require.Equal(t, 2, got.SpanCount())
	spans := got.ResourceSpans().At(0).ScopeSpans().At(0).Spans()
	assert.Equal(t, spans.At(0).SpanID(), spans.At(1).ParentSpanID())
	assert.Equal(t, spans.At(0).TraceID(), spans.At(1).TraceID())
	assert.Equal(t, ptrace.SpanKindServer, spans.At(0).Kind())
}

func TestProgramWritesALineForADeploy(t *testing.T) {
	p := &program{log: filepath.Join(t.TempDir(), "deploys.log")}
	require.NoError(t, p.deploy(0))
	require.NoError(t, p.deploy(1))
	text, err := os.ReadFile(p.log)
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	require.Len(t, lines, 2)
	var line map[string]any
	require.NoError(t, json.Unmarshal([]byte(lines[1]), &line))
	assert.Equal(t, map[string]any{"event": "deploy", "service": "checkout", "version": "1.0.1", "canary": false}, line)
}
