package journal

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// room remembers what it was sent and refuses bad bodies.
type room struct{ got []string }

func (r *room) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, _ := io.ReadAll(request.Body)
	if string(body) == "bad" {
		http.Error(w, "bad", http.StatusBadRequest)
		return
	}
	r.got = append(r.got, strings.Join([]string{request.Method, request.URL.RequestURI(), request.Header.Get("X-SF-Token"), string(body)}, " "))
	w.Header().Set("X-Room", "1")
	w.WriteHeader(http.StatusAccepted)
	_, _ = io.WriteString(w, "OK")
}

func send(handler http.Handler, method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("X-SF-Token", "t")
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

func open(t *testing.T, path string) *Journal {
	t.Helper()
	j, err := Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func TestWhatWasAcceptedComesAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	j := open(t, path)
	n, err := j.Replay(nil)
	require.NoError(t, err)
	assert.Zero(t, n, "there is nothing at first")
	first := new(room)
	answer := send(j.Keep(first), http.MethodPost, "/v2/datapoint?a=b", "one")
	assert.Equal(t, http.StatusAccepted, answer.Code)
	assert.Equal(t, "OK", answer.Body.String())
	assert.Equal(t, "1", answer.Header().Get("X-Room"))
	assert.Equal(t, http.StatusBadRequest, send(j.Keep(first), http.MethodPost, "/v2/datapoint", "bad").Code)
	send(j.Keep(first), http.MethodGet, "/v2/dimension", "")
	send(j.Keep(first), http.MethodPut, "/v2/dimension/host/a", "two")

	// Killed in the middle of a line, and once more after another request.
	cut, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = cut.WriteString(`{"method":"POST","pa`)
	require.NoError(t, err)
	require.NoError(t, cut.Close())
	want := []string{"POST /v2/datapoint?a=b t one", "PUT /v2/dimension/host/a t two"}
	for range 2 {
		again := new(room)
		j := open(t, path)
		n, err := j.Replay(again)
		require.NoError(t, err)
		assert.Equal(t, len(want), n)
		assert.Equal(t, want, again.got)
		send(j.Keep(again), http.MethodPost, "/v2/datapoint", "more")
		want = append(want, "POST /v2/datapoint t more")
	}
}

func TestADamagedJournalIsNotUsed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	require.NoError(t, os.WriteFile(path, []byte("{}\nnonsense\n"), 0o600))
	_, err := open(t, path).Replay(new(room))
	assert.ErrorContains(t, err, "line 2 of the journal")
}

func TestWhatCannotBeKeptIsNotAccepted(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "journal"))
	require.NoError(t, j.Close())
	assert.Equal(t, http.StatusInternalServerError, send(j.Keep(new(room)), http.MethodPost, "/", "one").Code)
	_, err := Open(filepath.Join(t.TempDir(), "none", "journal"))
	assert.ErrorContains(t, err, "opening the journal")
}
