//go:build unix

package demo

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// childAttributes give the child a process group of its own, so that Ctrl-C at the terminal reaches only us and we decide the
// order of stopping.
func childAttributes() *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{Setpgid: true}
	endWithParent(attributes)
	return attributes
}

func terminate(p *os.Process) { _ = p.Signal(syscall.SIGTERM) }

func kill(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGKILL) }

// endedByTerminate reports whether the process died of our signal, as one does that was still starting up.
func endedByTerminate(err error) bool {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGTERM
}
