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

// sinkVariable makes this program serve as the vendor instead: see startSink.
const sinkVariable = "BENCH_SINK"

// startSink starts a server that reads and drops request bodies and answers as each
// vendor does. It is another process, so that its work is not counted as a sender's.
func startSink() (url string, stop func(), err error) {
	program, err := os.Executable()
	if err != nil {
		return "", nil, err
	}
	child := exec.Command(program)
	child.Env = append(os.Environ(), sinkVariable+"=1")
	child.Stderr = os.Stderr
	alive, err := child.StdinPipe() // the child ends when this end closes, however we end
	if err != nil {
		return "", nil, err
	}
	said, err := child.StdoutPipe()
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
	address, err := bufio.NewReader(said).ReadString('\n')
	if err != nil {
		stop()
		return "", nil, fmt.Errorf("the sink did not start: %w", err)
	}
	return "http://" + strings.TrimSpace(address), stop, nil
}

// serveSink is the child's whole life.
func serveSink() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
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
