package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
)

// These variables make this program play a vendor instead.
const (
	sinkVariable   = "BENCH_SINK"
	streamVariable = "BENCH_STREAM"
)

// startSink starts a server that reads and drops request bodies and answers as each
// vendor does.
func startSink() (url string, stop func(), err error) { return startChild(sinkVariable) }

// startChild starts this program as a server, in a process of its own so that its work
// is not counted as that of what is measured.
func startChild(variable string) (url string, stop func(), err error) {
	program, err := os.Executable()
	if err != nil {
		return "", nil, err
	}
	child := exec.Command(program)
	child.Env = append(os.Environ(), variable+"=1")
	child.Stderr = os.Stderr
	alive, err := child.StdinPipe() // the child ends when this end closes, however we end
	if err != nil {
		return "", nil, err
	}
	output, err := child.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := child.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = alive.Close()
		_ = child.Wait()
	}
	said, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		stop()
		return "", nil, fmt.Errorf("%s did not start: %w", variable, err)
	}
	return strings.TrimSpace(said), stop, nil
}

// serveSink is the child's whole life.
func serveSink() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println("http://" + l.Addr().String())
	go func() { _ = http.Serve(l, http.HandlerFunc(swallow)) }()
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

func swallow(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	answer(w, r.URL.Path)
}

// answer says what the vendor of a path says to data that it takes.
func answer(w http.ResponseWriter, path string) {
	switch {
	case strings.HasPrefix(path, "/v2/"): // SignalFx
		_, _ = io.WriteString(w, `"OK"`)
	case strings.HasPrefix(path, "/report"): // Wavefront
		w.WriteHeader(http.StatusAccepted)
	case path == "/v1/measurements": // AppOptics
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, `{}`)
	case path == "/v1/metrics": // Librato and OTLP share the path; both take an empty answer
		w.WriteHeader(http.StatusOK)
	}
}
