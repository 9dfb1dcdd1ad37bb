package demo

import (
	"os"
	"syscall"
)

// childAttributes give the child a process group of its own, so that Ctrl-C at the terminal reaches only us and we decide the
// order of stopping, and have the kernel end it if we die without stopping it.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}

func terminate(p *os.Process) { _ = p.Signal(syscall.SIGTERM) }

func kill(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGKILL) }
