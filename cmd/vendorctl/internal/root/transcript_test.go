package root

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/session"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/clock"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var update = flag.Bool("update", false, "write the transcripts anew")

// TestTranscripts runs the commands of each file against a lab whose clock stands
// still, and compares what they print with what follows them in the file.
//
//	# a remark
//	$ vendorctl COMMAND       of which --lab is left out
//	$ vendorctl COMMAND <<END
//	standard input
//	END
//	standard output, then standard error, and [exit N] unless N is 0
//	: advance 10s             moves the clock
//	: write FILE <<END        writes a file of the folder the commands run in
//	: arrived VENDOR          what the lab has of a vendor, and what it refused
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/transcripts/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			path, err := filepath.Abs(file)
			require.NoError(t, err)
			got := replay(t, string(want))
			if *update {
				require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
				return
			}
			assert.Equal(t, string(want), got)
		})
	}
}

// start is what the clock of a transcript shows at its beginning.
var start = time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)

// stage is what the commands of one test run against.
type stage struct {
	t     *testing.T
	lab   *vendorlab.Lab
	clock *clock.Manual
	env   map[string]string
}

func newStage(t *testing.T) *stage {
	s := &stage{t: t, clock: clock.NewManual(start), env: map[string]string{"HOME": "/home/user"}}
	lab, err := vendorlab.Start(vendorlab.Config{Clock: s.clock})
	require.NoError(t, err)
	t.Cleanup(lab.Close)
	s.lab = lab
	return s
}

// run runs one command with --lab.
func (s *stage) run(stdin string, args ...string) (out string, code int) {
	return s.runPlain(stdin, append([]string{"--lab=" + s.lab.API.URL()}, args...)...)
}

// runPlain runs one command, and returns its standard output with its standard error behind it.
func (s *stage) runPlain(stdin string, args ...string) (string, int) {
	var out, stderr bytes.Buffer
	code := Run(s.t.Context(), s.session(), args, strings.NewReader(stdin), &out, &stderr)
	return out.String() + stderr.String(), code
}

func (s *stage) session() *session.Session {
	return &session.Session{Getenv: func(name string) string { return s.env[name] }, Now: s.clock.Now}
}

func replay(t *testing.T, text string) string {
	s := newStage(t)
	t.Chdir(t.TempDir())
	var out strings.Builder
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for len(lines) > 0 {
		line := lines[0]
		lines = lines[1:]
		command, isCommand := strings.CutPrefix(line, "$ vendorctl ")
		directive, isDirective := strings.CutPrefix(line, ": ")
		if strings.HasPrefix(line, "#") {
			blankLine(&out)
			fmt.Fprintln(&out, line)
		}
		if !isCommand && !isDirective {
			continue // what was printed the last time
		}
		blankLine(&out)
		fmt.Fprintln(&out, line)
		var stdin string
		if before, mark, ok := strings.Cut(line, " <<"); ok {
			command, directive = strings.TrimPrefix(before, "$ vendorctl "), strings.TrimPrefix(before, ": ")
			for len(lines) > 0 && lines[0] != mark {
				stdin += lines[0] + "\n"
				lines = lines[1:]
			}
			lines = lines[min(1, len(lines)):]
			fmt.Fprint(&out, stdin+mark+"\n")
		}
		if isDirective {
			out.WriteString(s.direct(directive, stdin))
			continue
		}
		printed, code := s.run(stdin, words(command)...)
		if code == 0 && strings.HasPrefix(command, "signalfx flow start ") {
			printed = "HANDLE\n" // another one each time
		}
		out.WriteString(s.masked(printed))
		if code != 0 {
			fmt.Fprintf(&out, "[exit %d]\n", code)
		}
	}
	return out.String()
}

// blankLine separates a command from what the one before it printed.
func blankLine(out *strings.Builder) {
	text := out.String()
	if text != "" && !strings.HasSuffix(text, "\n\n") && !strings.HasPrefix(lastLine(text), "#") {
		out.WriteString("\n")
	}
}

func lastLine(text string) string {
	text = strings.TrimSuffix(text, "\n")
	return text[strings.LastIndexByte(text, '\n')+1:]
}

func (s *stage) direct(directive, stdin string) (printed string) {
	name, argument, _ := strings.Cut(directive, " ")
	switch name {
	case "advance":
		d, err := time.ParseDuration(argument)
		require.NoError(s.t, err)
		s.clock.Advance(d)
	case "write":
		require.NoError(s.t, os.WriteFile(argument, []byte(stdin), 0o600))
	case "arrived":
		return s.arrived(argument)
	default:
		s.t.Fatalf("no directive %q", name)
	}
	return ""
}

// arrived is what the lab has of a vendor.
func (s *stage) arrived(vendor string) string {
	var b strings.Builder
	text := func(v any) string {
		out, err := json.Marshal(v)
		require.NoError(s.t, err)
		return string(out)
	}
	series, _ := s.lab.Store.Series(store.Query{Vendor: vendor})
	for _, x := range series {
		fmt.Fprintf(&b, "%s %s %s = %s\n", x.Type, x.Metric, text(x.Dimensions), text(x.Last.Value))
	}
	events := s.lab.Store.Events(0, 100)
	for i := range events {
		if e := &events[len(events)-1-i]; e.Vendor == vendor {
			fmt.Fprintf(&b, "event %s %s %s\n", e.Type, text(e.Dimensions), text(e.Properties))
		}
	}
	traces := s.lab.Store.Traces(0, 100)
	for _, trace := range traces {
		for _, span := range trace.Spans {
			fmt.Fprintf(&b, "span %s %s\n", span.Name, text(span.Logs))
		}
	}
	rejections := s.lab.Store.Rejections(0, 100)
	for _, r := range rejections {
		fmt.Fprintf(&b, "refused %s: %s %s\n", r.Kind, r.Reason, r.Detail)
	}
	return b.String()
}

// masked takes the addresses of this run out.
func (s *stage) masked(text string) string {
	for name, service := range map[string]*vendorlab.Service{
		"SIGNALFX": s.lab.SignalFx, "SIGNALFLOW": s.lab.SignalFlow, "WAVEFRONT": s.lab.Wavefront,
		"PROXY": s.lab.WavefrontProxy, "LIBRATO": s.lab.Librato, "LAB": s.lab.API,
	} {
		text = strings.ReplaceAll(text, service.Address(), name)
	}
	return text
}

// words splits a command as a shell does: at blanks, but for those in quotes.
func words(line string) (all []string) {
	var word strings.Builder
	var quote rune
	begun := false
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, begun = r, true
		case r == ' ':
			if begun {
				all = append(all, word.String())
			}
			word.Reset()
			begun = false
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	if begun {
		all = append(all, word.String())
	}
	return all
}
