package derive

// diskIO is the host's disk traffic by direction.
var diskIO = overDevices("system.disk.io.total")

// diskOperations are the host's disk operations by direction.
var diskOperations = overDevices("system.disk.operations.total")

// diskOperationsRate are the disk operations since the last set.
var diskOperationsRate = aggregation{
	name:    "disk_ops.total",
	accepts: isCumulative,
	without: []string{"direction", "device"},
	base:    sumBase,
	derive:  difference("disk_ops.total"),
}

// diskPending is how the queue of pending operations changed since the last point, per
// device. If it shrank, the vendor expects its length instead.
var diskPending = aggregation{
	name:    "disk_ops.pending",
	accepts: isLevel,
	base:    sumBase,
	derive:  difference("disk_ops.pending"),
}

// overDevices sums a metric over its devices.
func overDevices(output string) aggregation {
	return aggregation{
		name:    output,
		accepts: isNumeric,
		without: []string{"device"},
		derive: func(w *writer, r *result) {
			w.likeInput(r, output, sum(r.points, partAny))
		},
	}
}

// sumBase remembers the sum of all points.
func sumBase(points []point) base {
	total := sum(points, partAny)
	if total.double {
		return base{total.bits, 1}
	}
	return base{total.bits, 0}
}

// difference gives the growth of the sum of all points; after a reset, the sum.
func difference(output string) func(*writer, *result) {
	return func(w *writer, r *result) {
		if !r.hasPrevious {
			return
		}
		previous := number{bits: r.previous[0], double: r.previous[1] == 1}
		current := sum(r.points, partAny)
		growth := current.minus(previous)
		if r.restarted || growth.negative() {
			if shapeOf(r.metric).monotonic { // a queue shrinks as a matter of course
				w.resets++
			}
			growth = current
		}
		w.gauge(r, output, growth)
	}
}
