package hostmeta

import (
	"context"
	"os"
	"strings"

	"github.com/shirou/gopsutil/v4/common"
	"github.com/shirou/gopsutil/v4/host"
)

// identity is how resources may name this host.
type identity struct {
	names      []string // in lower case
	machineIDs []string // in lower case, without dashes
}

// localIdentity asks the operating system. The collector's own name is of no use in a
// container, so the names of the host and of the Kubernetes node are asked for too.
func localIdentity(ctx context.Context, rootPath string) identity {
	ctx = withRoot(ctx, rootPath)
	var id identity
	name, _ := os.Hostname()
	id.addName(name)
	id.addName(os.Getenv("K8S_NODE_NAME"))
	if rootPath != "" {
		name, _ := os.ReadFile(path(ctx, common.HostEtcEnvKey, "hostname"))
		id.addName(string(name))
	}
	machine, _ := host.HostIDWithContext(ctx)
	id.addMachineID(machine)
	// The call above may have found the board's id, while resource detectors take this one.
	content, _ := os.ReadFile(path(ctx, common.HostEtcEnvKey, "machine-id"))
	id.addMachineID(string(content))
	return id
}

func (id *identity) addName(name string) {
	if name = strings.ToLower(strings.TrimSpace(name)); name != "" {
		id.names = append(id.names, name)
	}
}

func (id *identity) addMachineID(text string) {
	if text = machineID(text); text != "" {
		id.machineIDs = append(id.machineIDs, text)
	}
}

func machineID(text string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimSpace(text), "-", ""))
}

// is reports whether a resource with these attributes is this host.
func (id *identity) is(hostName, hostID string) bool {
	hostName = strings.ToLower(hostName)
	for _, name := range id.names {
		if sameHost(name, hostName) {
			return true
		}
	}
	hostID = machineID(hostID)
	for _, machine := range id.machineIDs {
		if machine == hostID {
			return true
		}
	}
	return false
}

// sameHost compares names of which one may lack the domain.
func sameHost(a, b string) bool {
	shortA, domainA, _ := strings.Cut(a, ".")
	shortB, domainB, _ := strings.Cut(b, ".")
	return shortA == shortB && (domainA == domainB || domainA == "" || domainB == "")
}
