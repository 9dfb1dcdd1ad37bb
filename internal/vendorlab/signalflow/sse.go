package signalflow

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"sync"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalfx"
)

// handler answers an HTTP request, or says why it is refused.
type handler func(w http.ResponseWriter, r *http.Request) *failure

// authorized checks the token first.
func (s *Server) authorized(next handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ex := exchange.From(r)
		if refused := s.Tokens.CheckRequest(r, signalfx.ScopeAPI); refused != nil {
			s.fail(w, r, refuse(refused.Status, refused.Message))
			return
		}
		if failed := next(w, r); failed != nil {
			ex.Count("job", 0, 1)
			s.fail(w, r, failed)
			return
		}
		ex.Count("job", 1, 0)
	}
}

func (s *Server) fail(w http.ResponseWriter, r *http.Request, f *failure) {
	ex := exchange.From(r)
	ex.NoteError(f.text)
	ex.Answer(w, f.code, f.body())
}

func (f *failure) body() []byte {
	return marshal(map[string]any{"code": f.code, "message": f.text, "errorType": f.errorType, "context": f.context})
}

// Execute runs a program without asking for a token and streams its results, or why
// there are none, as server-sent events. It is what the lab's own page calls; it does
// not record.
func (s *Server) Execute(w http.ResponseWriter, r *http.Request) {
	if failed := s.execute(w, r); failed != nil {
		w.Header().Set("Content-Type", "text/event-stream")
		out := &eventStream{w: w, control: http.NewResponseController(w)}
		_ = out.message(failed.message()) // a client that left is no concern
	}
}

func (s *Server) execute(w http.ResponseWriter, r *http.Request) *failure {
	return s.stream(w, r, "execute")
}

func (s *Server) preflight(w http.ResponseWriter, r *http.Request) *failure {
	return s.stream(w, r, "preflight")
}

// stream answers with the events of a job.
func (s *Server) stream(w http.ResponseWriter, r *http.Request, kind string) *failure {
	asked, failed := readProgram(r)
	if failed != nil {
		return failed
	}
	asked.Type = kind
	return s.streamRequest(w, r, asked)
}

func (s *Server) attach(w http.ResponseWriter, r *http.Request) *failure {
	asked, failed := queryRequest(r.URL.Query())
	if failed != nil {
		return failed
	}
	asked.Type, asked.Handle = "attach", r.PathValue("id")
	return s.streamRequest(w, r, asked)
}

func (s *Server) streamRequest(w http.ResponseWriter, r *http.Request, asked request) *failure {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	out := &eventStream{w: w, control: http.NewResponseController(w)}
	run, failed := s.prepare(asked, out)
	if failed != nil {
		return failed
	}
	begun := s.Clock.Now()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	var comments sync.WaitGroup
	comments.Go(func() { s.keepAlive(ctx, begun, func() error { return out.write(":\n\n") }) })
	_ = run(ctx) // its error: the client left
	cancel()
	comments.Wait()
	return nil
}

// maxProgramBody bounds the body of a request with a program, in bytes.
const maxProgramBody = 1 << 20

// readProgram takes the program as text, or as JSON with programText.
func readProgram(r *http.Request) (request, *failure) {
	asked, failed := queryRequest(r.URL.Query())
	if failed != nil {
		return asked, failed
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxProgramBody))
	var large *http.MaxBytesError
	switch mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); {
	case errors.As(err, &large):
		return asked, refuse(http.StatusRequestEntityTooLarge, "the body is too large")
	case err != nil:
		return asked, refuse(http.StatusBadRequest, "reading the body failed")
	case mediaType == "application/json":
		var parsed struct {
			ProgramText string `json:"programText"`
		}
		if json.Unmarshal(body, &parsed) != nil {
			return asked, refuse(http.StatusBadRequest, "the body is not JSON with programText")
		}
		asked.Program = parsed.ProgramText
	case mediaType == "text/plain" || mediaType == "":
		asked.Program = string(body)
	default:
		return asked, refuse(http.StatusUnsupportedMediaType, "send the program as text/plain or application/json")
	}
	return asked, nil
}

// eventStream sends a job as server-sent events. Its methods may be called concurrently.
type eventStream struct {
	control *http.ResponseController

	mu sync.Mutex
	w  http.ResponseWriter
}

func (e *eventStream) write(parts ...string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, part := range parts {
		if _, err := io.WriteString(e.w, part); err != nil {
			return err
		}
	}
	return e.control.Flush()
}

// message implements sink. The type is the event's name, there is no channel.
func (e *eventStream) message(m message) error {
	return e.write("event: ", m.kind, "\ndata: ", string(marshal(m.members)), "\n\n")
}

// data implements sink.
func (e *eventStream) data(d data) error {
	return e.write("event: data\ndata: ", string(d.text()), "\n\n")
}

// start starts a job that streams nothing, and answers its id.
func (s *Server) start(w http.ResponseWriter, r *http.Request) *failure {
	asked, failed := readProgram(r)
	if failed != nil {
		return failed
	}
	j, failed := s.newJob(asked)
	if failed != nil {
		return failed
	}
	exchange.From(r).Answer(w, http.StatusOK, marshal(map[string]string{"id": j.handle}))
	return nil
}

func (s *Server) stopJob(w http.ResponseWriter, r *http.Request) *failure {
	return s.answerEmpty(w, r, s.stop(r.PathValue("id"), r.URL.Query().Get("reason")))
}

func (s *Server) keepJob(w http.ResponseWriter, r *http.Request) *failure {
	return s.answerEmpty(w, r, s.keep(r.PathValue("id")))
}

func (s *Server) answerEmpty(w http.ResponseWriter, r *http.Request, failed *failure) *failure {
	if failed == nil {
		exchange.From(r).Answer(w, http.StatusOK, []byte("{}"))
	}
	return failed
}

// feedback answers the newest control and info messages of a job.
func (s *Server) feedback(w http.ResponseWriter, r *http.Request) *failure {
	j, failed := s.job(r.PathValue("id"))
	if failed != nil {
		return failed
	}
	list := []json.RawMessage{}
	for _, m := range j.told() {
		list = append(list, m.text(""))
	}
	exchange.From(r).Answer(w, http.StatusOK, marshal(list))
	return nil
}
