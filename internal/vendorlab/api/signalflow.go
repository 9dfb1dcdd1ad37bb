package api

import (
	"mime"
	"net/http"
)

// jobs lists the SignalFlow jobs that run, the oldest first.
func (s *server) jobs(w http.ResponseWriter, _ *http.Request) {
	reply(w, map[string]any{"jobs": s.SignalFlow.Jobs()})
}

// wire shows which binary forms the SignalFlow service speaks.
func (s *server) wire(w http.ResponseWriter, _ *http.Request) { reply(w, s.SignalFlow.Wire()) }

// setWire changes what the body names.
func (s *server) setWire(w http.ResponseWriter, r *http.Request) {
	wire := s.SignalFlow.Wire()
	err := readJSON(w, r, &wire)
	if err == nil {
		err = s.SignalFlow.SetWire(wire)
	}
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	reply(w, wire)
}

// runProgram streams a SignalFlow program for the page, without a token. It takes
// JSON only, which a foreign page cannot send unasked.
func (s *server) runProgram(w http.ResponseWriter, r *http.Request) {
	if mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); mediaType != "application/json" {
		fail(w, http.StatusBadRequest, "send JSON with Content-Type: application/json")
		return
	}
	s.SignalFlow.Execute(w, r)
}
