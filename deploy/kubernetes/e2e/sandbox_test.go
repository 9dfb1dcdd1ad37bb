//go:build cluster && linux

package e2e

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"testing"
)

// The cluster lives in namespaces of mounts, processes and network of its own: it can reach nothing but itself, and nothing of it stays. What the
// kernel has only once is put back at the end: control groups, and settings that a kubelet makes.

const (
	stage   = "E2E_KUBERNETES_STAGE" // how far into the sandbox this process is
	workdir = "E2E_KUBERNETES_DIR"   // folder of everything that the cluster writes
	cgroup  = "otelcol-e2e"          // the kubelet's control groups are below it
)

func TestMain(m *testing.M) {
	var code int
	var err error
	switch os.Getenv(stage) {
	case "":
		code, err = enter()
	case "init":
		code, err = initialize()
	default:
		code = m.Run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e-kubernetes:", err)
		code = 1
	}
	os.Exit(code)
}

// enter runs this program again, in the sandbox, and removes what is left of it.
func enter() (code int, err error) {
	if os.Getuid() != 0 {
		return 0, errors.New("needs root: it makes network interfaces, mounts and control groups, in namespaces of its own")
	}
	folder, err := os.MkdirTemp("", "otelcol-kubernetes-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	groups, err := makeControlGroups()
	defer func() { err = errors.Join(err, removeControlGroups(groups)) }()
	if err != nil {
		return 0, err
	}
	restore, err := keepSettings()
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, restore()) }()

	runtime.LockOSThread() // Pdeathsig means the end of this thread
	self := exec.Command("/proc/self/exe", os.Args[1:]...)
	self.Env = append(os.Environ(), stage+"=init", workdir+"="+folder)
	self.Stdout, self.Stderr = os.Stdout, os.Stderr
	self.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWNET | syscall.CLONE_NEWUTS | syscall.CLONE_NEWIPC,
		Pdeathsig:  syscall.SIGKILL,
		Setpgid:    true,
	}
	if err := self.Start(); err != nil {
		return 0, fmt.Errorf("enter namespaces: %w", err)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM, syscall.SIGQUIT)
	go func() {
		<-stop
		_ = self.Process.Kill() // the first process of its namespace: all others end with it
	}()
	err = self.Wait()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return max(exit.ExitCode(), 1), nil
	}
	return 0, err
}

// initialize is the first process in the sandbox. It mounts what must be its own, starts the tests and reaps whatever loses its parent.
func initialize() (int, error) {
	if err := mounts(os.Getenv(workdir)); err != nil {
		return 0, err
	}
	if err := syscall.Sethostname([]byte(nodeName)); err != nil {
		return 0, fmt.Errorf("set the host's name: %w", err)
	}
	if err := os.Setenv(stage, "tests"); err != nil {
		return 0, err
	}
	tests, err := syscall.ForkExec("/proc/self/exe", os.Args, &syscall.ProcAttr{Env: os.Environ(), Files: []uintptr{0, 1, 2}})
	if err != nil {
		return 0, fmt.Errorf("start the tests: %w", err)
	}
	for {
		var status syscall.WaitStatus
		switch pid, err := syscall.Wait4(-1, &status, 0, nil); {
		case err == syscall.EINTR:
		case err != nil:
			return 0, fmt.Errorf("wait for the tests: %w", err)
		case pid == tests && status.Signaled():
			return 0, fmt.Errorf("the tests ended by signal %s", status.Signal())
		case pid == tests:
			return status.ExitStatus(), nil
		}
	}
}

// mounts gives the sandbox its own view of /proc, /sys, /run and /var.
func mounts(folder string) error {
	groups, upper, work := filepath.Join(folder, "cgroup"), filepath.Join(folder, "var"), filepath.Join(folder, "var-work")
	for _, d := range []string{groups, upper, work} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			return err
		}
	}
	for _, m := range []struct {
		source, target, kind string
		flags                uintptr
		options              string
	}{
		{"none", "/", "", syscall.MS_REC | syscall.MS_PRIVATE, ""},
		{"proc", "/proc", "proc", 0, ""},
		// A new /sys shows the interfaces of this network; the control groups are the machine's.
		{"/sys/fs/cgroup", groups, "", syscall.MS_BIND | syscall.MS_REC, ""},
		{"sysfs", "/sys", "sysfs", 0, ""},
		{groups, "/sys/fs/cgroup", "", syscall.MS_BIND | syscall.MS_REC, ""},
		{"run", "/run", "tmpfs", 0, "mode=755"},
		{"var", "/var", "overlay", 0, "lowerdir=/var,upperdir=" + upper + ",workdir=" + work},
		{"none", "/", "", syscall.MS_REC | syscall.MS_SHARED, ""}, // the kubelet passes mounts on to pods
	} {
		if err := syscall.Mount(m.source, m.target, m.kind, m.flags, m.options); err != nil {
			return fmt.Errorf("mount %s on %s: %w", m.source, m.target, err)
		}
	}
	return nil
}

// makeControlGroups makes the group that the kubelet works below, in every hierarchy.
func makeControlGroups() (made []string, err error) {
	controllers, err := filepath.Glob("/sys/fs/cgroup/*/cgroup.procs")
	if err != nil {
		return nil, err
	}
	if len(controllers) == 0 {
		return nil, errors.New("no control groups below /sys/fs/cgroup")
	}
	for _, c := range controllers {
		group := filepath.Join(filepath.Dir(c), cgroup)
		if err := os.Mkdir(group, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return made, err
		}
		made = append(made, group)
	}
	return made, nil
}

// removeControlGroups removes groups with all that is below them, which is empty: their processes are gone.
func removeControlGroups(groups []string) error {
	var failed error
	for _, group := range groups {
		var folders []string
		err := filepath.WalkDir(group, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() {
				folders = append(folders, path)
			}
			return err
		})
		failed = errors.Join(failed, err)
		for _, folder := range slices.Backward(folders) {
			failed = errors.Join(failed, os.Remove(folder))
		}
	}
	return failed
}

// keepSettings remembers the kernel's settings that a kubelet changes.
func keepSettings() (restore func() error, err error) {
	before := map[string][]byte{}
	for _, name := range []string{"vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops", "kernel/keys/root_maxkeys", "kernel/keys/root_maxbytes"} {
		path := filepath.Join("/proc/sys", name)
		if before[path], err = os.ReadFile(path); err != nil {
			return nil, err
		}
	}
	return func() error {
		var failed error
		for path, value := range before {
			failed = errors.Join(failed, os.WriteFile(path, value, 0o644))
		}
		return failed
	}, nil
}
