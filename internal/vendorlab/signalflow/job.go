package signalflow

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalflow/compute"
)

// job is a program that runs, or that was started and waits to be attached to.
type job struct {
	server  *Server
	handle  string
	plan    *compute.Plan
	options options
	channel string
	started int64
	// next is the logical time that comes next, where an attached stream begins.
	next atomic.Int64

	mu       sync.Mutex
	streams  map[*stream]struct{}
	idle     time.Time // since when nobody streams
	feedback []message // the newest, for GET .../feedback
}

// stream is one client's view of a job.
type stream struct{ cancel context.CancelCauseFunc }

// stopped is why a job that was stopped ended.
type stopped struct{ reason string }

func (s *stopped) Error() string { return s.reason }

// Bounds of jobs.
const (
	maxJobs     = 5000 // the vendor's limit for an organization
	maxFeedback = 100
	// idleTime is how long a started job waits for an attach or a keepalive.
	idleTime = 2 * time.Minute
)

// newJob compiles a program and registers its job, unless a limit or a fault is in the way.
func (s *Server) newJob(r request) (*job, *failure) {
	o, failed := newOptions(r)
	if failed != nil {
		return nil, failed
	}
	if status := s.Quota.Take(1, s.Clock.Now()).Status; status != 0 {
		return nil, refuse(status, "too many jobs were started within a minute")
	}
	plan, err := compute.Compile(r.Program)
	if err != nil {
		return nil, programFailure(r.Program, err)
	}
	j := &job{
		server: s, handle: newHandle(), plan: plan, options: o, channel: r.Channel,
		started: s.now(), idle: s.Clock.Now(), streams: map[*stream]struct{}{},
	}
	j.next.Store(o.start)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forgetIdle()
	if len(s.jobs) >= maxJobs {
		return nil, refuse(http.StatusTooManyRequests, "too many jobs are running")
	}
	s.jobs[j.handle] = j
	return j, nil
}

// newHandle returns 11 characters. They are random, so that an old handle is never
// the one of another job, after a restart too. They begin with a letter, so that a
// command line does not take one for a flag.
func newHandle() string {
	var bytes [8]byte
	_, _ = rand.Read(bytes[:]) // never fails
	bytes[0] &= 0x7f
	return base64.RawURLEncoding.EncodeToString(bytes[:])
}

// forgetIdle drops started jobs that nobody keeps alive. The caller holds the mutex.
func (s *Server) forgetIdle() {
	before := s.Clock.Now().Add(-idleTime)
	for handle, j := range s.jobs {
		j.mu.Lock()
		if len(j.streams) == 0 && j.idle.Before(before) {
			delete(s.jobs, handle)
		}
		j.mu.Unlock()
	}
}

func (s *Server) job(handle string) (*job, *failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forgetIdle()
	j := s.jobs[handle]
	if j == nil {
		return nil, refuse(http.StatusNotFound, "there is no job with this handle")
	}
	return j, nil
}

// stop ends a job and all its streams.
func (s *Server) stop(handle, reason string) *failure {
	j, failed := s.job(handle)
	if failed != nil {
		return failed
	}
	s.mu.Lock()
	delete(s.jobs, handle)
	s.mu.Unlock()
	j.mu.Lock()
	defer j.mu.Unlock()
	for open := range j.streams {
		open.cancel(&stopped{cmp.Or(reason, "stopped by a request")})
	}
	return nil
}

func (s *Server) keep(handle string) *failure {
	j, failed := s.job(handle)
	if failed != nil {
		return failed
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.idle = s.Clock.Now()
	return nil
}

// open registers a stream and returns what closes it. A job ends with its last stream.
func (j *job) open(s *stream) (closed func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.streams[s] = struct{}{}
	return func() {
		j.mu.Lock()
		delete(j.streams, s)
		ended := len(j.streams) == 0
		j.mu.Unlock()
		if ended {
			j.server.mu.Lock()
			delete(j.server.jobs, j.handle)
			j.server.mu.Unlock()
		}
	}
}

// prepare makes ready what a request wants streamed.
func (s *Server) prepare(r request, out sink) (stream func(context.Context) error, failed *failure) {
	if r.Type == "attach" {
		j, failed := s.job(r.Handle)
		if failed != nil {
			return nil, failed
		}
		view, failed := j.attached(r, out)
		if failed != nil {
			return nil, failed
		}
		return view.stream, nil
	}
	if r.Type == "preflight" && (r.Start == 0 || r.Stop == 0) {
		return nil, refuse(http.StatusBadRequest, "preflight needs start and stop")
	}
	j, failed := s.newJob(r)
	if failed != nil {
		return nil, failed
	}
	if r.Type == "preflight" {
		return j.runner(out).estimate, nil
	}
	return j.runner(out).stream, nil
}

func (j *job) note(m message) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.feedback = append(j.feedback, m)
	j.feedback = j.feedback[max(0, len(j.feedback)-maxFeedback):]
}

// told returns the newest messages about the job.
func (j *job) told() []message {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.feedback)
}

// Job is a job as the lab's API shows it.
type Job struct {
	Handle  string `json:"handle"`
	Channel string `json:"channel,omitempty"`
	Program string `json:"program"`
	Started int64  `json:"started"` // Unix milliseconds
	Next    int64  `json:"next"`    // logical time, Unix milliseconds; 0: not known yet
	Streams int    `json:"streams"`
}

// Jobs lists the jobs, the oldest first.
func (s *Server) Jobs() []Job {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Job, 0, len(s.jobs))
	for _, j := range s.jobs {
		j.mu.Lock()
		list = append(list, Job{j.handle, j.channel, j.plan.Program, j.started, j.next.Load(), len(j.streams)})
		j.mu.Unlock()
	}
	slices.SortFunc(list, func(a, b Job) int { return cmp.Or(cmp.Compare(a.Started, b.Started), cmp.Compare(a.Handle, b.Handle)) })
	return list
}
