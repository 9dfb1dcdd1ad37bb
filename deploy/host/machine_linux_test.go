//go:build machine

package host_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/deploy/host"
	"github.com/otelcol-custom/otelcol-custom/deploy/internal/machine"
	"github.com/otelcol-custom/otelcol-custom/deploy/internal/rootfs"
)

const token = "a-token-of-the-test"

// computer is a Debian with the lab, the packages of one version and of the next, whose defaults differ, and what README.md says to do.
type computer struct {
	*machine.Machine
	older, newer string
}

func bootWith(t *testing.T, format string) computer {
	t.Helper()
	lab, err := filepath.Abs("../../build/bin/vendorlab")
	require.NoError(t, err)
	require.FileExists(t, lab, "build it with: make lab")
	collector, err := os.ReadFile(rootfs.Collector(t))
	require.NoError(t, err)
	c := computer{Machine: machine.Boot(t)}
	c.Serve(t, lab)

	output := t.TempDir()
	build := func(version string) string {
		path, err := host.Build(format, version, runtime.GOARCH, output)
		require.NoError(t, err)
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		c.Write(t, filepath.Base(path), content)
		return "/" + filepath.Base(path)
	}
	t.Chdir(tree(t, collector))
	c.older = build("1.0.0")
	for _, path := range []string{"examples/host/collector.yaml", "deploy/host/otelcol-custom.env"} {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		require.NoError(t, err)
		_, err = f.WriteString("# of the newer version\n")
		require.NoError(t, err)
		require.NoError(t, f.Close())
	}
	c.newer = build("1.0.1")
	return c
}

// configure writes realm and token, and points the exporter to the lab.
func (c computer) configure(t *testing.T) {
	t.Helper()
	c.Run(t, `cd /etc/otelcol-custom && sed -i -e 's/^SPLUNK_REALM=$/SPLUNK_REALM=us1/' -e 's/^SPLUNK_ACCESS_TOKEN=$/SPLUNK_ACCESS_TOKEN=`+token+`/' \
		-e 's|^#OTELCOL_OPTIONS=$|OTELCOL_OPTIONS=--set=exporters.signalfx.ingest_url=http://127.0.0.1:9943 --set=exporters.signalfx.api_url=http://127.0.0.1:9943|' \
		otelcol-custom.env`)
}

// property is what systemd knows of the service.
func (c computer) property(t *testing.T, name string) string {
	t.Helper()
	return c.Run(t, "systemctl show --value --property="+name+" otelcol-custom.service")
}

// arrive waits until the lab has a series.
func (c computer) arrive(t *testing.T, metric string) {
	t.Helper()
	c.Await(t, `curl -sf 'http://127.0.0.1:8088/api/series?vendor=signalfx&metric=`+metric+`' | grep -q '"metric": *"`+metric+`"'`)
}

// healthy waits until the collector says that it is.
func (c computer) healthy(t *testing.T) {
	t.Helper()
	c.Await(t, "curl -sf http://127.0.0.1:13133/")
}

const (
	refuse = `curl -sf -H 'Content-Type: application/json' -d '{"vendor":"signalfx","status":503}' http://127.0.0.1:8088/api/faults`
	accept = `curl -sf -X DELETE http://127.0.0.1:8088/api/faults`
)

// send hands points to the collector, which must take them.
func (c computer) send(t *testing.T, id string, points int) {
	t.Helper()
	var list []string
	for i := range points {
		list = append(list, fmt.Sprintf(`{"asInt":"%d","timeUnixNano":"%d","attributes":[{"key":"test_id","value":{"stringValue":%q}}]}`, i, time.Now().UnixNano(), id))
	}
	c.Run(t, `curl -sf -H 'Content-Type: application/json' -d '{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"cups","gauge":{"dataPoints":[`+
		strings.Join(list, ",")+`]}}]}]}]}' http://127.0.0.1:4318/v1/metrics`)
}

// delivered waits until what was sent is at the lab, and none of it twice.
func (c computer) delivered(t *testing.T, id string, points int) {
	t.Helper()
	audit := fmt.Sprintf("curl -sf 'http://127.0.0.1:8088/api/audit?expected=%s:%d'", id, points)
	c.Await(t, audit+` | grep -q '"missing": *0'`)
	var report struct {
		ExactlyOnce bool `json:"exactly_once"`
	}
	answer := c.Run(t, audit)
	require.NoError(t, json.Unmarshal([]byte(answer), &report))
	assert.True(t, report.ExactlyOnce, "%s", answer)
}

// step is a part of a test that the next ones build on.
func step(t *testing.T, name string, run func(*testing.T)) {
	t.Helper()
	if !t.Run(name, run) {
		t.FailNow()
	}
}

func TestDebOnSystemd(t *testing.T) {
	c := bootWith(t, "deb")

	step(t, "nothing starts by itself", func(t *testing.T) {
		assert.Contains(t, c.Run(t, "apt-get install -y "+c.older), "write realm and token into /etc/otelcol-custom/otelcol-custom.env")
		c.idle(t)
		c.Fail(t, "systemctl start otelcol-custom") // without a realm
		assert.Contains(t, c.Run(t, "journalctl -u otelcol-custom --no-pager"), "realm")
		c.Run(t, "systemctl stop otelcol-custom")
	})
	step(t, "with realm and token it sends", func(t *testing.T) { c.starts(t) })
	step(t, "it may do what it must and nothing else", func(t *testing.T) { c.confined(t) })
	step(t, "reload takes a good configuration and refuses a bad one", func(t *testing.T) { c.reloads(t) })
	step(t, "beyond its memory it is killed and started again", func(t *testing.T) { c.runsOut(t) })
	step(t, "after kill -9 it goes on with its queue", func(t *testing.T) { c.survives(t) })
	step(t, "the support bundle holds no token", func(t *testing.T) { c.bundles(t) })
	step(t, "an upgrade keeps a changed configuration and restarts what ran", func(t *testing.T) {
		c.upgrades(t, "apt-get install -y --no-remove -o Dpkg::Options::=--force-confold "+c.newer)
		assert.Contains(t, c.Run(t, "cat /etc/otelcol-custom/config.yaml.dpkg-dist"), "of the newer version")
	})
	step(t, "removal keeps configuration and queue", func(t *testing.T) {
		c.Run(t, "apt-get remove -y otelcol-custom")
		c.gone(t)
		c.Run(t, "ls /var/lib/otelcol-custom/queue && getent passwd otelcol-custom")
		c.Run(t, "grep -q "+token+" /etc/otelcol-custom/otelcol-custom.env && grep -q 14317 /etc/otelcol-custom/config.yaml")
	})
	step(t, "installed again it goes on, once it is told to", func(t *testing.T) {
		c.Run(t, "apt-get install -y -o Dpkg::Options::=--force-confold "+c.newer)
		c.idle(t)
		c.Run(t, "systemctl enable --now otelcol-custom")
		c.healthy(t)
	})
	step(t, "a stopped service stays stopped on an upgrade", func(t *testing.T) {
		c.Run(t, "systemctl stop otelcol-custom && apt-get install -y --allow-downgrades -o Dpkg::Options::=--force-confold "+c.older)
		assert.Equal(t, "inactive", c.property(t, "ActiveState"))
	})
	step(t, "purge leaves nothing", func(t *testing.T) {
		c.Run(t, "systemctl start otelcol-custom && apt-get purge -y otelcol-custom")
		c.gone(t)
		for _, path := range []string{"/etc/otelcol-custom", "/var/lib/otelcol-custom"} {
			c.Fail(t, "ls -d "+path)
		}
		c.Fail(t, "getent passwd otelcol-custom")
		c.Fail(t, "getent group otelcol-custom")
	})
}

// idle is installed but neither running nor enabled.
func (c computer) idle(t *testing.T) {
	t.Helper()
	assert.Equal(t, "inactive", c.property(t, "ActiveState"))
	assert.Equal(t, "disabled", c.property(t, "UnitFileState"))
}

func (c computer) starts(t *testing.T) {
	c.configure(t)
	c.Run(t, "systemctl enable --now otelcol-custom")
	c.healthy(t)
	c.arrive(t, "system.memory.usage")
	c.arrive(t, "memory.utilization") // derived
	assert.Equal(t, "enabled", c.property(t, "UnitFileState"))
	log := c.Run(t, "journalctl -u otelcol-custom --no-pager")
	assert.Contains(t, log, "Everything is ready.")
	assert.NotContains(t, log, token)
	assert.Contains(t, log, `"limit_mib": 800`, "of the memory limiter, whatever the computer has")
}

func (c computer) confined(t *testing.T) {
	pid := c.property(t, "MainPID")
	status := c.Run(t, "cat /proc/"+pid+"/status")
	for _, line := range []string{"CapEff:\t0000000000000000", "CapPrm:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2"} {
		assert.Contains(t, status, line+"\n")
	}
	assert.Equal(t, "otelcol-custom otelcol-custom", c.Run(t, "ps -o user:32=,group:32= -p "+pid+" | xargs"))

	// Even root could not write what the service does not see as writable.
	within := "nsenter --target=" + pid + " --mount "
	for _, path := range []string{"/usr/bin", "/etc/otelcol-custom", "/var/tmp", "/tmp", "/home", "/root", "/opt", "/var/log"} {
		assert.Contains(t, c.Fail(t, within+"touch "+path+"/it"), "Read-only file system", path)
	}
	c.Run(t, within+"touch /var/lib/otelcol-custom/it && rm /var/lib/otelcol-custom/it")
	assert.Contains(t, c.Fail(t, within+"sh -c 'echo 1 >/proc/sys/kernel/panic'"), "Read-only file system")

	assert.Equal(t, "otelcol-custom 750", c.Run(t, "stat -c '%U %a' /var/lib/otelcol-custom"))
	assert.Equal(t, "root otelcol-custom 640", c.Run(t, "stat -c '%U %G %a' /etc/otelcol-custom/otelcol-custom.env"))
	assert.Equal(t, "1073741824", c.Run(t, `cat /sys/fs/cgroup/memory/system.slice/otelcol-custom.service/memory.limit_in_bytes 2>/dev/null ||
		cat /sys/fs/cgroup/system.slice/otelcol-custom.service/memory.max`))
	report := c.Run(t, "systemd-analyze security --no-pager --threshold=25 otelcol-custom.service") // ten times the exposure
	t.Log(report[strings.LastIndexByte(report, '\n')+1:])
}

// listening is a command that succeeds once somebody listens on the port.
func listening(port int) string { return fmt.Sprintf("ss -Hltn sport = :%d | grep -q .", port) }

func (c computer) reloads(t *testing.T) {
	pid := c.property(t, "MainPID")
	c.Run(t, "sed -i 's/127.0.0.1:4317/127.0.0.1:14317/' /etc/otelcol-custom/config.yaml && systemctl reload otelcol-custom")
	c.Await(t, listening(14317))
	c.healthy(t)
	assert.Equal(t, pid, c.property(t, "MainPID"))

	c.Run(t, "cp -p /etc/otelcol-custom/config.yaml /good && sed -i 's/queue_size:/queue_sice:/' /etc/otelcol-custom/config.yaml")
	assert.Contains(t, c.Fail(t, "systemctl reload otelcol-custom"), "systemctl status otelcol-custom.service")
	assert.Contains(t, c.Run(t, "systemctl status --no-pager --full otelcol-custom"), "queue_sice")
	assert.Equal(t, "active "+pid, c.property(t, "ActiveState")+" "+c.property(t, "MainPID"))
	c.Run(t, listening(14317))
	c.healthy(t)

	c.Run(t, "mv /good /etc/otelcol-custom/config.yaml && systemctl reload otelcol-custom")
	c.healthy(t)
}

func (c computer) survives(t *testing.T) {
	c.Run(t, refuse)
	c.send(t, "killed", 100)
	pid, restarts := c.property(t, "MainPID"), c.property(t, "NRestarts")
	c.Run(t, "systemctl kill --signal=KILL otelcol-custom")
	c.Await(t, `pid=$(systemctl show --value --property=MainPID otelcol-custom) && [ "$pid" != 0 ] && [ "$pid" != `+pid+` ]`)
	assert.NotEqual(t, restarts, c.property(t, "NRestarts"))
	c.healthy(t)
	c.Run(t, accept)
	c.delivered(t, "killed", 100)
}

// runsOut gives the service less memory than it needs.
func (c computer) runsOut(t *testing.T) {
	const dropIn = "/etc/systemd/system/otelcol-custom.service.d"
	c.Run(t, "mkdir "+dropIn+" && printf '[Service]\nMemoryMax=16M\n' >"+dropIn+"/override.conf && systemctl daemon-reload")
	c.Run(t, "systemctl restart otelcol-custom || true") // it may come to be ready before it is killed
	c.Await(t, "journalctl -u otelcol-custom --no-pager -o cat | grep -Eq 'code=killed, status=9/KILL|oom-kill' && [ $(systemctl show --value -p NRestarts otelcol-custom) -ge 1 ]")
	c.Run(t, "rm -r "+dropIn+" && systemctl daemon-reload && systemctl restart otelcol-custom")
	c.healthy(t)
}

func (c computer) bundles(t *testing.T) {
	assert.Contains(t, c.Run(t, "mkdir /bundle && otelcol-custom-support /bundle"), "look through it")
	c.Run(t, "cd /bundle && tar -xzf *.tar.gz")
	c.Fail(t, "grep -r "+token+" /bundle/*/")
	for file, text := range map[string]string{
		"log.txt": "Everything is ready.", "unit.txt": "NRestarts=", "health.txt": "Server available", "metrics.txt": "otelcol_exporter_sent_metric_points",
		"config.yaml": "14317", "effective-config.yaml": "14317", "version.txt": "otelcol-custom", "components.yaml": "signalfx",
		"system.txt": "bookworm",
	} {
		assert.Contains(t, c.Run(t, "cat /bundle/*/"+file), text, file)
	}
	assert.Empty(t, c.Run(t, "cat /bundle/*/validate.txt"))
}

// upgrades installs the newer version while the vendor is away and the service runs.
func (c computer) upgrades(t *testing.T, install string) {
	c.Run(t, refuse)
	c.send(t, "upgraded", 100)
	pid := c.property(t, "MainPID")
	c.Run(t, install)
	assert.NotEqual(t, pid, c.property(t, "MainPID"))
	assert.Equal(t, "active", c.property(t, "ActiveState"))
	c.healthy(t)
	c.Run(t, "grep -q 14317 /etc/otelcol-custom/config.yaml && grep -q "+token+" /etc/otelcol-custom/otelcol-custom.env")
	c.Run(t, accept)
	c.delivered(t, "upgraded", 100)
}

// gone is the program, not what it left to deliver.
func (c computer) gone(t *testing.T) {
	for _, path := range []string{"/usr/bin/otelcol-custom", "/usr/bin/otelcol-custom-support", "/usr/lib/systemd/system/otelcol-custom.service"} {
		c.Fail(t, "ls "+path)
	}
	c.Fail(t, "pgrep -x otelcol-custom")
	assert.Empty(t, c.Run(t, "find /etc/systemd/system -name 'otelcol-custom*'"))
	assert.Equal(t, "not-found", c.property(t, "LoadState"))
}

func TestRpmOnSystemd(t *testing.T) {
	c := bootWith(t, "rpm")
	// Debian's packages are unknown to rpm: --nodeps.

	step(t, "nothing starts by itself", func(t *testing.T) {
		assert.Contains(t, c.Run(t, "rpm --install --nodeps "+c.older), "write realm and token into /etc/otelcol-custom/otelcol-custom.env")
		c.idle(t)
		assert.Empty(t, c.Run(t, "rpm --verify --nodeps otelcol-custom || true"))
	})
	step(t, "with realm and token it sends", func(t *testing.T) { c.starts(t) })
	step(t, "it may do what it must and nothing else", func(t *testing.T) { c.confined(t) })
	step(t, "reload takes a good configuration and refuses a bad one", func(t *testing.T) { c.reloads(t) })
	step(t, "an upgrade keeps a changed configuration and restarts what ran", func(t *testing.T) {
		c.upgrades(t, "rpm --upgrade --nodeps "+c.newer)
		assert.Contains(t, c.Run(t, "cat /etc/otelcol-custom/config.yaml.rpmnew"), "of the newer version")
	})
	step(t, "a stopped service stays stopped on an upgrade", func(t *testing.T) {
		c.Run(t, "systemctl stop otelcol-custom && rpm --upgrade --oldpackage --nodeps "+c.older)
		assert.Equal(t, "inactive", c.property(t, "ActiveState"))
		assert.Equal(t, "enabled", c.property(t, "UnitFileState"))
	})
	step(t, "removal saves a changed configuration and keeps the queue", func(t *testing.T) {
		c.Run(t, "systemctl start otelcol-custom && rpm --erase --nodeps otelcol-custom")
		c.gone(t)
		c.Run(t, "grep -q 14317 /etc/otelcol-custom/config.yaml.rpmsave && grep -q "+token+" /etc/otelcol-custom/otelcol-custom.env.rpmsave")
		c.Run(t, "ls /var/lib/otelcol-custom/queue && getent passwd otelcol-custom")
	})
}
