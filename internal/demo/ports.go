package demo

import (
	"errors"
	"fmt"
	"net"
	"strconv"
)

const loopback = "127.0.0.1"

func address(port int) string { return net.JoinHostPort(loopback, strconv.Itoa(port)) }

// check reports every port that cannot be used, each with the variable that chooses another.
func (p *Ports) check() error {
	var problems []error
	users := map[int]port{}
	for _, wanted := range p.all() {
		if other, ok := users[*wanted.value]; ok {
			problems = append(problems, fmt.Errorf("port %d is wanted for both %s (%s) and %s (%s)",
				*wanted.value, other.purpose, other.variable, wanted.purpose, wanted.variable))
			continue
		}
		users[*wanted.value] = wanted
		if err := free(*wanted.value); err != nil {
			problems = append(problems, fmt.Errorf("port %d, for %s, cannot be used (%w); choose another: %s=%d make demo",
				*wanted.value, wanted.purpose, err, wanted.variable, suggestion()))
		}
	}
	return errors.Join(problems...)
}

func free(port int) error {
	listener, err := net.Listen("tcp", address(port))
	if err != nil {
		return err
	}
	return listener.Close()
}

// suggestion returns a port that is free now; 0 if the system has none to give.
func suggestion() int {
	listener, err := net.Listen("tcp", address(0))
	if err != nil {
		return 0
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}
