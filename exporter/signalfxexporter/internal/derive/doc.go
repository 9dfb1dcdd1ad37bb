// Package derive adds the host metrics that the vendor's dashboards are built on
// (cpu.utilization, memory.utilization, network.total, ...) to a batch that holds
// what the host metrics receiver reports. The rules are plain Go functions, found by
// the input's metric name in the table in rules.go; the outputs are those of the
// upstream exporter's default translation rules as of its release 0.157.
//
// Some outputs need earlier points, so this runs once per incoming batch, before the
// sending queue: a retry behind the queue must not count an interval twice.
//
// # Sets
//
// Most outputs aggregate a set: the points of one metric with the same resource,
// scope, timestamp and remaining attributes. A total over part of a set is a wrong
// value, and batching may split a metric anywhere. So the number and identity of the
// points of each series' newest set are remembered, and
//
//   - a set like the last, or a larger one, is used;
//   - a smaller one is held until the rest comes, in the same batch or a later one;
//   - if instead the next set lacks the same points, they are gone (a device was
//     removed) and both sets are used, the first of them late;
//   - what else is left is discarded and counted as [Stats.Incomplete].
//
// A series' first set has no precedent and is used if it has every part that the
// formula names (used and free of memory). If more of it comes later, its value was
// too small: that is counted as [Stats.Late] and the set learned, so that it happens
// once. Where the formula names all its points (user and system of a process) the
// set is always used whole, without any memory.
//
// # Differences from the upstream rules
//
//   - Upstream took a mean over `cpu` until 0.156 and since 0.157 expects that
//     attribute to be absent, as it is by default; a host that still reports it gets one
//     cpu.utilization per core, and its dashboards and detectors break. Here `cpu` is
//     always aggregated away, and busy and total time are summed first. That equals
//     what 0.157 gives for the same host with the receiver's new default, and is the mean
//     of the cores' utilization, as before, where they ran equally long.
//   - cpu.num_processors comes from system.cpu.logical.count (since 0.157). Hosts that
//     report `cpu` but not that metric have their idle series counted (until 0.156).
//   - CPU counters reset together or not at all: a reset is a smaller sum over all
//     states, or a start after the last set. Linux corrects its iowait time downwards
//     now and then; taken for a reset, the counter's whole value would be one interval.
//   - A difference is taken between equal sets only: a device that went is no reset of
//     the sum over devices.
//   - Points that cannot be used are left out rather than used wrongly: no value
//     recorded, NaN or infinite, a delta where a running total is needed, an integer
//     where hundredths are wanted (upstream does not multiply it).
//   - Points without a timestamp give totals and ratios, but no differences.
package derive
