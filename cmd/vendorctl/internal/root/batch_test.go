package root

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/exit"
)

// Nothing of a line is lost without a word.
func TestLinesThatSayMoreThanIsSent(t *testing.T) {
	for command, line := range map[string]string{
		"signalfx send":   `{"metric":"m","value":1}`,
		"signalfx event":  `{"eventType":"e"}`,
		"wavefront send":  `{"name":"m","value":1,"source":"s"}`,
		"librato submit":  `{"name":"m","value":1,"tags":{"a":"b"}}`,
		"signalfx send -": `{"gauge":[{"metric":"m","value":1}]}`,
	} {
		t.Run(command, func(t *testing.T) {
			s := newStage(t)
			args := append(strings.Fields(strings.TrimSuffix(command, " -")), "-f", "-")
			typo := strings.TrimSuffix(line, "}") + `,"dimension":{"host":"web-1"}}`
			out, code := s.run(line+"\n"+line+line+"\n"+typo+"\n", args...)
			assert.Equal(t, exit.Partly, code)
			assert.Contains(t, out, "line 2 is left out: there is more than one object in it")
			assert.Contains(t, out, `line 3 is left out: json: unknown field "dimension"`)
			assert.Contains(t, out, "1 sent, 2 bad lines")
		})
	}
}

func TestWhatDoesNotGoTogetherWithAFile(t *testing.T) {
	s := newStage(t)
	for command, want := range map[string]string{
		"signalfx send m 1":               `"m" does not go together with -f`,
		"signalfx send --type counter":    "--type does not",
		"signalfx send --time now":        "--time does not",
		"signalfx event --property a=b":   "--property does not",
		"signalfx event --category ALERT": "--category does not",
		"wavefront send --tag a=b":        "--tag does not",
		"wavefront send --delta":          "--delta does not",
		"librato submit --source s":       "--source does not",
		"librato submit --counter":        "--counter does not",
		"librato chart create S --metric": "--metric does not",
	} {
		args := strings.Fields(command)
		if args[len(args)-1] == "--metric" {
			args = append(args, "m")
		}
		out, code := s.run(`{"name":"m"}`, append(args, "-f", "-", "--limit", "1")...)
		assert.Equal(t, exit.Usage, code, command)
		assert.Contains(t, out, want)
	}
}

func TestDimensionsOfAWholeFile(t *testing.T) {
	s := newStage(t)
	points := `{"metric":"m","value":1}` + "\n" + `{"counter":[{"metric":"n","value":2,"dimensions":{"env":"dev","host":"web-1"}}]}` + "\n"
	out, code := s.run(points, "signalfx", "send", "-f", "-", "--dimension", "env=prod")
	require.Zero(t, code, out)
	out, code = s.run(`{"eventType":"deploy"}`, "signalfx", "event", "-f", "-", "--dimension", "env=prod")
	require.Zero(t, code, out)
	arrived := s.arrived("signalfx")
	assert.Contains(t, arrived, `m {"env":"prod"} = `)
	assert.Contains(t, arrived, `n {"env":"prod","host":"web-1"} = `)
	assert.Equal(t, 3, strings.Count(arrived, `"env":"prod"`), arrived)
}

func TestNegativeNumbers(t *testing.T) {
	s := newStage(t)
	out, code := s.run("", "signalfx", "send", "m", "-5")
	assert.Equal(t, exit.Usage, code)
	assert.Contains(t, out, "write -- before a negative number")
	out, code = s.run("", "signalfx", "send", "m", "--type", "gauge", "--", "-5")
	require.Zero(t, code, out)
	assert.Contains(t, s.arrived("signalfx"), "= -5")
}

func TestTokensThatNoHeaderHolds(t *testing.T) {
	s := newStage(t)
	s.env = map[string]string{
		"SIGNALFX_TOKEN": "hidden\n", "SIGNALFX_API_URL": s.lab.SignalFx.URL(), "SIGNALFX_INGEST_URL": s.lab.SignalFx.URL(), "SIGNALFX_STREAM_URL": s.lab.SignalFlow.URL(),
		"WAVEFRONT_TOKEN": "hidden\n", "WAVEFRONT_URL": s.lab.Wavefront.URL(), "APPOPTICS_TOKEN": "hidden\n",
	}
	for _, args := range []string{"signalfx org", "signalfx send m 1", "signalfx flow run data('m').publish()", "wavefront send m 1", "librato metric list"} {
		out, code := s.runPlain("", strings.Fields(args)...)
		assert.Equal(t, exit.Credentials, code, args)
		assert.Contains(t, out, "printable ASCII characters only", args)
		assert.NotContains(t, out, "hidden")
	}
}

func TestABackfillThatEndsBeforeItBegins(t *testing.T) {
	out, code := newStage(t).run("", "signalfx", "flow", "run", "data('m').publish()", "--start", "now", "--stop", "-1h")
	assert.Equal(t, exit.Usage, code)
	assert.Contains(t, out, "--stop lies before --start")
}

func TestAnAlertOfAFileKeepsItsAttributes(t *testing.T) {
	s := newStage(t)
	alert := `{"name":"a","attributes":{"team":"shop"},"conditions":[{"type":"absent","metric_name":"m","duration":60}]}`
	out, code := s.run(alert, "librato", "alert", "create", "-f", "-", "--runbook", "https://example.com", "-o", "json")
	require.Zero(t, code, out)
	assert.Contains(t, out, `"team": "shop"`)
	assert.Contains(t, out, `"runbook_url": "https://example.com"`)
}
