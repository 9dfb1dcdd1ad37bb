package httpsend

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAnswerOfAFailure(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Why", "because")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, strings.Repeat("a", 100<<10))
	}))
	defer server.Close()
	for name, c := range map[string]struct {
		bound int64
		want  int
	}{
		"64 KiB by default":  {0, 64 << 10},
		"a bound of its own": {1000, 1000},
	} {
		t.Run(name, func(t *testing.T) {
			s := Sender{Client: server.Client(), MaxAnswerBytes: c.bound}
			answer, err := s.Send(t.Context(), &Request{URL: server.URL})
			require.Equal(t, Rejected, ClassOf(err))
			require.NotNil(t, answer)
			assert.Equal(t, http.StatusBadRequest, answer.Status)
			assert.Equal(t, "because", answer.Header.Get("X-Why"))
			assert.Len(t, answer.Body, c.want)
		})
	}
	server.Close()
	answer, err := (&Sender{Client: server.Client()}).Send(t.Context(), &Request{URL: server.URL})
	assert.Equal(t, Retry, ClassOf(err))
	assert.Nil(t, answer, "there was none")
}
