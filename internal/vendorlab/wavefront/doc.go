// Package wavefront stands in for Wavefront: for the service, which takes data
// directly, and for the proxy, which takes it over HTTP and TCP.
//
// It reads lines with a lexer and a parser of its own and refuses what the vendor's
// parser and validation (java-lib: IngesterFormatter, Validation) would refuse,
// under the vendor's codes. As with the vendor, the sender is not told: a request
// whose lines are all refused is answered with 202 all the same.
package wavefront

// Vendor is this room's name in the store and in the API.
const Vendor = "wavefront"

// ProxyService is the proxy's name in faults and in the list of ports.
const ProxyService = "wavefront-proxy"
