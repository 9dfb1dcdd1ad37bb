package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

// lab is the stand-in for the vendors, in its mode that counts and keeps nothing.
type lab struct {
	*process
	api      string
	services map[string]string // URLs by name
}

func startLab(ctx context.Context, program string) (*lab, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	args := []string{"--discard", "--listen", address}
	for _, service := range []string{"signalfx", "signalflow", "wavefront", "wavefront-proxy", "librato"} {
		args = append(args, "--"+service, "127.0.0.1:0")
	}
	p, err := startProcess(ctx, program, nil, args...)
	if err != nil {
		return nil, err
	}
	l := &lab{process: p, api: "http://" + address, services: map[string]string{}}
	var ports struct {
		Services map[string]struct{ URL string }
	}
	if err := eventually(ctx, func() error { return getJSON(ctx, l.api+"/api/ports", &ports) }); err != nil {
		l.stop()
		return nil, fmt.Errorf("the lab did not start: %w\n%s", err, p.output.String())
	}
	for name, service := range ports.Services {
		l.services[name] = service.URL
	}
	return l, nil
}

// arrived is how many datapoints a vendor has accepted.
func (l *lab) arrived(ctx context.Context, vendor string) (int64, error) {
	var stats struct {
		Vendors map[string]struct{ Points int64 }
	}
	if err := getJSON(ctx, l.api+"/api/stats", &stats); err != nil {
		return 0, err
	}
	return stats.Vendors[vendor].Points, nil
}

func getJSON(ctx context.Context, url string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s", strings.SplitN(url, "?", 2)[0], response.Status)
	}
	return json.NewDecoder(response.Body).Decode(into)
}

// eventually tries until it works, for at most half a minute.
func eventually(ctx context.Context, try func() error) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String(), nil
}
