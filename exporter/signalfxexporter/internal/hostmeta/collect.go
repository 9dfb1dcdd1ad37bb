package hostmeta

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/shirou/gopsutil/v4/common"
	"github.com/shirou/gopsutil/v4/cpu"
	"github.com/shirou/gopsutil/v4/host"
	"github.com/shirou/gopsutil/v4/mem"
)

// Collect returns the properties of this host, under the names of the upstream
// exporter. What cannot be found out is left out, and is in the error with its name;
// the rest is good then.
//
// RootPath is where the host's root is mounted, when the collector runs in a container
// on Linux; empty otherwise. HOST_PROC, HOST_SYS, HOST_ETC and their like in the
// environment take precedence.
func Collect(ctx context.Context, rootPath string) (map[string]string, error) {
	c := collector{properties: make(map[string]string)}
	ctx = withRoot(ctx, rootPath)
	c.cpu(ctx)
	c.memory(ctx)
	c.system(ctx)
	if runtime.GOOS == "linux" {
		c.linux(ctx)
	}
	return c.properties, errors.Join(c.errs...)
}

// folders are those of a host's root that the readers below look into.
var folders = map[common.EnvKeyType]string{
	common.HostProcEnvKey: "proc", common.HostSysEnvKey: "sys", common.HostEtcEnvKey: "etc",
	common.HostVarEnvKey: "var", common.HostRunEnvKey: "run", common.HostDevEnvKey: "dev", common.HostRootEnvKey: "",
}

func withRoot(ctx context.Context, rootPath string) context.Context {
	if rootPath == "" || runtime.GOOS != "linux" {
		return ctx
	}
	env := make(common.EnvMap)
	for key, folder := range folders {
		if os.Getenv(string(key)) == "" {
			env[key] = filepath.Join(rootPath, folder)
		}
	}
	return context.WithValue(ctx, common.EnvKey, env)
}

// path is a file in one of the host's folders.
func path(ctx context.Context, key common.EnvKeyType, name string) string {
	folder := os.Getenv(string(key))
	if env, ok := ctx.Value(common.EnvKey).(common.EnvMap); ok && env[key] != "" {
		folder = env[key]
	}
	if folder == "" {
		folder = "/" + folders[key]
	}
	return filepath.Join(folder, name)
}

type collector struct {
	properties map[string]string
	errs       []error
}

// set keeps a property, or notes why there is none.
func (c *collector) set(name, text string, err error) {
	text = strings.TrimSpace(text)
	if err == nil && text == "" {
		err = errors.New("the system does not tell")
	}
	if err != nil {
		c.errs = append(c.errs, fmt.Errorf("%s: %w", name, err))
		return
	}
	c.properties[name] = text
}

func (c *collector) setCount(name string, n int, err error) {
	text := ""
	if n > 0 {
		text = strconv.Itoa(n)
	}
	c.set(name, text, err)
}

func (c *collector) cpu(ctx context.Context) {
	threads, err := cpu.InfoWithContext(ctx)
	c.setCount("host_physical_cpus", sockets(threads), err)
	model := ""
	if len(threads) > 0 {
		model = threads[0].ModelName
	}
	c.set("host_cpu_model", model, err)
	n, err := cpu.CountsWithContext(ctx, true)
	c.setCount("host_logical_cpus", n, err)
	n, err = cpu.CountsWithContext(ctx, false)
	c.setCount("host_cpu_cores", n, err)
}

// sockets counts the processors that one can hold in a hand. On Linux there is an
// entry for every hardware thread, elsewhere for every processor.
func sockets(entries []cpu.InfoStat) int {
	if runtime.GOOS != "linux" {
		return len(entries)
	}
	ids := make(map[string]struct{})
	for _, e := range entries {
		if e.PhysicalID != "" {
			ids[e.PhysicalID] = struct{}{}
		}
	}
	return len(ids)
}

func (c *collector) memory(ctx context.Context) {
	text := ""
	m, err := mem.VirtualMemoryWithContext(ctx)
	if err == nil {
		text = strconv.FormatUint(m.Total/1024, 10) // KiB
	}
	c.set("host_mem_total", text, err)
}

func (c *collector) system(ctx context.Context) {
	machine, err := host.KernelArch()
	c.set("host_machine", machine, err)
	c.set("host_processor", machine, err)
	c.set("host_kernel_name", runtime.GOOS, nil)
	release, err := host.KernelVersionWithContext(ctx)
	c.set("host_kernel_release", release, err)
	platform, _, _, err := host.PlatformInformationWithContext(ctx)
	c.set("host_os_name", platform, err)
}

func (c *collector) linux(ctx context.Context) {
	version, err := os.ReadFile(path(ctx, common.HostProcEnvKey, "sys/kernel/version"))
	c.set("host_kernel_version", string(version), err)
	text, err := linuxVersion(path(ctx, common.HostEtcEnvKey, ""))
	c.set("host_linux_version", text, err)
}

// releaseFiles say what the distribution is called, in the order of preference. With
// a variable only that one is read.
var releaseFiles = []struct{ name, variable string }{
	{"lsb-release", "DISTRIB_DESCRIPTION"},
	{"os-release", "PRETTY_NAME"},
	{"centos-release", ""},
	{"redhat-release", ""},
	{"system-release", ""},
}

func linuxVersion(etc string) (string, error) {
	for _, file := range releaseFiles {
		content, err := os.ReadFile(filepath.Join(etc, file.name))
		if err != nil {
			continue
		}
		text := string(content)
		if file.variable != "" {
			text = variable(text, file.variable)
		}
		if text = strings.TrimSpace(text); text != "" {
			return text, nil
		}
	}
	return "", fmt.Errorf("no file in %s names the distribution", etc)
}

// variable returns the value that a file of shell assignments gives to a variable.
func variable(content, name string) string {
	for line := range strings.Lines(content) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), name+"="); ok {
			return strings.Trim(v, `"'`)
		}
	}
	return ""
}
