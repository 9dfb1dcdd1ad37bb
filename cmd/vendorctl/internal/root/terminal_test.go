//go:build unix

package root

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/exit"
)

// terminal is a pseudo terminal with what stands on its screen.
type terminal struct {
	t      *testing.T
	tty    *os.File
	chunks chan string
	all    string
}

func newTerminal(t *testing.T, width, height uint16) *terminal {
	master, tty, err := pty.Open()
	require.NoError(t, err)
	require.NoError(t, pty.Setsize(master, &pty.Winsize{Cols: width, Rows: height}))
	term := &terminal{t: t, tty: tty, chunks: make(chan string, 1000)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 4096)
		for {
			n, err := master.Read(buf)
			if n > 0 {
				term.chunks <- string(buf[:n])
			}
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		_ = tty.Close()
		if err := master.Close(); err != nil && !errors.Is(err, fs.ErrClosed) {
			t.Error(err)
		}
		<-done
	})
	return term
}

// until waits for a screen.
func (term *terminal) until(ready func(screen string) bool) string {
	deadline := time.After(time.Minute)
	for {
		screen := screenOf(term.all)
		if ready(screen) {
			return screen
		}
		select {
		case chunk := <-term.chunks:
			term.all += chunk
		case <-deadline:
			term.t.Fatalf("the screen never came to what was waited for:\n%s", screen)
		}
	}
}

// screenOf is what stands on a screen after some output: enough of a terminal for
// lines that are drawn again.
func screenOf(output string) string {
	lines, at := []string{""}, 0
	for len(output) > 0 {
		if sequence, ok := strings.CutPrefix(output, "\x1b["); ok {
			end := strings.IndexFunc(sequence, func(r rune) bool { return r >= 'A' && r <= 'z' })
			if end < 0 {
				break // the rest has not come yet
			}
			switch n, _ := strconv.Atoi(sequence[:end]); sequence[end] {
			case 'A':
				at = max(0, at-n)
			case 'J':
				lines = lines[:at+1]
				lines[at] = ""
			case 'K':
				lines[at] = ""
			}
			output = sequence[end+1:]
			continue
		}
		r, rest := output[:1], output[1:]
		output = rest
		switch r {
		case "\r":
		case "\n":
			if at++; at == len(lines) {
				lines = append(lines, "")
			}
		default:
			lines[at] += r
		}
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

func TestFlowRunOnATerminalUpdatesATableInPlace(t *testing.T) {
	s := newStage(t)
	send := func(host, value string) {
		_, code := s.run("", "signalfx", "send", "cpu.utilization", value, "--dimension", "host="+host, "--time", "now")
		require.Zero(t, code)
	}
	send("web-1", "10")
	term := newTerminal(t, 60, 12)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	code := make(chan int)
	go func() {
		code <- Run(ctx, s.session(), []string{"--lab=" + s.lab.API.URL(), "signalfx", "flow", "run",
			`data("cpu.utilization").mean(by="host").publish("cpu")`, "--start", "-1s", "--resolution", "1s"}, strings.NewReader(""), term.tty, term.tty)
	}()
	step := func() {
		require.NoError(t, s.clock.Waiters(t.Context(), 2), "the job, and the connection's sign of life")
		s.clock.Advance(time.Second)
	}
	step()
	step()
	term.until(func(screen string) bool { return strings.Contains(screen, "web-1") })
	send("web-2", "7.5")
	send("web-1", "40")
	step()
	step()
	screen := term.until(func(screen string) bool { return strings.Contains(screen, "web-2") && strings.Contains(screen, "40") })
	lines := strings.Split(screen, "\n")
	assert.Equal(t, `data("cpu.utilization").mean(by="host").publish("cpu")`, lines[0])
	assert.Regexp(t, `^2 series at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$`, lines[1])
	assert.Equal(t, []string{"STREAM  HOST   VALUE", "cpu     web-1  40     ▁█", "cpu     web-2  7.5", "resolution 1s"}, lines[3:])
	assert.Equal(t, 1, strings.Count(screen, "STREAM"), "drawn in place")

	stop()
	assert.Equal(t, exit.Interrupted, <-code)
	term.until(func(string) bool { return strings.Contains(term.all, "\x1b[?25h") })
	assert.Contains(t, screenOf(term.all), "web-2", "the last state stays on the screen")
}

func TestBatchesShowABarOnATerminal(t *testing.T) {
	s := newStage(t)
	path := t.TempDir() + "/points.jsonl"
	require.NoError(t, os.WriteFile(path, []byte(strings.Repeat(`{"metric":"m","value":1}`+"\n", 6000)), 0o600))
	term := newTerminal(t, 80, 24)
	code := make(chan int)
	go func() {
		code <- Run(t.Context(), s.session(), []string{"--lab=" + s.lab.API.URL(), "signalfx", "send", "-f", path}, strings.NewReader(""), term.tty, term.tty)
	}()
	term.until(func(screen string) bool { return strings.Contains(screen, "6000 sent, 0 bad lines") })
	assert.Contains(t, term.all, "] 100% 6000 sent")
	assert.Equal(t, exit.OK, <-code)
}

func TestScreenOf(t *testing.T) {
	assert.Equal(t, "a\nc", screenOf("a\r\nb\r\n\x1b[1A\r\x1b[Jc\r\n"))
	assert.Equal(t, "x", screenOf("[##] 1\r\x1b[Kx"))
}
