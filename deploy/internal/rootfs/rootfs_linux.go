package rootfs

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Collector is the path of the binary that the repository builds.
func Collector(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("OTELCOL"); path != "" {
		path, err := filepath.Abs(path)
		require.NoError(t, err)
		return path
	}
	return Built(t, "cmd/otelcol-custom/otelcol-custom", "make otelcol-custom")
}

// Built is the path of what the repository has after a command.
func Built(t *testing.T, path, command string) string {
	t.Helper()
	for range 5 { // the test's folder is somewhere below the repository's
		path = filepath.Join("..", path)
		if _, err := os.Stat(path); err == nil {
			break
		}
	}
	path, err := filepath.Abs(path)
	require.NoError(t, err)
	require.FileExists(t, path, "build it with: %s", command)
	return path
}

// Command runs a program of the folder root, with a /proc of its own, which tells the collector how much memory there is. The folder
// must have /proc. Who is root gets the user and group id given; who is not looks like root in there.
func Command(ctx context.Context, root string, id int, program string, arguments ...string) *exec.Cmd {
	unshare := []string{"--mount", "--pid", "--fork", "--kill-child=TERM", "--root=" + root, "--mount-proc=/proc"} // of util-linux
	if os.Getuid() != 0 {
		unshare = append(unshare, "--map-root-user")
	} else if id != 0 {
		unshare = append(unshare, "--setgid="+strconv.Itoa(id), "--setuid="+strconv.Itoa(id))
	}
	c := exec.CommandContext(ctx, "unshare", append(append(unshare, program), arguments...)...)
	c.Env = []string{}
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return c
}

// Signal sends a signal to what Command started. Unshare itself waits and does not pass signals on.
func Signal(c *exec.Cmd, signal syscall.Signal) error { return syscall.Kill(-c.Process.Pid, signal) }

// Output is what a process printed so far.
type Output struct {
	mu   sync.Mutex
	text strings.Builder
}

func (o *Output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *Output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// Await waits until the process has printed the text.
func (o *Output) Await(ctx context.Context, t *testing.T, text string) {
	t.Helper()
	for !strings.Contains(o.String(), text) {
		select {
		case <-ctx.Done():
			t.Fatalf("%q was not printed:\n%s", text, o.String())
		case <-time.After(50 * time.Millisecond):
		}
	}
}
