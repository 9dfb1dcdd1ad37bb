package hostmeta

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// root makes a host's root folder of files.
func root(t *testing.T, files map[string]string) string {
	t.Helper()
	for key := range folders {
		t.Setenv(string(key), "")
	}
	dir := t.TempDir()
	for name, content := range files {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	return dir
}

// thread is one entry of /proc/cpuinfo.
func thread(n, socket, core string) string {
	return "processor\t: " + n + "\nmodel name\t: Fast CPU\nphysical id\t: " + socket + "\ncore id\t: " + core + "\ncpu cores\t: 2\n\n"
}

// server has two sockets of two cores of two threads.
var server = map[string]string{
	"proc/cpuinfo": thread("0", "0", "0") + thread("1", "0", "1") + thread("2", "1", "0") + thread("3", "1", "1") +
		thread("4", "0", "0") + thread("5", "0", "1") + thread("6", "1", "0") + thread("7", "1", "1"),
	"proc/meminfo":            "MemTotal:       16384 kB\nMemFree:         1024 kB\n",
	"proc/sys/kernel/version": "#1 SMP today\n",
	"etc/debian_version":      "12.1\n",
	"etc/lsb-release":         "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=24.04\nDISTRIB_DESCRIPTION=\"Ubuntu 24.04 LTS\"\n",
	"etc/os-release":          "PRETTY_NAME=\"Other\"\n",
}

func TestCollect(t *testing.T) {
	got, err := Collect(t.Context(), root(t, server))
	require.NoError(t, err)
	release := got["host_kernel_release"] // of the kernel that runs, wherever the root is
	assert.NotEmpty(t, release)
	machine := got["host_machine"]
	assert.NotEmpty(t, machine)
	assert.Equal(t, map[string]string{
		"host_physical_cpus": "2", "host_cpu_cores": "4", "host_logical_cpus": "8", "host_cpu_model": "Fast CPU",
		"host_machine": machine, "host_processor": machine, "host_mem_total": "16384",
		"host_kernel_name": runtime.GOOS, "host_kernel_release": release, "host_kernel_version": "#1 SMP today",
		"host_os_name": "ubuntu", "host_linux_version": "Ubuntu 24.04 LTS",
	}, got)
}

func TestCollectOfThisMachine(t *testing.T) {
	got, _ := Collect(t.Context(), "")
	assert.Contains(t, got, "host_mem_total")
	assert.Contains(t, got, "host_logical_cpus")
}

func TestCollectGivesWhatItFinds(t *testing.T) {
	got, err := Collect(t.Context(), root(t, map[string]string{"proc/meminfo": server["proc/meminfo"]}))
	for _, name := range []string{"host_physical_cpus", "host_cpu_model", "host_kernel_version", "host_linux_version"} {
		assert.NotContains(t, got, name)
		assert.ErrorContains(t, err, name+": ")
	}
	assert.Equal(t, "16384", got["host_mem_total"])
	assert.Equal(t, "linux", got["host_kernel_name"])
}

func TestSocketsThatTheKernelDoesNotName(t *testing.T) {
	files := map[string]string{"proc/cpuinfo": "processor\t: 0\nmodel name\t: Arm\n\nprocessor\t: 1\nmodel name\t: Arm\n\n"}
	got, err := Collect(t.Context(), root(t, files))
	assert.NotContains(t, got, "host_physical_cpus")
	assert.ErrorContains(t, err, "host_physical_cpus: the system does not tell")
	assert.Equal(t, "2", got["host_logical_cpus"])
}

func TestTheEnvironmentPrecedesTheRoot(t *testing.T) {
	dir := root(t, server)
	other := root(t, map[string]string{"os-release": "PRETTY_NAME='Mine 1'\n"})
	t.Setenv("HOST_ETC", other)
	got, _ := Collect(t.Context(), dir)
	assert.Equal(t, "Mine 1", got["host_linux_version"])
	assert.Equal(t, "16384", got["host_mem_total"], "the rest is below the root")
}

func TestLinuxVersion(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"lsb-release comes first", map[string]string{"lsb-release": "DISTRIB_DESCRIPTION=\"A 1\"", "os-release": "PRETTY_NAME=B"}, "A 1"},
		{"os-release when that says nothing", map[string]string{"lsb-release": "DISTRIB_ID=A", "os-release": "NAME=x\n PRETTY_NAME=\"B 2\"\n"}, "B 2"},
		{"whole centos-release", map[string]string{"centos-release": "CentOS 7\n", "redhat-release": "x"}, "CentOS 7"},
		{"whole redhat-release", map[string]string{"redhat-release": "RHEL 9\n"}, "RHEL 9"},
		{"whole system-release", map[string]string{"system-release": "Amazon 2\n"}, "Amazon 2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := linuxVersion(root(t, tt.files))
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestLocalIdentity(t *testing.T) {
	dir := root(t, map[string]string{"etc/hostname": "Node-1.Example.com\n", "etc/machine-id": "0123456789abcdef0123456789abcdef\n"})
	t.Setenv("K8S_NODE_NAME", "ip-10-0-0-1.ec2.internal")
	id := localIdentity(t.Context(), dir)
	assert.Subset(t, id.names, []string{"node-1.example.com", "ip-10-0-0-1.ec2.internal"})
	assert.True(t, id.is("", "01234567-89AB-CDEF-0123-456789ABCDEF"))
	name, err := os.Hostname()
	require.NoError(t, err)
	assert.True(t, id.is(name, ""))
}
