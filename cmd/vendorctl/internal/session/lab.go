package session

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/exit"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/profile"
)

// labToken is good for any lab that was not told which tokens are.
const labToken = "lab"

// maxPorts bounds what a lab says about its ports, in bytes.
const maxPorts = 1 << 20

// labProfile asks a lab where its services are.
func (s *Session) labProfile() (*profile.Profile, error) {
	response, err := s.Client().Get(strings.TrimRight(s.lab, "/") + "/api/ports")
	if err != nil {
		return nil, exit.With(exit.TryAgain, fmt.Errorf("there is no lab at %s: start one with vendorlab, or write --lab=URL: %w", s.lab, err))
	}
	defer response.Body.Close()
	var ports struct {
		Services map[string]struct {
			URL string `json:"url"`
		} `json:"services"`
	}
	err = json.NewDecoder(io.LimitReader(response.Body, maxPorts)).Decode(&ports)
	if err != nil || response.StatusCode != http.StatusOK || ports.Services["signalfx"].URL == "" {
		return nil, exit.With(exit.Usage, fmt.Errorf("what is at %s is no lab: its /api/ports answers with status %d", s.lab, response.StatusCode))
	}
	url := func(service string) string { return ports.Services[service].URL }
	p := &profile.Profile{
		SignalFx:  profile.SignalFx{Token: labToken, APIURL: url("signalfx"), IngestURL: url("signalfx"), StreamURL: url("signalflow")},
		Wavefront: profile.Wavefront{Token: labToken, URL: url("wavefront")},
		Librato:   profile.Librato{API: "appoptics", Token: labToken, Email: "lab@example.com", URL: url("librato")},
	}
	if s.WavefrontProxy {
		p.Wavefront = profile.Wavefront{URL: url("wavefront-proxy"), Proxy: true}
	}
	return p, nil
}
