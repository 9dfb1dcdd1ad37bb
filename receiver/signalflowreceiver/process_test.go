package signalflowreceiver

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Some tests need a second process: to leave its CPU out, or to kill it. It is this
// test binary, told by the environment which test to play.
const roleVariable = "SIGNALFLOW_TEST_ROLE"

// startProcess runs a test of this package in a process of its own until it is
// killed or the test ends, and returns what that prints, line by line.
func startProcess(tb testing.TB, role string, environment ...string) (*exec.Cmd, *bufio.Scanner) {
	tb.Helper()
	command := exec.Command(os.Args[0], "-test.run=^"+role+"$", "-test.count=1")
	command.Env = append(os.Environ(), append(environment, roleVariable+"="+role)...)
	command.Stderr = os.Stderr
	leash, err := command.StdinPipe()
	require.NoError(tb, err)
	out, err := command.StdoutPipe()
	require.NoError(tb, err)
	require.NoError(tb, command.Start())
	tb.Cleanup(func() {
		_ = leash.Close() // the process ends by itself
		_, _ = io.Copy(io.Discard, out)
		_ = command.Wait()
	})
	return command, bufio.NewScanner(out)
}

// playRole skips a test that is only a part for a second process.
func playRole(t *testing.T) {
	if os.Getenv(roleVariable) != t.Name() {
		t.Skip("a part that another test starts in its own process")
	}
}

// untilLeashIsCut waits until the process that has started this one wants it to end, or is gone.
func untilLeashIsCut() { _, _ = io.Copy(io.Discard, os.Stdin) }

// said returns the rest of the next line of a process that begins with a word.
func said(tb testing.TB, lines *bufio.Scanner, word string) string {
	tb.Helper()
	for lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), word+" "); ok {
			return rest
		}
	}
	require.FailNow(tb, "the process has ended", "it has not said %q", word)
	return ""
}
