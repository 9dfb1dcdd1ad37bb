package demo

import (
	"fmt"
	"path/filepath"
	"strconv"
	"time"
)

// Settings tell what to run and where.
type Settings struct {
	Lab       string        // path of the stand-in's binary
	Collector string        // path of the collector's binary
	Config    string        // path of the collector's configuration
	LogDir    string        // folder for the children's logs; created
	Duration  time.Duration // 0: until interrupted
	Ports     Ports
}

// Ports on 127.0.0.1 that the children listen on.
type Ports struct {
	Lab, SignalFx, SignalFlow, Wavefront, WavefrontProxy, Librato, OTLPGRPC, OTLPHTTP, Telemetry, Health int
}

// port says how a port is chosen and what it is for.
type port struct {
	variable string
	purpose  string
	fallback int
	value    *int
}

func (p *Ports) all() []port {
	return []port{
		{"DEMO_LAB_PORT", "the lab's page and API", 8088, &p.Lab},
		{"DEMO_SIGNALFX_PORT", "the lab's SignalFx", 9943, &p.SignalFx},
		{"DEMO_SIGNALFLOW_PORT", "the lab's SignalFlow", 9946, &p.SignalFlow},
		{"DEMO_WAVEFRONT_PORT", "the lab's Wavefront service", 9944, &p.Wavefront},
		{"DEMO_WAVEFRONT_PROXY_PORT", "the lab's Wavefront proxy", 2878, &p.WavefrontProxy},
		{"DEMO_LIBRATO_PORT", "the lab's Librato and AppOptics", 9945, &p.Librato},
		{"DEMO_OTLP_GRPC_PORT", "the collector's OTLP over gRPC", 4317, &p.OTLPGRPC},
		{"DEMO_OTLP_HTTP_PORT", "the collector's OTLP over HTTP", 4318, &p.OTLPHTTP},
		{"DEMO_TELEMETRY_PORT", "the collector's own metrics", 8888, &p.Telemetry},
		{"DEMO_HEALTH_PORT", "the collector's health check", 13133, &p.Health},
	}
}

// FromEnvironment reads the DEMO_* variables; an empty one counts as absent.
func (s *Settings) FromEnvironment(getenv func(string) string) error {
	if text := getenv("DEMO_SECONDS"); text != "" {
		seconds, err := strconv.Atoi(text)
		if err != nil || seconds < 1 {
			return fmt.Errorf("DEMO_SECONDS is %q: it must be a whole number of seconds, 1 or more", text)
		}
		s.Duration = time.Duration(seconds) * time.Second
	}
	for _, p := range s.Ports.all() {
		*p.value = p.fallback
		text := getenv(p.variable)
		if text == "" {
			continue
		}
		number, err := strconv.Atoi(text)
		if err != nil || number < 1 || number > 65535 {
			return fmt.Errorf("%s is %q: it must be a port, 1 to 65535", p.variable, text)
		}
		*p.value = number
	}
	return nil
}

func (s *Settings) labLog() string       { return filepath.Join(s.LogDir, "vendorlab.log") }
func (s *Settings) deployLog() string    { return filepath.Join(s.LogDir, "deploys.log") }
func (s *Settings) collectorLog() string { return filepath.Join(s.LogDir, "collector.log") }

func (s *Settings) labArgs() []string {
	return []string{
		"--listen", address(s.Ports.Lab), "--signalfx", address(s.Ports.SignalFx), "--signalflow", address(s.Ports.SignalFlow), "--wavefront", address(s.Ports.Wavefront),
		"--wavefront-proxy", address(s.Ports.WavefrontProxy), "--librato", address(s.Ports.Librato),
	}
}

// collectorEnv points the configuration at the stand-in. The names are those of the vendors' own agents where they have one.
func (s *Settings) collectorEnv() []string {
	signalfx := "http://" + address(s.Ports.SignalFx)
	return []string{
		"SPLUNK_ACCESS_TOKEN=demo",
		"SPLUNK_INGEST_URL=" + signalfx,
		"SPLUNK_API_URL=" + signalfx,
		"SPLUNK_STREAM_URL=ws://" + address(s.Ports.SignalFlow) + "/v2/signalflow",
		"WAVEFRONT_TOKEN=demo",
		"WAVEFRONT_URL=http://" + address(s.Ports.Wavefront),
		"WAVEFRONT_PROXY=http://" + address(s.Ports.WavefrontProxy),
		"LIBRATO_TOKEN=demo",
		"LIBRATO_URL=http://" + address(s.Ports.Librato),
		"OTLP_GRPC_ENDPOINT=" + address(s.Ports.OTLPGRPC),
		"OTLP_HTTP_ENDPOINT=" + address(s.Ports.OTLPHTTP),
		"HEALTH_ENDPOINT=" + address(s.Ports.Health),
		"DEPLOY_LOG=" + s.deployLog(),
		fmt.Sprintf("TELEMETRY_PORT=%d", s.Ports.Telemetry),
	}
}
