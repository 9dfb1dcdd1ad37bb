package httpsend

import (
	"bytes"
	"fmt"
)

// NoPage is a CheckAnswer for services that never answer with HTML: a success that is a
// page, such as one to log in, comes from something in between, which threw the request
// away. It is likely to pass, or to be a wrong URL that somebody mends. Service names who
// should have answered.
func NoPage(service string) func(int, []byte) *Error {
	return func(_ int, body []byte) *Error {
		if !bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
			return nil
		}
		return &Error{
			Class:   Retry,
			Meaning: fmt.Sprintf("the answer is a page, so it does not come from %s; check the URL and proxies", service),
			Message: string(body),
		}
	}
}
