package root

import (
	"context"
	"encoding/json"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/exit"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/faults"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/wavefront"
)

func TestExitCodes(t *testing.T) {
	points := strings.Repeat(`{"metric":"m","value":1}`+"\n", 2)
	org := []string{"signalfx", "org"}
	send := []string{"signalfx", "send", "-f", "-"}
	for name, c := range map[string]struct {
		fault faults.Fault
		stdin string
		args  []string
		code  int
		says  string
	}{
		"an outage":                         {faults.Fault{Path: "/v2/organization", Status: 503}, "", org, exit.TryAgain, "overloaded"},
		"a rate limit":                      {faults.Fault{Path: "/v2/organization", Status: 429, RetryAfter: 7}, "", org, exit.TryAgain, "limit on API requests"},
		"a rate limit that ends in time":    {faults.Fault{Path: "/v2/organization", Status: 429, RetryAfter: 1, Count: 1}, "", append(org, "--wait", "1m"), exit.OK, "Vendor lab"},
		"a wrong token":                     {faults.Fault{Path: "/v2/organization", Status: 401}, "", org, exit.Credentials, "not valid for this organization"},
		"a refusal":                         {faults.Fault{Path: "/v2/organization", Status: 400}, "", org, exit.Refused, "malformed"},
		"a batch that was not sent":         {faults.Fault{Path: "/v2/datapoint", Status: 500}, points, send, exit.TryAgain, "lines 1 to 2 were not sent; send again with --skip-lines 0"},
		"a batch that is sent in time":      {faults.Fault{Path: "/v2/datapoint", Status: 429, RetryAfter: 1, Count: 1}, points, append(send, "--wait", "5s"), exit.OK, "2 sent"},
		"a stream that is refused":          {faults.Fault{Path: "/v2/signalflow/authenticate", Status: 401}, "", []string{"signalfx", "flow", "run", "data('m').publish()"}, exit.Credentials, "token"},
		"a file that is not there":          {faults.Fault{Path: "/nothing", Status: 500}, "", []string{"signalfx", "send", "-f", "/nonexistent/points.jsonl"}, exit.Usage, "no such file"},
		"librato: an outage":                {faults.Fault{Path: "/v1/metrics", Status: 503}, "", []string{"librato", "metric", "list"}, exit.TryAgain, "maintenance"},
		"librato: the service's own words":  {faults.Fault{Path: "/v1/metrics", Status: 403, Body: `{"error":"You have hit the API limit for measurements"}`}, "", []string{"librato", "metric", "list"}, exit.TryAgain, "You have hit the API limit"},
		"wavefront: above the contract":     {faults.Fault{Path: "/report", Status: 406}, "", []string{"wavefront", "send", "m", "1", "--source", "s"}, exit.TryAgain, ""},
		"wavefront: no permission":          {faults.Fault{Path: "/report", Status: 403}, "", []string{"wavefront", "send", "m", "1", "--source", "s"}, exit.Credentials, ""},
		"librato: measurements are refused": {faults.Fault{Path: "/v1/measurements", Status: 400, Body: `{"errors":["no"]}`}, `{"name":"m","value":1,"tags":{"a":"b"}}`, []string{"librato", "submit", "-f", "-"}, exit.Refused, "lines 1 to 1 were not sent"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			_, err := s.lab.Faults.Add(c.fault)
			require.NoError(t, err)
			out, code := s.run(c.stdin, c.args...)
			assert.Equal(t, c.code, code, out)
			assert.Contains(t, out, c.says)
		})
	}
}

func TestALabThatIsNone(t *testing.T) {
	s := newStage(t)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	out, code := s.runPlain("", "--lab=http://"+closed.Addr().String(), "signalfx", "org")
	assert.Equal(t, exit.TryAgain, code)
	assert.Contains(t, out, "there is no lab at")
	out, code = s.runPlain("", "--lab="+s.lab.SignalFx.URL(), "signalfx", "org")
	assert.Equal(t, exit.Usage, code)
	assert.Contains(t, out, "is no lab")
}

func TestCredentialsOfEnvironmentAndProfile(t *testing.T) {
	s := newStage(t)
	for _, args := range [][]string{{"signalfx", "org"}, {"wavefront", "send", "m", "1"}, {"librato", "metric", "list"}} {
		out, code := s.runPlain("", args...)
		assert.Equal(t, exit.Credentials, code)
		assert.Contains(t, out, "or write it to /home/user/.config/vendorctl/profiles.yaml, or try a lab with --lab", args[0])
	}
	s.env["SIGNALFX_TOKEN"] = "secret"
	out, code := s.runPlain("", "signalfx", "org")
	assert.Equal(t, exit.Credentials, code)
	assert.Contains(t, out, "SIGNALFX_REALM")
	s.env["SIGNALFX_API_URL"] = s.lab.SignalFx.URL()
	out, code = s.runPlain("", "signalfx", "org")
	assert.Zero(t, code, out)

	path := filepath.Join(t.TempDir(), "profiles.yaml")
	text := "lab:\n  signalfx: {token: x, api_url: '" + s.lab.SignalFx.URL() + "'}\n  librato: {token: y, url: '" + s.lab.Librato.URL() + "'}\n" +
		"  wavefront: {url: '" + s.lab.WavefrontProxy.URL() + "', proxy: true}\n"
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	s.env = map[string]string{"HOME": "/home/user", "VENDORCTL_PROFILE": "lab"}
	for _, args := range [][]string{{"signalfx", "org"}, {"wavefront", "send", "m", "1", "--source", "s"}, {"librato", "metric", "list"}} {
		out, code := s.runPlain("", append([]string{"--profile-file", path}, args...)...)
		assert.Zero(t, code, "%s", out)
	}
	require.NoError(t, os.Chmod(path, 0o644))
	out, code = s.runPlain("", "--profile-file", path, "signalfx", "org")
	assert.Equal(t, exit.Credentials, code)
	assert.Contains(t, out, "chmod 600")
}

// A mistake is named by what the user wrote, before anything is sent.
func TestMistakesAreNamed(t *testing.T) {
	for name, c := range map[string]struct {
		env  map[string]string
		args string
		code int
		says string
	}{
		"arguments before credentials": {nil, "signalfx send cpu", exit.Usage, "give METRIC and VALUE"},
		"an event without a type":      {nil, "signalfx event", exit.Usage, "give the TYPE"},
		"a Wavefront line":             {nil, "wavefront send cpu", exit.Usage, "give NAME and VALUE"},
		"a measurement":                {nil, "librato submit cpu", exit.Usage, "give NAME and VALUE"},
		"no token":                     {nil, "signalfx send cpu 1", exit.Credentials, "set SIGNALFX_TOKEN"},
		"a realm":                      {map[string]string{"SIGNALFX_TOKEN": "t", "SIGNALFX_REALM": "US1"}, "signalfx send cpu 1", exit.Usage, `SIGNALFX_REALM: "US1" is no realm`},
		"a realm of a stream":          {map[string]string{"SIGNALFX_TOKEN": "t", "SIGNALFX_REALM": "US1"}, "signalfx flow run x", exit.Usage, "SIGNALFX_REALM: "},
		"a stream URL":                 {map[string]string{"SIGNALFX_TOKEN": "t", "SIGNALFX_STREAM_URL": "ftp://h"}, "signalfx flow run x", exit.Usage, "SIGNALFX_STREAM_URL: "},
		"retired services":             {map[string]string{"APPOPTICS_TOKEN": "t"}, "librato metric list", exit.Credentials, "set LIBRATO_URL"},
		"a lab behind a blank":         {nil, "--lab http://127.0.0.1:1 signalfx org", exit.Usage, "write --lab=http://127.0.0.1:1"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			maps.Copy(s.env, c.env)
			out, code := s.runPlain("", strings.Fields(c.args)...)
			assert.Equal(t, c.code, code, out)
			assert.Contains(t, out, c.says)
		})
	}
}

func TestWavefrontProxyOverTCP(t *testing.T) {
	s := newStage(t)
	s.env["WAVEFRONT_URL"] = "tcp://" + s.lab.WavefrontProxy.Address()
	out, code := s.runPlain("", "wavefront", "send", "cpu.user", "3", "--source", "s")
	require.Zero(t, code, out)
	require.NoError(t, s.lab.Store.Wait(t.Context(), func() bool { return s.lab.Store.Stats().Vendors["wavefront"].Points == 1 }))
}

func TestWhatWasSentOfAMixedBatchIsNamed(t *testing.T) {
	s := newStage(t)
	lab, err := vendorlab.Start(vendorlab.Config{WavefrontRoom: wavefront.Config{Disabled: []string{"histogram"}}})
	require.NoError(t, err)
	defer lab.Close()
	s.env = map[string]string{"WAVEFRONT_URL": lab.Wavefront.URL(), "WAVEFRONT_TOKEN": "x"}
	lines := `{"kind":"histogram","name":"h","centroids":[[1,1]]}` + "\n" + `{"name":"m","value":1}` + "\n"
	out, code := s.runPlain(lines, "wavefront", "send", "-f", "-", "--source", "s")
	assert.Equal(t, exit.Credentials, code)
	assert.Contains(t, out, "lines 1 to 2 were not sent; send again with --skip-lines 0: but those of format wavefront were sent; leave them out")
	_, total := lab.Store.Series(store.Query{Vendor: "wavefront"})
	assert.Equal(t, 1, total)
}

func TestLoginPrintsATokenThatWorks(t *testing.T) {
	s := newStage(t)
	out, code := s.run("password\n", "signalfx", "login", "me@example.com")
	require.Zero(t, code, out)
	s.env["SIGNALFX_TOKEN"], s.env["SIGNALFX_API_URL"] = strings.TrimSpace(out), s.lab.SignalFx.URL()
	out, code = s.runPlain("", "signalfx", "logout")
	assert.Zero(t, code, out)
	out, code = s.run("", "signalfx", "login", "me@example.com")
	assert.Equal(t, exit.Usage, code)
	assert.Contains(t, out, "no password")
}

func TestShellsAreOffered(t *testing.T) {
	s := newStage(t)
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		out, code := s.runPlain("", "completion", shell)
		assert.Zero(t, code)
		assert.Contains(t, out, "vendorctl", shell)
	}
	out, _ := s.runPlain("", "__complete", "signalfx", "de")
	assert.Contains(t, out, "detector\tDetectors")
	out, _ = s.runPlain("", "__complete", "signalfx", "org", "--output", "")
	assert.Contains(t, out, "table\njson\ncsv\n")
}

// A connection that is lost is made again, and every point is shown once.
func TestFlowRunGoesOnAfterALostConnection(t *testing.T) {
	s := newStage(t)
	var points strings.Builder
	for i := range 50 {
		text, _ := json.Marshal(map[string]any{"metric": "m", "value": i, "timestamp": start.Add(time.Duration(i-60) * time.Second).UnixMilli()})
		points.Write(append(text, '\n'))
	}
	out, code := s.run(points.String(), "signalfx", "send", "-f", "-")
	require.Zero(t, code, out)
	_, err := s.lab.Faults.Add(faults.Fault{Vendor: "signalflow", DropAfter: new(20), Count: 2})
	require.NoError(t, err)
	out, code = s.run("", "signalfx", "flow", "run", "data('m').publish()", "--start", "-60s", "--stop", "-10s", "--resolution", "1s")
	require.Zero(t, code, out)
	assert.Equal(t, 2, strings.Count(out, "going on from"), out)
	var values []float64
	for line := range strings.SplitSeq(out, "\n") {
		var p struct{ Value *float64 }
		if json.Unmarshal([]byte(line), &p) == nil && p.Value != nil {
			values = append(values, *p.Value)
		}
	}
	require.Len(t, values, 50)
	for i, v := range values {
		assert.Equal(t, float64(i), v)
	}
}

func TestInterrupted(t *testing.T) {
	s := newStage(t)
	ctx, stop := context.WithCancel(t.Context())
	code := make(chan int)
	go func() {
		code <- Run(ctx, s.session(), []string{"--lab=" + s.lab.API.URL(), "signalfx", "flow", "run", "data('m').publish()"},
			strings.NewReader(""), &strings.Builder{}, &strings.Builder{})
	}()
	require.NoError(t, s.clock.Waiters(t.Context(), 2), "the job, and the connection's sign of life")
	stop()
	assert.Equal(t, exit.Interrupted, <-code)
}

func TestJobsWithoutAStream(t *testing.T) {
	s := newStage(t)
	handle, code := s.run("", "signalfx", "flow", "start", "data('m').publish()")
	require.Zero(t, code, handle)
	handle = strings.TrimSpace(handle)
	require.Len(t, s.lab.SignalFlowRoom.Jobs(), 1)
	out, code := s.run("", "signalfx", "flow", "keepalive", handle)
	require.Zero(t, code, out)
	ctx, stop := context.WithCancel(t.Context())
	attached := make(chan int)
	go func() {
		attached <- Run(ctx, s.session(), []string{"--lab=" + s.lab.API.URL(), "signalfx", "flow", "attach", handle}, strings.NewReader(""), &strings.Builder{}, &strings.Builder{})
	}()
	defer stop()
	out, code = s.run("", "signalfx", "flow", "stop", handle)
	require.Zero(t, code, out)
	stop()
	<-attached
}
