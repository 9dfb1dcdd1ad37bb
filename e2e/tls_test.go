package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/e2e/harness"
)

// authority signs certificates for 127.0.0.1.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  []byte
}

func newAuthority(t *testing.T, name string) *authority {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return &authority{t, cert, key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}
}

// issue makes a certificate, another one each time.
func (a *authority) issue() *tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(a.t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "vendor"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &key.PublicKey, a.key)
	require.NoError(a.t, err)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func (a *authority) file() string {
	name := filepath.Join(a.t.TempDir(), "ca.pem")
	require.NoError(a.t, os.WriteFile(name, a.pem, 0o600))
	return name
}

// front ends TLS before the lab. Its certificate can be changed while it runs.
type front struct {
	*httptest.Server
	cert       atomic.Pointer[tls.Certificate]
	handshakes atomic.Int64
}

func newFront(t *testing.T, to string, cert *tls.Certificate) *front {
	back, err := url.Parse(to)
	require.NoError(t, err)
	proxy := httputil.NewSingleHostReverseProxy(back)
	proxy.ErrorLog = log.New(io.Discard, "", 0)
	f := &front{Server: httptest.NewUnstartedServer(proxy)}
	f.cert.Store(cert)
	f.Config.ErrorLog = log.New(io.Discard, "", 0)
	f.TLS = &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		f.handshakes.Add(1)
		return &tls.Config{Certificates: []tls.Certificate{*f.cert.Load()}, SessionTicketsDisabled: true}, nil
	}}
	f.StartTLS()
	t.Cleanup(f.Close)
	return f
}

// A certificate of an authority that the exporter does not know is refused before anything
// is sent, token included, and the error says so. With the right authority all of it arrives.
// Then the service's certificate is replaced by another one of the same authority.
func TestTLS(t *testing.T) {
	t.Parallel()
	forTargets(t, func(t *testing.T, tg *target) {
		if tg.tcp {
			return // no TLS over plain TCP
		}
		r := newRig(t, tg)
		right, wrong := newAuthority(t, "right"), newAuthority(t, "wrong")
		f := newFront(t, tg.service(r.lab).URL(), right.issue())
		config := tg.configTo(f.URL, "")
		config.More = "tls: {ca_file: " + wrong.file() + "}"
		r.collector = harness.Start(t, config)

		var shipments []*shipment
		for _, s := range tg.takes() {
			sh := r.ship("TLS with a wrong CA, then right", s)
			sh.send(tg.items(s))
			shipments = append(shipments, sh)
		}
		r.eventually("a clear error", func() bool { return r.collector.Log.Contains("certificate signed by unknown authority") })
		assert.Empty(t, r.lab.Store.Stats().Vendors, "nothing may reach a service that is not known")
		assert.True(t, r.collector.Running())
		r.collector.Terminate(harness.Patience)

		config.More = "tls: {ca_file: " + right.file() + "}"
		r.collector.Reconfigure(config)
		r.collector.Start()
		for _, sh := range shipments {
			sh.settle(expect{})
		}

		f.cert.Store(right.issue())
		f.CloseClientConnections()
		before := f.handshakes.Load()
		for _, s := range tg.takes() {
			sh := r.ship("rotated certificate", s)
			sh.send(tg.items(s))
			sh.settle(expect{})
		}
		assert.Greater(t, f.handshakes.Load(), before)
		r.secretFree()
	})
}

// A name that cannot be looked up is an outage like others: nothing is lost by it.
func TestDNSFailure(t *testing.T) {
	t.Parallel()
	forTargets(t, func(t *testing.T, tg *target) {
		r := newRig(t, tg)
		r.collector = harness.Start(t, tg.configTo("http://vendor.invalid", "vendor.invalid:2878"))
		var shipments []*shipment
		for _, s := range tg.takes() {
			sh := r.ship("DNS failure", s)
			sh.send(tg.items(s))
			shipments = append(shipments, sh)
		}
		r.eventually("a clear error", func() bool { return r.collector.Log.Contains("lookup vendor.invalid") })
		r.collector.Terminate(harness.Patience)
		r.collector.Reconfigure(tg.config(r.lab))
		r.collector.Start()
		for _, sh := range shipments {
			sh.settle(expect{})
		}
		r.secretFree()
	})
}

// A redirect never carries the token, or the data, to another host.
func TestRedirects(t *testing.T) {
	t.Parallel()
	forTargets(t, func(t *testing.T, tg *target) {
		if tg.tcp {
			return
		}
		var elsewhere atomic.Int64
		other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
		t.Cleanup(other.Close)
		here := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			http.Redirect(w, r, other.URL+r.URL.Path, http.StatusTemporaryRedirect)
		}))
		t.Cleanup(here.Close)
		r := newRig(t, tg)
		r.collector = harness.Start(t, tg.configTo(here.URL, ""))
		for _, s := range tg.takes() {
			sh := r.ship("redirect to another host", s)
			sh.send(tg.items(s))
			dropped := harness.Reasons{"refused": sh.in}
			if s == harness.Traces && tg.sums {
				// Of the sums of spans, not of spans: how many there are is a matter of time.
				r.eventually("the sums were dropped", func() bool { return r.dropped(s)["refused"] > 0 })
				continue
			}
			r.eventually("it was dropped", func() bool { return r.dropped(s)["refused"] == sh.in })
			sh.settle(expect{dropped: dropped})
		}
		assert.Zero(t, elsewhere.Load(), "requests that followed the redirect")
		r.secretFree()
	})
}
