package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// child is a process of ours whose output goes to a log file.
type child struct {
	name    string
	log     string
	process *os.Process
	done    chan struct{} // closed when the process has ended
	err     error         // how it ended; read only after done
}

// start runs a program with env added to our environment. The log file is written anew.
func start(name, log, program string, args, env []string) (*child, error) {
	output, err := os.Create(log)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = output, output
	cmd.SysProcAttr = childAttributes()

	c := &child{name: name, log: log, done: make(chan struct{})}
	started := make(chan error)
	go func() {
		defer close(c.done)
		defer output.Close()
		// Linux ties "kill the child when the parent dies" to the thread that started it: keep that thread as long as the child.
		runtime.LockOSThread()
		err := cmd.Start()
		c.process = cmd.Process
		started <- err
		if err == nil {
			c.err = cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	return c, nil
}

// stop asks the process to end and kills it when ctx is done first. It returns after the process has ended.
func (c *child) stop(ctx context.Context) error {
	terminate(c.process)
	select {
	case <-c.done:
		if c.err == nil || endedByTerminate(c.err) {
			return nil
		}
		return fmt.Errorf("%s: %w\n%s", c.name, c.err, c.lastLines())
	case <-ctx.Done():
	}
	kill(c.process)
	<-c.done
	return fmt.Errorf("%s did not end when asked to and was killed\n%s", c.name, c.lastLines())
}

// died describes an exit that nobody asked for; call it only after done.
func (c *child) died() error {
	how := errors.New("exit status 0")
	if c.err != nil {
		how = c.err
	}
	return fmt.Errorf("%s ended by itself: %w\n%s", c.name, how, c.lastLines())
}

const (
	shownLines    = 15
	shownLogBytes = 16 << 10
)

// lastLines quotes the end of the log file.
func (c *child) lastLines() string {
	lines, err := tail(c.log, shownLogBytes, shownLines)
	switch {
	case err != nil:
		return "its log cannot be read: " + err.Error()
	case len(lines) == 0:
		return "its log " + c.log + " is empty"
	}
	return "the end of its log " + c.log + ":\n  | " + strings.Join(lines, "\n  | ")
}
