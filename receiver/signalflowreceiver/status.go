package signalflowreceiver

import (
	"fmt"
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

// failed reports the error of a program, unless that is known.
func (s *status) failed(program string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failing[program] == err.Error() {
		return
	}
	if s.failing == nil {
		s.failing = make(map[string]string)
	}
	s.failing[program] = err.Error()
	s.report(componentstatus.NewRecoverableErrorEvent(fmt.Errorf("program %q: %w", program, err)))
}

// works reports that the receiver is well when no program fails any more.
func (s *status) works(program string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, failed := s.failing[program]; !failed {
		return
	}
	delete(s.failing, program)
	if len(s.failing) == 0 {
		s.report(componentstatus.NewEvent(componentstatus.StatusOK))
	}
}

func (s *status) report(event *componentstatus.Event) {
	for _, host := range s.hosts {
		componentstatus.ReportStatus(host, event)
	}
}
