package harness

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
)

// Counters are a collector's own metrics: by name and labels, as Prometheus writes them.
type Counters map[string]float64

// scrape reads the counters of the running process.
func (c *Collector) scrape() (Counters, error) {
	client := http.Client{Timeout: time.Minute}
	resp, err := client.Get("http://" + c.metrics + "/metrics")
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return parseCounters(resp.Body)
}

func parseCounters(r io.Reader) (Counters, error) {
	found := Counters{}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		end := strings.LastIndexByte(line, ' ')
		if strings.HasPrefix(line, "#") || end < 0 {
			continue
		}
		value, err := strconv.ParseFloat(line[end+1:], 64)
		if err != nil {
			return nil, fmt.Errorf("read %q: %w", line, err)
		}
		found[line[:end]] = value
	}
	return found, lines.Err()
}

// remember keeps the counters of a process that is about to end. What was the state of
// its queue or memory is no counter.
func (c *Collector) remember() {
	now, err := c.scrape()
	if err != nil {
		return
	}
	for key, value := range now {
		if name, _, _ := strings.Cut(key, "{"); !slices.Contains(gauges, name) {
			c.before[key] += value
		}
	}
}

// gauges are the collector's metrics that a restart begins anew.
var gauges = []string{QueueSize, "otelcol_exporter_queue_capacity", MemoryInUse, HeapInUse}

// Names of the collector's own metrics.
const (
	QueueSize   = "otelcol_exporter_queue_size"
	MemoryInUse = "otelcol_process_memory_rss"
	HeapInUse   = "otelcol_process_runtime_heap_alloc_bytes"
)

// Counters are those of the running process and of those that ended in good order.
func (c *Collector) Counters() Counters {
	c.t.Helper()
	sum := maps.Clone(c.before)
	if !c.Running() {
		return sum
	}
	now, err := c.scrape()
	require.NoError(c.t, err)
	for key, value := range now {
		sum[key] += value
	}
	return sum
}

// Sum adds up the counters of a name; every label must be there as `key="value"`.
func (c Counters) Sum(name string, labels ...string) int {
	sum := 0.0
	for key, value := range c {
		if matches(key, name, labels) {
			sum += value
		}
	}
	return int(sum)
}

func matches(key, name string, labels []string) bool {
	base, rest, _ := strings.Cut(key, "{")
	if base != name {
		return false
	}
	for _, label := range labels {
		if !strings.Contains(rest, label) {
			return false
		}
	}
	return true
}

// Dropped is what the exporters dropped, by reason.
func (c Counters) Dropped(labels ...string) Reasons {
	dropped := Reasons{}
	for key, value := range c {
		base, rest, _ := strings.Cut(key, "{")
		if !strings.HasSuffix(base, "_dropped_items") || value == 0 || !matches(key, base, labels) {
			continue
		}
		_, reason, _ := strings.Cut(rest, `reason="`)
		reason, _, _ = strings.Cut(reason, `"`)
		dropped[reason] += int(value)
	}
	return dropped
}

// Reasons counts items by why they were dropped.
type Reasons map[string]int

// Total is their sum.
func (r Reasons) Total() int {
	n := 0
	for _, v := range r {
		n += v
	}
	return n
}

// Since is what was dropped after an earlier reading.
func (r Reasons) Since(earlier Reasons) Reasons {
	more := Reasons{}
	for reason, n := range r {
		if n -= earlier[reason]; n > 0 {
			more[reason] = n
		}
	}
	return more
}

// String lists them in order.
func (r Reasons) String() string {
	if len(r) == 0 {
		return "0"
	}
	var parts []string
	for _, reason := range slices.Sorted(maps.Keys(r)) {
		parts = append(parts, fmt.Sprintf("%d %s", r[reason], reason))
	}
	return strings.Join(parts, ", ")
}
