package translate

// DefaultExcludes returns the filters of the upstream exporter's defaults (as of its
// release 0.157): metrics that the vendor's own content does not use.
func DefaultExcludes() []FilterSpec {
	return []FilterSpec{
		{Names: []string{ // derived from the host metrics
			"cpu.interrupt", "cpu.nice", "cpu.softirq", "cpu.steal", "cpu.system", "cpu.user", "cpu.wait",
			"disk_ops.pending", "vmpage_io.memory.in", "vmpage_io.memory.out",
		}},
		byAttribute("system.memory.usage", "state", "inactive"),
		byAttribute("system.filesystem.usage", "state", "reserved"),
		byAttribute("system.paging.operations", "type", "minor"),
		{Names: []string{
			"system.filesystem.inodes.usage",
			"system.disk.merged", "system.disk.time", "system.disk.io_time", "system.disk.operation_time",
			"system.disk.pending_operations", "system.disk.weighted_io_time",
			"system.network.packets", "system.network.dropped", "system.network.tcp_connections", "system.network.connections",
			"system.processes.count", "system.processes.created",
			"system.paging.faults", "system.paging.usage",
		}},
		{Names: []string{`/^k8s\.container\..+_limit$/`, "!k8s.container.memory_limit", "!k8s.container.cpu_limit"}},
		{Names: []string{`/^k8s\.container\..+_request$/`, "!k8s.container.memory_request", "!k8s.container.cpu_request"}},
		{Names: []string{`/^k8s\.node\.condition_.+$/`, "!k8s.node.condition_ready"}},
		{Names: []string{`/^(container|k8s\.node|k8s\.pod)\.(memory\.(available|major_page_faults|page_faults|rss)|cpu\.(time|utilization))$/`}},
		{Names: []string{`/^(k8s\.node|k8s\.pod)\.(memory\.(usage|working_set)|filesystem\.(available|capacity|usage))$/`}},
		{Names: []string{
			"k8s.node.network.io", "k8s.node.network.errors",
			"k8s.volume.inodes", "k8s.volume.inodes.free", "k8s.volume.inodes.used",
		}},
	}
}

func byAttribute(name, key, value string) FilterSpec {
	return FilterSpec{Names: []string{name}, Dimensions: map[string][]string{key: {value}}}
}
