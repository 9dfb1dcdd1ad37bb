package librato

import (
	"encoding/base64"
	"errors"
)

// Credentials are those of HTTP basic authentication. The zero value sends none,
// for receivers that want none. They print as nothing but what kind they are.
type Credentials struct {
	user, password string
}

// AppOpticsCredentials of an API token, which stands in for the user; the password is empty.
func AppOpticsCredentials(token string) (Credentials, error) {
	return newCredentials(token, "", "API token", token)
}

// LibratoCredentials of an account's e-mail address and API token.
func LibratoCredentials(email, token string) (Credentials, error) {
	if email == "" {
		return Credentials{}, errors.New("no e-mail address; Librato wants that of the account beside the token")
	}
	return newCredentials(email, token, "e-mail address and API token", token)
}

// Variables that the vendor's Python clients take credentials from.
const (
	AppOpticsTokenVariable = "APPOPTICS_TOKEN"
	LibratoUserVariable    = "LIBRATO_USER"
	LibratoTokenVariable   = "LIBRATO_TOKEN"
)

// CredentialsFromEnvironment returns the credentials that the vendor's variables
// hold; lookup is os.Getenv. An empty variable counts as unset.
func CredentialsFromEnvironment(api API, lookup func(string) string) (Credentials, error) {
	if api == Librato {
		return LibratoCredentials(lookup(LibratoUserVariable), lookup(LibratoTokenVariable))
	}
	return AppOpticsCredentials(lookup(AppOpticsTokenVariable))
}

func newCredentials(user, password, what, token string) (Credentials, error) {
	if token == "" {
		return Credentials{}, errors.New("no API token")
	}
	for _, c := range []byte(user + password) {
		// The vendor's clients refuse others, and so would an HTTP header.
		if c < 0x20 || c > 0x7e {
			return Credentials{}, errors.New("the " + what + " may hold printable ASCII characters only; check for stray characters")
		}
	}
	return Credentials{user, password}, nil
}

// String says nothing about the credentials but their kind.
func (c Credentials) String() string {
	switch {
	case c.user == "":
		return "no credentials"
	case c.password == "":
		return "token [REDACTED]"
	default:
		return "e-mail address and token [REDACTED]"
	}
}

// GoString is String, so that %#v does not print the fields.
func (c Credentials) GoString() string { return c.String() }

// header is the value of the Authorization header, empty for none. An empty
// password keeps its colon.
func (c Credentials) header() string {
	if c == (Credentials{}) {
		return ""
	}
	return "Basic " + c.encoded()
}

func (c Credentials) encoded() string {
	return base64.StdEncoding.EncodeToString([]byte(c.user + ":" + c.password))
}

// secrets are the texts that no error may repeat.
func (c Credentials) secrets() []string {
	switch {
	case c.user == "":
		return nil
	case c.password == "":
		return []string{c.encoded(), c.user}
	default:
		return []string{c.encoded(), c.password}
	}
}
