package oracle

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// recipe is a line of a README that a reader may copy.
type recipe struct {
	command string
	status  string // of the answer; empty: 2xx
}

// comment is how a README names the status of a refusal that is meant: "# 400: why".
var comment = regexp.MustCompile(` # (\d{3}): .*$`)

// recipesOf returns the commands in the code blocks of a README, continued lines joined.
func recipesOf(t *testing.T, path string) (recipes []recipe) {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	within := false
	for line := range strings.Lines(strings.ReplaceAll(string(text), "\\\n", " ")) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "```") {
			within = !within
			continue
		}
		if !within || !strings.HasPrefix(line, "curl ") && !strings.HasPrefix(line, "bash -c ") {
			continue
		}
		r := recipe{command: line}
		if found := comment.FindStringSubmatch(line); found != nil {
			r = recipe{strings.TrimSuffix(line, found[0]), found[1]}
		}
		recipes = append(recipes, r)
	}
	return recipes
}

// at points a command at the ports of a lab.
func at(command string, lab *vendorlab.Lab) string {
	var pairs []string
	for port, service := range map[string]*vendorlab.Service{
		"8088": lab.API, "9943": lab.SignalFx, "9944": lab.Wavefront, "9945": lab.Librato, "9946": lab.SignalFlow, "2878": lab.WavefrontProxy,
	} {
		address := service.Address()
		host, chosen, _ := strings.Cut(address, ":")
		pairs = append(pairs, "localhost:"+port, address, "127.0.0.1:"+port, address, "/dev/tcp/localhost/"+port, "/dev/tcp/"+host+"/"+chosen)
	}
	return strings.NewReplacer(pairs...).Replace(command)
}

// TestRecipes runs the recipes of each README in their order, and then asks what they promise.
func TestRecipes(t *testing.T) {
	_, err := exec.LookPath("curl")
	require.NoError(t, err, "please install curl")
	for _, test := range []struct {
		readme string
		least  int // recipes
		check  func(t *testing.T, lab *vendorlab.Lab)
	}{
		{"../README.md", 10, func(t *testing.T, lab *vendorlab.Lab) {
			assert.Equal(t, 1, lab.Store.Audit("run-1").Distinct)
			assert.Equal(t, map[string]uint64{"value_not_finite": 1, "dimension_name": 1, "request_refused": 1}, lab.Store.Stats().Vendors["signalfx"].Reasons)
			assert.Len(t, lab.Store.Events(0, 0), 1)
		}},
		{"../wavefront/README.md", 11, func(t *testing.T, lab *vendorlab.Lab) {
			wait(t, lab, "two values of cpu.load", func() bool {
				received := uint64(0)
				page, _ := lab.Store.Series(store.Query{Metric: "cpu.load"})
				for _, series := range page {
					received += series.Received
				}
				return received == 2
			})
			assert.Equal(t, 1, lab.Store.Audit("run-1").Distinct)
			assert.Equal(t, "checkout", lab.Store.Traces(0, 1)[0].Root)
			assert.Equal(t, "deploy", lab.Store.Events(0, 1)[0].Type)
			assert.Equal(t, []string{"production"}, lab.WavefrontSources.All()[0].Tags)
			assert.Empty(t, lab.Store.Rejections(0, 0))
		}},
		{"../librato/README.md", 13, func(t *testing.T, lab *vendorlab.Lab) {
			assert.Equal(t, 1, lab.Store.Audit("run-1").Distinct)
			assert.Equal(t, 1, lab.Store.Audit("run-2").Distinct)
			assert.Len(t, lab.Store.Events(0, 0), 1)
			metric, _ := lab.LibratoAccount.Metric("latency")
			assert.Equal(t, "ms", metric.Unit())
		}},
		{"../signalflow/README.md", 1, func(t *testing.T, lab *vendorlab.Lab) {}},
	} {
		t.Run(strings.Trim(test.readme, "./"), func(t *testing.T) {
			lab := start(t, vendorlab.Config{})
			recipes := recipesOf(t, test.readme)
			assert.GreaterOrEqual(t, len(recipes), test.least, "the README lost its recipes")
			for _, r := range recipes {
				run(t, lab, r)
			}
			test.check(t, lab)
		})
	}
}

func run(t *testing.T, lab *vendorlab.Lab, r recipe) {
	t.Helper()
	command := at(r.command, lab)
	if strings.HasPrefix(command, "curl -N ") {
		stream(t, command)
		return
	}
	isCurl := strings.HasPrefix(command, "curl ")
	if isCurl {
		command += ` -s -S -w '\n%{http_code}'`
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var complaints bytes.Buffer
	shell := exec.CommandContext(ctx, "bash", "-c", command)
	shell.Stderr = &complaints
	answer, err := shell.Output()
	require.NoError(t, err, "%s\n%s", command, complaints.String())
	if !isCurl {
		return
	}
	status := string(answer[bytes.LastIndexByte(answer, '\n')+1:])
	if r.status != "" {
		assert.Equal(t, r.status, status, "%s\n%s", command, answer)
		return
	}
	assert.Regexp(t, `^2\d\d$`, status, "%s\n%s", command, answer)
}

// stream reads an answer that does not end until the job runs.
func stream(t *testing.T, command string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	shell := exec.CommandContext(ctx, "bash", "-c", "exec "+command)
	out, err := shell.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, shell.Start())
	lines := bufio.NewScanner(out)
	seen := false
	for !seen && lines.Scan() {
		seen = strings.Contains(lines.Text(), "JOB_START")
	}
	assert.True(t, seen, "%s: the job does not start", command)
	cancel()
	_, _ = io.Copy(io.Discard, out)
	_ = shell.Wait() // killed
}
