package main

import (
	"cmp"
	"runtime"
	"slices"
	"syscall"
	"time"
)

// contender is something that is measured: run does a fixed amount of work.
type contender struct {
	name  string
	units int // datapoints, lines or measurements that one run handles
	run   func() error
}

// sample is what one unit of a contender's work took.
type sample struct {
	wall, cpu float64 // nanoseconds
	allocs    float64
}

// measure repeats a contender's work for about d and returns what a unit took. The
// processor time is that of this process; the servers that it sends to are another one.
func measure(c contender, d time.Duration) (sample, error) {
	var before, after runtime.MemStats
	runtime.GC() // so that nobody pays for another's garbage
	runtime.ReadMemStats(&before)
	start, used := time.Now(), processorTime()
	runs := 0
	for ; runs == 0 || time.Since(start) < d; runs++ {
		if err := c.run(); err != nil {
			return sample{}, err
		}
	}
	wall, cpu := time.Since(start), processorTime()-used
	runtime.ReadMemStats(&after)
	units := float64(runs * c.units)
	return sample{
		wall: float64(wall.Nanoseconds()) / units, cpu: float64(cpu.Nanoseconds()) / units,
		allocs: float64(after.Mallocs-before.Mallocs) / units,
	}, nil
}

// processorTime is the user and system time of this process.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err) // only for a wrong argument
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// race measures contenders in rounds, one after the other in each, so that a slow
// moment of the machine meets all of them. It returns the samples of each contender.
func race(contenders []contender, rounds int, d time.Duration) ([][]sample, error) {
	samples := make([][]sample, len(contenders))
	for round := range rounds + 1 {
		for i, c := range contenders {
			s, err := measure(c, d)
			if err != nil {
				return nil, &failure{c.name, err}
			}
			if round > 0 { // the first warms up connections, pools and caches
				samples[i] = append(samples[i], s)
			}
		}
	}
	return samples, nil
}

type failure struct {
	contender string
	cause     error
}

func (f *failure) Error() string { return f.contender + ": " + f.cause.Error() }
func (f *failure) Unwrap() error { return f.cause }

// median returns the middle of what get takes from each sample.
func median(samples []sample, get func(sample) float64) float64 {
	values := make([]float64, len(samples))
	for i, s := range samples {
		values[i] = get(s)
	}
	return middle(values)
}

// ratio returns the middle of the rounds' ratios of two contenders.
func ratio(of, over []sample, get func(sample) float64) float64 {
	values := make([]float64, len(of))
	for i := range of {
		values[i] = get(of[i]) / get(over[i])
	}
	return middle(values)
}

func middle[T cmp.Ordered](values []T) T {
	slices.Sort(values)
	return values[len(values)/2]
}

func wall(s sample) float64   { return s.wall }
func cpu(s sample) float64    { return s.cpu }
func allocs(s sample) float64 { return s.allocs }
