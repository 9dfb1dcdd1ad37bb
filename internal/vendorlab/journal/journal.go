// Package journal lets a room survive the death of its lab: the vendor does not forget
// what it has accepted, so a lab that is killed and started again should not either.
package journal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
)

// Journal is a file of the requests that a room has accepted, one JSON line for each.
// It grows until somebody removes it. Tokens are in it.
type Journal struct {
	mu   sync.Mutex
	file *os.File
}

type line struct {
	Method string      `json:"method"`
	Path   string      `json:"path"` // with its query
	Header http.Header `json:"header"`
	Body   []byte      `json:"body"`
}

// kept are the headers that rooms look at.
var kept = []string{"Content-Type", "Content-Encoding", "X-Sf-Token"}

// Open opens or creates a journal.
func Open(path string) (*Journal, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the journal: %w", err)
	}
	return &Journal{file: file}, nil
}

// Close ends the journal. What was kept is in the file already.
func (j *Journal) Close() error { return j.file.Close() }

// Replay sends a room all requests that were kept and returns how many. A last line
// that a kill has cut off is removed.
func (j *Journal) Replay(room http.Handler) (n int, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, err := j.file.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	var whole int64
	for lines := bufio.NewReader(j.file); ; n++ {
		text, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return n, fmt.Errorf("reading the journal: %w", err)
		}
		if err := replay(room, text); err != nil {
			return n, fmt.Errorf("line %d of the journal: %w", n+1, err)
		}
		whole += int64(len(text))
	}
	if err := j.file.Truncate(whole); err != nil {
		return n, err
	}
	_, err = j.file.Seek(whole, io.SeekStart)
	return n, err
}

func replay(room http.Handler, text []byte) error {
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		return err
	}
	r, err := http.NewRequest(l.Method, l.Path, bytes.NewReader(l.Body))
	if err != nil {
		return err
	}
	r.Header = l.Header
	r.RequestURI = l.Path
	room.ServeHTTP(newAnswer(), r)
	return nil
}

// Keep returns the room with every request that it accepts kept before the client hears of it.
func (j *Journal) Keep(room http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			room.ServeHTTP(w, r)
			return
		}
		var body bytes.Buffer
		r.Body = readCloser{io.TeeReader(r.Body, &body), r.Body}
		a := newAnswer()
		room.ServeHTTP(a, r)
		if a.status/100 == 2 {
			if err := j.add(r, body.Bytes()); err != nil {
				http.Error(w, "the lab's journal: "+err.Error(), http.StatusInternalServerError)
				return
			}
		}
		a.copyTo(w)
	})
}

type readCloser struct {
	io.Reader
	io.Closer
}

func (j *Journal) add(r *http.Request, body []byte) error {
	l := line{Method: r.Method, Path: r.URL.RequestURI(), Header: make(http.Header), Body: body}
	for _, name := range kept {
		if values := r.Header.Values(name); values != nil {
			l.Header[name] = values
		}
	}
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	_, err = j.file.Write(append(text, '\n'))
	return err
}

// answer holds a response back.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newAnswer() *answer { return &answer{header: make(http.Header), status: http.StatusOK} }

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(status int)      { a.status = status }
func (a *answer) Write(p []byte) (int, error) { return a.body.Write(p) }

func (a *answer) copyTo(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body.Bytes())
}
