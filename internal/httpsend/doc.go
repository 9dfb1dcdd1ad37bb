// Package httpsend makes one HTTP attempt and says what its answer means.
//
// It knows no vendor: the status table, the credentials and the success body are
// the caller's. It never retries: whoever calls it owns the retry loop.
package httpsend
