package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// execute runs the command until it ends or printed want lines.
func execute(t *testing.T, want int, arguments ...string) (string, error) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out := &lines{want: want, enough: stop}
	command := newCommand()
	command.SetArgs(arguments)
	command.SetOut(out)
	command.SetErr(io.Discard)
	err := command.ExecuteContext(ctx)
	return out.text.String(), err
}

type lines struct {
	text   bytes.Buffer
	want   int
	enough func()
}

func (l *lines) Write(p []byte) (int, error) {
	l.text.Write(p)
	if bytes.Count(l.text.Bytes(), []byte("\n")) >= l.want {
		l.enough()
	}
	return len(p), nil
}

func TestPrintsTheChosenPortsAndEndsCleanly(t *testing.T) {
	const free = "127.0.0.1:0"
	out, err := execute(t, 6, "--listen", free, "--signalfx", free, "--signalflow", free, "--wavefront", free, "--wavefront-proxy", free, "--librato", free, "--signalfx-token", "secret")
	require.NoError(t, err)
	assert.Regexp(t, regexp.MustCompile(`^page and API     http://127\.0\.0\.1:[1-9]\d*
SignalFx ingest  http://127\.0\.0\.1:[1-9]\d*
SignalFlow       http://127\.0\.0\.1:[1-9]\d*
Wavefront        http://127\.0\.0\.1:[1-9]\d*
Wavefront proxy  http://127\.0\.0\.1:[1-9]\d* \(HTTP and TCP\)
Librato          http://127\.0\.0\.1:[1-9]\d*
$`), out)
}

func TestTakenPortNamesPortAndFlag(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	_, err = execute(t, 2, "--listen", "127.0.0.1:0", "--signalfx", taken.Addr().String())
	assert.ErrorContains(t, err, "--signalfx: something else listens on "+taken.Addr().String())
}

func TestArgumentsAreRefused(t *testing.T) {
	_, err := execute(t, 2, "start")
	assert.Error(t, err)
}
