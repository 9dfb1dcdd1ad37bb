package signalflowreceiver

import (
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
)

// status tells the host when programs begin and cease to fail. All failures are
// recoverable: tokens, limits and metrics can be put right on the service, and the
// programs are tried again.
type status struct {
	mu      sync.Mutex
	hosts   []component.Host // one per signal
	failing map[string]string
}

func (s *status) add(host component.Host) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hosts = append(s.hosts, host)
}

// leadership is what fails when a collector that leads cannot begin; programs have names.
const leadership = ""

// failed reports that what has a name, such as a program, fails, unless that is known.
func (s *status) failed(name string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failing[name] == err.Error() {
		return
	}
	if s.failing == nil {
		s.failing = make(map[string]string)
	}
	s.failing[name] = err.Error()
	s.report(componentstatus.NewRecoverableErrorEvent(err))
}

// works reports that the receiver is well when nothing fails any more.
func (s *status) works(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, failed := s.failing[name]; !failed {
		return
	}
	delete(s.failing, name)
	if len(s.failing) == 0 {
		s.report(componentstatus.NewEvent(componentstatus.StatusOK))
	}
}

// forget reports that the receiver is well, since it has nothing to do now.
func (s *status) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.failing) > 0 {
		s.failing = nil
		s.report(componentstatus.NewEvent(componentstatus.StatusOK))
	}
}

func (s *status) report(event *componentstatus.Event) {
	for _, host := range s.hosts {
		componentstatus.ReportStatus(host, event)
	}
}
