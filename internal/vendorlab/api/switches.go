package api

import (
	"net/http"
	"strconv"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/faults"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/quota"
)

func (s *server) listFaults(w http.ResponseWriter, _ *http.Request) {
	reply(w, map[string]any{"faults": s.Faults.List()})
}

func (s *server) addFault(w http.ResponseWriter, r *http.Request) {
	var fault faults.Fault
	err := readJSON(w, r, &fault)
	if err == nil {
		fault, err = s.Faults.Add(fault)
	}
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	reply(w, fault)
}

func (s *server) clearFaults(w http.ResponseWriter, _ *http.Request) {
	s.Faults.Clear()
	w.WriteHeader(http.StatusNoContent)
}

func (s *server) removeFault(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil || !s.Faults.Remove(id) {
		fail(w, http.StatusNotFound, "no fault with this id is switched on")
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// switchToken revokes or restores a token; without a token, all of the vendor's.
func (s *server) switchToken(w http.ResponseWriter, r *http.Request) {
	var change struct {
		Vendor  string `json:"vendor"`
		Token   string `json:"token"`
		Revoked *bool  `json:"revoked"`
		Expired bool   `json:"expired"`
	}
	if err := readJSON(w, r, &change); err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	tokens := s.Tokens[change.Vendor]
	switch {
	case tokens == nil:
		fail(w, http.StatusBadRequest, "vendor: there is no such vendor")
		return
	case change.Expired:
		s.expireTokens(w, tokens)
		return
	case change.Revoked == nil:
		fail(w, http.StatusBadRequest, "revoked: must be true or false")
		return
	case *change.Revoked:
		tokens.Revoke(change.Token)
	default:
		tokens.Restore(change.Token)
	}
	w.WriteHeader(http.StatusNoContent)
}

// expireTokens ends all access tokens that a vendor handed out in exchange for others.
func (s *server) expireTokens(w http.ResponseWriter, tokens TokenSwitch) {
	exchanged, ok := tokens.(interface{ ExpireExchanged() })
	if !ok {
		fail(w, http.StatusBadRequest, "expired: this vendor exchanges no tokens")
		return
	}
	exchanged.ExpireExchanged()
	w.WriteHeader(http.StatusNoContent)
}

func (s *server) listQuotas(w http.ResponseWriter, _ *http.Request) {
	states := map[string]quota.State{}
	for vendor, q := range s.Quotas {
		states[vendor] = q.State()
	}
	reply(w, map[string]any{"quotas": states})
}

// setQuota limits what a vendor takes; 0 takes the limit away.
func (s *server) setQuota(w http.ResponseWriter, r *http.Request) {
	var change struct {
		Vendor string `json:"vendor"`
		Limit  int    `json:"limit"`
		Status int    `json:"status"`
	}
	if err := readJSON(w, r, &change); err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	q := s.Quotas[change.Vendor]
	if q == nil {
		fail(w, http.StatusBadRequest, "vendor: there is no such vendor, or it has no quota here")
		return
	}
	if err := q.Set(change.Limit, change.Status); err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	reply(w, q.State())
}
