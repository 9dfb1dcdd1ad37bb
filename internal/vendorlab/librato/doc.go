// Package librato stands in for Librato Metrics and for AppOptics, its successor:
// two dialects of one HTTP API, answered on one address. In the older a measurement
// has a source, in the newer it has tags.
//
// As with the vendor, one measurement that breaks a rule refuses its whole request.
package librato

// Vendor is this room's name in the store, in faults and in the API.
const Vendor = "librato"
