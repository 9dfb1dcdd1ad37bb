package machine

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const patience = 2 * time.Minute // for a computer that is busy with other things; all takes seconds

// Machine is a Debian that runs.
type Machine struct {
	root   string
	leader int // its first process, as seen from outside
}

// boot joins groups of its own, where the kernel still has them by controller (cgroup v1), and starts the machine. The network has nothing
// but a loopback of its own.
const boot = `for controller in memory devices pids; do
	group=/sys/fs/cgroup/$controller/otelcol-machine
	if [ -d /sys/fs/cgroup/$controller ]; then
		mkdir -p "$group" && echo $$ >"$group/cgroup.procs"
	fi
done
exec systemd-nspawn --quiet --boot --register=no --keep-unit --private-network --console=pipe --machine=otelcol --directory="$1"`

// delegate lets the machine's systemd set limits: nspawn gives it the controllers of cgroup v1 to read only.
const delegate = `for controller in memory devices pids; do
	if mountpoint -q /sys/fs/cgroup/$controller; then
		mount -o remount,bind,rw /sys/fs/cgroup/$controller
	fi
done`

// Boot starts a machine that ends with the test. Only one runs at a time.
func Boot(t *testing.T) *Machine {
	t.Helper()
	archive, err := filepath.Abs("../../build/debian.tar")
	require.NoError(t, err)
	require.FileExists(t, archive, "make it with: make e2e-host")
	m := &Machine{root: t.TempDir()}
	output, err := exec.Command("tar", "-C", m.root, "-xf", archive).CombinedOutput()
	require.NoError(t, err, "%s", output)
	m.Write(t, "/etc/hosts", []byte("127.0.0.1 localhost\n")) // as the installer does

	console, err := os.Create(filepath.Join(t.TempDir(), "console.log"))
	require.NoError(t, err)
	nspawn := exec.Command("sh", "-c", boot, "boot", m.root)
	nspawn.Stdout, nspawn.Stderr = console, console
	nspawn.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	require.NoError(t, nspawn.Start())
	ended := make(chan struct{})
	go func() {
		_ = nspawn.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		if t.Failed() {
			journal, _ := m.try("journalctl --no-pager -n 100")
			t.Logf("journal:\n%s", journal)
		}
		_ = nspawn.Process.Signal(syscall.SIGTERM) // halts the machine
		select {
		case <-ended:
		case <-time.After(patience):
			_ = nspawn.Process.Kill()
			<-ended
		}
		_ = exec.Command("sh", "-c", "find /sys/fs/cgroup/*/otelcol-machine -depth -type d -exec rmdir {} +").Run()
	})

	await(t, "systemd is up", func() bool {
		select {
		case <-ended:
			text, _ := os.ReadFile(console.Name())
			t.Fatalf("the machine ended:\n%s", text)
		default:
		}
		children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", nspawn.Process.Pid))
		if err != nil || len(strings.Fields(string(children))) != 1 {
			return false
		}
		m.leader, err = strconv.Atoi(strings.Fields(string(children))[0])
		require.NoError(t, err)
		state, _ := m.try("systemctl is-system-running")
		return strings.TrimSpace(state) == "running"
	})
	output, err = m.enter("--mount", "sh", "-c", delegate).CombinedOutput()
	require.NoError(t, err, "%s", output)
	m.Run(t, "systemctl daemon-reexec")
	return m
}

// enter is a command in namespaces of the machine.
func (m *Machine) enter(arguments ...string) *exec.Cmd {
	c := exec.Command("nsenter", append([]string{"--target=" + strconv.Itoa(m.leader)}, arguments...)...)
	c.Env = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8"}
	return c
}

func (m *Machine) try(script string) (string, error) {
	output, err := m.enter("--all", "sh", "-c", script).CombinedOutput()
	return string(output), err
}

// Run runs a shell script, which must succeed, as root in the machine and returns what it printed.
func (m *Machine) Run(t *testing.T, script string) string {
	t.Helper()
	output, err := m.try(script)
	require.NoError(t, err, "%s\n%s", script, output)
	return strings.TrimSpace(output)
}

// Fail runs a shell script that must fail and returns what it printed.
func (m *Machine) Fail(t *testing.T, script string) string {
	t.Helper()
	output, err := m.try(script)
	require.Error(t, err, "%s\n%s", script, output)
	return strings.TrimSpace(output)
}

// Await runs a shell script until it succeeds and returns what it printed then.
func (m *Machine) Await(t *testing.T, script string) string {
	t.Helper()
	var output string
	await(t, script, func() bool {
		var err error
		output, err = m.try(script)
		return err == nil
	})
	return strings.TrimSpace(output)
}

// Serve runs a program of this computer in the machine's network until the test ends.
func (m *Machine) Serve(t *testing.T, program string, arguments ...string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	c := exec.CommandContext(ctx, "nsenter", append([]string{"--target=" + strconv.Itoa(m.leader), "--net", program}, arguments...)...)
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	require.NoError(t, c.Start())
	t.Cleanup(func() {
		cancel()
		_ = c.Wait()
	})
}

// Write puts a file into the machine.
func (m *Machine) Write(t *testing.T, path string, content []byte) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(m.root, path), content, 0o644))
}

func await(t *testing.T, what string, met func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !met(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s", patience, what)
		}
	}
}
