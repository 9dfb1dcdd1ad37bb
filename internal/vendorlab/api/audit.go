package api

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// audit reports what arrived under values of the audited attribute: all, or those in ?value=; and how that
// compares with ?expected=VALUE:COUNT, which may be repeated.
func (s *server) audit(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	expected, err := expectations(query["expected"])
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	only := query["value"]
	for value := range expected {
		if !slices.Contains(only, value) {
			only = append(only, value)
		}
	}
	report := s.Store.Audit(only...)
	report.Compare(expected)
	reply(w, report)
}

func expectations(texts []string) (map[string]uint64, error) {
	expected := map[string]uint64{}
	for _, text := range texts {
		colon := strings.LastIndexByte(text, ':') // a value may hold some
		if colon < 0 {
			return nil, fmt.Errorf("expected: %q must be a value of the audited attribute, a colon and a number", text)
		}
		count, err := strconv.ParseUint(text[colon+1:], 10, 63)
		if err != nil {
			return nil, fmt.Errorf("expected: %q must end with a colon and a whole number", text)
		}
		expected[text[:colon]] = count
	}
	return expected, nil
}
