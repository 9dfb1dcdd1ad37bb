// Package profile finds out where the vendors are and with what credentials.
//
// In order of weight: flags, the environment, a profile of the profile file.
package profile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"go.yaml.in/yaml/v3"
)

// Profile says where the vendors are and with what credentials.
type Profile struct {
	SignalFx  SignalFx  `yaml:"signalfx"`
	Wavefront Wavefront `yaml:"wavefront"`
	Librato   Librato   `yaml:"librato"`
}

// SignalFx has a realm, or a URL for each of its services.
type SignalFx struct {
	Token     string `yaml:"token"`
	Realm     string `yaml:"realm"`
	APIURL    string `yaml:"api_url"`
	IngestURL string `yaml:"ingest_url"`
	StreamURL string `yaml:"stream_url"`
}

// Wavefront has a token, or something that is exchanged for tokens; a proxy needs none.
type Wavefront struct {
	URL         string `yaml:"url"`
	Proxy       bool   `yaml:"proxy"`
	Token       string `yaml:"token"`
	CSPURL      string `yaml:"csp_url"`
	CSPAPIToken string `yaml:"csp_api_token"`
	CSPAppID    string `yaml:"csp_app_id"`
	CSPSecret   string `yaml:"csp_app_secret"`
	CSPOrgID    string `yaml:"csp_org_id"`
}

// Librato is either of the two services.
type Librato struct {
	// API is librato or appoptics, the default.
	API   string `yaml:"api"`
	URL   string `yaml:"url"`
	Email string `yaml:"email"`
	Token string `yaml:"token"`
}

// variables are what the environment may hold in place of a profile. Those of
// Librato are the ones of the vendor's Python clients.
func (p *Profile) variables() map[string]*string {
	return map[string]*string{
		"SIGNALFX_TOKEN":      &p.SignalFx.Token,
		"SIGNALFX_REALM":      &p.SignalFx.Realm,
		"SIGNALFX_API_URL":    &p.SignalFx.APIURL,
		"SIGNALFX_INGEST_URL": &p.SignalFx.IngestURL,
		"SIGNALFX_STREAM_URL": &p.SignalFx.StreamURL,

		"WAVEFRONT_URL":            &p.Wavefront.URL,
		"WAVEFRONT_TOKEN":          &p.Wavefront.Token,
		"WAVEFRONT_CSP_URL":        &p.Wavefront.CSPURL,
		"WAVEFRONT_CSP_API_TOKEN":  &p.Wavefront.CSPAPIToken,
		"WAVEFRONT_CSP_APP_ID":     &p.Wavefront.CSPAppID,
		"WAVEFRONT_CSP_APP_SECRET": &p.Wavefront.CSPSecret,
		"WAVEFRONT_CSP_ORG_ID":     &p.Wavefront.CSPOrgID,

		"LIBRATO_URL": &p.Librato.URL,
	}
}

// DefaultName of the profile that is used unless another is asked for.
const DefaultName = "default"

// Load reads the profile of that name from a file, and puts what the environment
// holds on top. A file that is not there is none, unless a path or a name was asked for.
func Load(path, name string, getenv func(string) string) (*Profile, error) {
	p, err := read(path, name, getenv)
	if err != nil {
		return nil, err
	}
	for variable, member := range p.variables() {
		if value := getenv(variable); value != "" {
			*member = value
		}
	}
	if user, token := getenv("LIBRATO_USER"), getenv("LIBRATO_TOKEN"); user != "" && token != "" {
		p.Librato.API, p.Librato.Email, p.Librato.Token = "librato", user, token
	} else if token := getenv("APPOPTICS_TOKEN"); token != "" {
		p.Librato.API, p.Librato.Email, p.Librato.Token = "appoptics", "", token
	}
	return p, nil
}

// quoted is where the decoder shows what it read, which may be a token.
var quoted = regexp.MustCompile("(!!\\w+ )?`[^`]*`")

func read(path, name string, getenv func(string) string) (*Profile, error) {
	asked := path != "" || name != ""
	if path == "" {
		path = DefaultPath(getenv)
	}
	if name == "" {
		name = DefaultName
	}
	text, err := readPrivate(path)
	if errors.Is(err, fs.ErrNotExist) && !asked {
		return &Profile{}, nil
	}
	if err != nil {
		return nil, err
	}
	profiles := map[string]*Profile{}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&profiles); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %s", path, quoted.ReplaceAllString(err.Error(), "text"))
	}
	p := profiles[name]
	if p == nil {
		if !asked {
			return &Profile{}, nil
		}
		return nil, fmt.Errorf("%s: there is no profile %q in it", path, name)
	}
	return p, nil
}

// DefaultPath is where the profile file is unless another is asked for.
func DefaultPath(getenv func(string) string) string {
	folder := getenv("XDG_CONFIG_HOME")
	if folder == "" {
		folder = filepath.Join(getenv("HOME"), ".config")
	}
	return filepath.Join(folder, "vendorctl", "profiles.yaml")
}

// readPrivate reads a file that nobody but its owner may read: it holds tokens. The
// mode is that of what is read, even if the path is changed meanwhile.
func readPrivate(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && !onWindows {
		return nil, fmt.Errorf("%s has mode %04o, so others may read the tokens in it: chmod 600 %s", path, mode, path)
	}
	return io.ReadAll(io.LimitReader(f, maxFile))
}

// maxFile bounds the profile file, in bytes.
const maxFile = 1 << 20
