// Package testkit is what the tests of several components do alike: golden files, a
// probe of telemetry, logs and status, configurations that must be refused, README and
// metadata.yaml against the code, the collector's contract test, and the benchmark
// against gzip.
package testkit
