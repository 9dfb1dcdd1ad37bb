// Package oracle tests the SignalFlow client and its test server against the
// vendor's Go library: our client reads the library's fake service, and the
// library's client reads our test server.
package oracle
