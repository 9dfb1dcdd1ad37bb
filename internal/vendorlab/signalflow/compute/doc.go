// Package compute runs SignalFlow programs over what the lab's store holds.
//
// Compile turns a program into a Plan, a graph of streams. A Run of it evaluates one
// step after the other: the step at logical time t covers the points from t up to,
// but not including, t plus the resolution. Steps depend on nothing but the plan,
// the store and their times, so that running a range again gives the same again.
//
//	filter.go     filter(): which series an input takes
//	rollup.go     what becomes of the points of one series within one step
//	aggregate.go  sum, mean, min, max and count, with by
//	combine.go    arithmetic and comparisons between streams
//	detect.go     detect(when(...)): incidents
//	compile.go    functions and methods with their arguments
package compute
