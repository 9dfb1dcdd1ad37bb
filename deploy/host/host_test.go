package host_test

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/blakesmith/ar"
	"github.com/sassoftware/go-rpmutils"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/deploy/host"
)

// tree is what packages are made of, in a folder of its own.
func tree(t *testing.T, collector []byte) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	folder := t.TempDir()
	for _, name := range []string{"deploy/host", "examples/host"} {
		require.NoError(t, os.CopyFS(filepath.Join(folder, name), os.DirFS(filepath.Join(root, name))))
	}
	require.NoError(t, os.WriteFile(filepath.Join(folder, "LICENSE"), []byte("Apache-2.0"), 0o644))
	require.NoError(t, os.MkdirAll(filepath.Join(folder, "build/cross"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "build/cross/otelcol-custom_linux-"+runtime.GOARCH), collector, 0o755))
	return folder
}

func build(t *testing.T, format string) string {
	t.Helper()
	output := t.TempDir()
	t.Chdir(tree(t, []byte("binary"))) // the collector takes long to compress
	path, err := host.Build(format, "1.2.3", runtime.GOARCH, output)
	require.NoError(t, err)
	return path
}

// want is what both formats hold: path to mode, owner and group.
var want = map[string]string{
	"/usr/bin/otelcol-custom":                        "0755 root root",
	"/usr/bin/otelcol-custom-support":                "0755 root root",
	"/usr/lib/systemd/system/otelcol-custom.service": "0644 root root",
	"/etc/otelcol-custom":                            "0750 root otelcol-custom",
	"/etc/otelcol-custom/config.yaml":                "0644 root root",
	"/etc/otelcol-custom/otelcol-custom.env":         "0640 root otelcol-custom",
	"/usr/share/doc/otelcol-custom/README.md":        "0644 root root",
	"/usr/share/doc/otelcol-custom/copyright":        "0644 root root",
}

var kept = []string{"/etc/otelcol-custom/config.yaml", "/etc/otelcol-custom/otelcol-custom.env"}

func TestDeb(t *testing.T) {
	f, err := os.Open(build(t, "deb"))
	require.NoError(t, err)
	defer f.Close()
	members := map[string][]byte{}
	for r := ar.NewReader(f); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		members[header.Name], err = io.ReadAll(r)
		require.NoError(t, err)
	}

	got := map[string]string{}
	for path, header := range unpack(t, members["data.tar.gz"]).headers {
		if _, expected := want[path]; expected || header.Typeflag != tar.TypeDir {
			got[path] = fmt.Sprintf("%04o %s %s", header.Mode, header.Uname, header.Gname)
		}
	}
	assert.Equal(t, want, got)

	control := unpack(t, members["control.tar.gz"]).files
	for _, line := range []string{"Package: otelcol-custom", "Version: 1.2.3", "Architecture: " + runtime.GOARCH, "Depends: ca-certificates", "Pre-Depends: passwd"} {
		assert.Contains(t, control["/control"], line+"\n")
	}
	assert.ElementsMatch(t, kept, strings.Fields(control["/conffiles"]))
	for _, script := range []string{"/preinst", "/postinst", "/prerm", "/postrm"} {
		assert.True(t, strings.HasPrefix(control[script], "#!/bin/sh\n"), script)
	}
}

type archive struct {
	headers map[string]*tar.Header
	files   map[string]string
}

func unpack(t *testing.T, compressed []byte) archive {
	t.Helper()
	z, err := gzip.NewReader(strings.NewReader(string(compressed)))
	require.NoError(t, err)
	a := archive{map[string]*tar.Header{}, map[string]string{}}
	for r := tar.NewReader(z); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return a
		}
		require.NoError(t, err)
		path := "/" + strings.Trim(strings.TrimPrefix(header.Name, "."), "/")
		content, err := io.ReadAll(r)
		require.NoError(t, err)
		a.headers[path], a.files[path] = header, string(content)
	}
}

func TestRpm(t *testing.T) {
	f, err := os.Open(build(t, "rpm"))
	require.NoError(t, err)
	defer f.Close()
	rpm, err := rpmutils.ReadRpm(f)
	require.NoError(t, err)
	files, err := rpm.Header.GetFiles()
	require.NoError(t, err)
	got := map[string]string{}
	var config []string
	for _, file := range files {
		got[file.Name()] = fmt.Sprintf("%04o %s %s", file.Mode()&0o7777, file.UserName(), file.GroupName())
		if file.Flags()&rpmutils.RPMFILE_CONFIG != 0 && file.Flags()&rpmutils.RPMFILE_NOREPLACE != 0 {
			config = append(config, file.Name())
		}
	}
	assert.Equal(t, want, got)
	assert.ElementsMatch(t, kept, config)
	version, err := rpm.Header.GetString(rpmutils.VERSION)
	require.NoError(t, err)
	assert.Equal(t, "1.2.3", version)
}

// settings are the lines KEY=VALUE of a file.
func settings(t *testing.T, path string) map[string]string {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	all := map[string]string{}
	for s := bufio.NewScanner(f); s.Scan(); {
		if key, value, ok := strings.Cut(s.Text(), "="); ok && !strings.HasPrefix(key, "#") {
			all[key] += value
		}
	}
	return all
}

func TestTheUnitFitsThePackage(t *testing.T) {
	unit := settings(t, "otelcol-custom.service")
	for _, path := range regexp.MustCompile(`/(usr|etc)/[a-z./-]+`).FindAllString(unit["ExecStart"]+" "+unit["ExecStartPre"]+" "+unit["EnvironmentFile"], -1) {
		assert.Contains(t, want, path)
	}
	script, err := os.ReadFile("preinstall.sh")
	require.NoError(t, err)
	assert.Contains(t, string(script), "user="+unit["User"]+"\n")
	assert.Equal(t, "GOMEMLIMIT=800MiB", unit["Environment"], "80% of MemoryMax, as the comment says")
	assert.Equal(t, "1G", unit["MemoryMax"])
	assert.Equal(t, "800", settings(t, "otelcol-custom.env")["MEMORY_LIMIT_MIB"])
}

func TestTheEnvironmentFileNamesWhatTheConfigurationWants(t *testing.T) {
	config, err := os.ReadFile("../../examples/host/collector.yaml")
	require.NoError(t, err)
	environment := settings(t, "otelcol-custom.env")
	for _, match := range regexp.MustCompile(`\$\{env:([A-Z_]+)(:-[^}]*)?\}`).FindAllStringSubmatch(string(config), -1) {
		assert.Contains(t, environment, match[1])
	}
	assert.Empty(t, environment["SPLUNK_ACCESS_TOKEN"])
}
