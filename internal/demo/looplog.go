package demo

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// readDebugLog adds the points that a debug exporter of detailed verbosity has printed.
func readDebugLog(log string, to map[time.Time][]string) error {
	file, err := os.Open(log)
	if err != nil {
		return err
	}
	defer file.Close()
	var at time.Time
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line := lines.Text()
		if text, ok := strings.CutPrefix(line, "Timestamp: "); ok {
			if at, err = time.Parse("2006-01-02 15:04:05.999999999 -0700 MST", text); err != nil {
				return err
			}
		}
		if value, ok := strings.CutPrefix(line, "Value: "); ok {
			to[at] = append(to[at], value)
		}
	}
	return nil
}

// loopProgram is the one of the example.
const loopProgram = "data('system.memory.usage', filter=filter('state', 'used')).mean(by=['host.name']).publish('memory')"

// truth is what the lab computes for a range, in the debug exporter's form.
func (l *loop) truth(ctx context.Context, first, last time.Time) (map[time.Time]string, error) {
	query := url.Values{
		"start": {strconv.FormatInt(first.UnixMilli(), 10)}, "stop": {strconv.FormatInt(last.UnixMilli(), 10)},
		"resolution": {"1000"}, "immediate": {"true"},
	}
	address := "http://" + address(l.settings.Ports.SignalFlow) + "/v2/signalflow/execute?" + query.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(loopProgram))
	if err != nil {
		return nil, err
	}
	request.Header.Set("X-SF-Token", "demo")
	request.Header.Set("Content-Type", "text/plain")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the lab answered %s to a SignalFlow program", response.Status)
	}
	want := make(map[time.Time]string)
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		var data struct {
			At   int64 `json:"logicalTimestampMs"`
			Data []struct {
				Value json.Number `json:"value"`
			} `json:"data"`
		}
		text, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok || json.Unmarshal([]byte(text), &data) != nil || len(data.Data) == 0 {
			continue
		}
		value, err := data.Data[0].Value.Float64()
		if err != nil {
			return nil, err
		}
		want[time.UnixMilli(data.At).UTC()] = fmt.Sprintf("%f", value)
	}
	return want, lines.Err()
}
