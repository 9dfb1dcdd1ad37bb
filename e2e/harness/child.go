package harness

import (
	"bytes"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
)

// child is a process whose output is kept.
type child struct {
	process *os.Process
	done    chan struct{} // closed when the process has ended
	err     error         // how it ended; read only after done
}

// startChild starts a program. Its output goes to log.
func startChild(log *Log, program string, args ...string) (*child, error) {
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	endWithParent(cmd.SysProcAttr)
	c := &child{done: make(chan struct{})}
	started := make(chan error)
	go func() {
		defer close(c.done)
		// Linux ties "kill the child when the parent dies" to the thread that started it.
		runtime.LockOSThread()
		err := cmd.Start()
		c.process = cmd.Process
		started <- err
		if err == nil {
			c.err = cmd.Wait()
		}
	}()
	return c, <-started
}

func (c *child) ended() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// Log keeps everything that was written. It is safe for concurrent use.
type Log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// String returns all of it.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// Contains reports whether a text was written.
func (l *Log) Contains(text string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Contains(l.text.Bytes(), []byte(text))
}

// tail is the end of it.
func (l *Log) tail() string {
	const shown = 6000
	text := l.String()
	return text[max(0, len(text)-shown):]
}
