// Package oracle tests the Wavefront client and exporter against code that we did
// not write: Telegraf's parser must read every metric line as we meant it, and the
// vendor's Go SDK must say the same as our encoder for the same input.
package oracle
