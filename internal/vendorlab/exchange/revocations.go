package exchange

import "sync"

// Revocations are the secrets that a room refuses for now, whatever else is true of them. The zero value refuses none.
// All methods may be called concurrently.
type Revocations struct {
	mu      sync.Mutex
	secrets map[string]bool
}

// Revoke refuses a secret from now on; the empty string stands for all secrets.
func (v *Revocations) Revoke(secret string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.secrets == nil {
		v.secrets = map[string]bool{}
	}
	v.secrets[secret] = true
}

// Restore takes Revoke back; the empty string takes all of them back.
func (v *Revocations) Restore(secret string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if secret == "" {
		clear(v.secrets)
		return
	}
	delete(v.secrets, secret)
}

// Revoked reports whether a secret is refused.
func (v *Revocations) Revoked(secret string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.secrets[""] || v.secrets[secret]
}
