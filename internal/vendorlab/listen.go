package vendorlab

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
	"time"
)

// Service is one listening HTTP service of the lab.
type Service struct {
	listener net.Listener
	server   *http.Server
	stopping context.CancelFunc
	done     chan struct{}
}

// Address returns host:port as it was chosen.
func (s *Service) Address() string { return s.listener.Addr().String() }

// URL returns http://host:port without a slash at the end.
func (s *Service) URL() string { return "http://" + s.Address() }

// listen opens the address; flag is named in the error when it is taken.
func listen(address, flag string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s: something else listens on %s already; choose another port with %s host:port, or any free one with %s 127.0.0.1:0", flag, address, flag, flag)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: cannot listen on %q, which must be host:port: %w", flag, address, err)
	}
	return listener, nil
}

// serve starts answering. Requests that wait are told to stop by their context.
func serve(listener net.Listener, handler http.Handler) *Service {
	running, stopping := context.WithCancel(context.Background())
	s := &Service{
		listener: listener,
		server: &http.Server{
			Handler:           handler,
			ReadHeaderTimeout: 10 * time.Second,
			IdleTimeout:       2 * time.Minute,
			BaseContext:       func(net.Listener) context.Context { return running },
		},
		stopping: stopping,
		done:     make(chan struct{}),
	}
	go func() {
		defer close(s.done)
		_ = s.server.Serve(listener) // always ends with ErrServerClosed
	}()
	return s
}

// shutdownGrace is how long requests in flight may take to end.
const shutdownGrace = 500 * time.Millisecond

func (s *Service) close() {
	s.stopping()
	grace, cancel := context.WithTimeout(context.Background(), shutdownGrace)
	defer cancel()
	if s.server.Shutdown(grace) != nil {
		_ = s.server.Close()
	}
	<-s.done
}
