// Package harness starts the built collector beside the lab, feeds it over OTLP and
// counts what became of it. Nothing here waits for a fixed time: everything waits for
// a condition, with a deadline that only a hang can reach.
package harness
