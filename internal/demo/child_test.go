package demo

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func startFake(t *testing.T, fake string) *child {
	t.Helper()
	c, err := start("the fake", filepath.Join(t.TempDir(), "fake.log"), os.Args[0], nil, []string{fakeVariable + "=" + fake, fastExit})
	require.NoError(t, err)
	t.Cleanup(func() { kill(c.process); <-c.done })
	waitForLine(t, c, "ready")
	return c
}

func waitForLine(t *testing.T, c *child, line string) {
	t.Helper()
	require.Eventually(t, func() bool {
		text, err := os.ReadFile(c.log)
		return err == nil && strings.Contains(string(text), line+"\n")
	}, 10*time.Second, 5*time.Millisecond)
}

func TestStopIsCleanWhenTheChildEndsOnRequest(t *testing.T) {
	c := startFake(t, fakePolite)
	require.NoError(t, c.stop(t.Context()))
	assert.NoError(t, c.err)
}

func TestStopKillsAChildThatIgnoresTheRequest(t *testing.T) {
	c := startFake(t, fakeStubborn)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer cancel()
		for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
			if lines, err := tail(c.log, 1000, 1); err == nil && len(lines) == 1 && lines[0] == "asked in vain" {
				return
			}
		}
	}()
	err := c.stop(ctx)
	require.ErrorContains(t, err, "the fake did not end when asked to and was killed")
	require.ErrorContains(t, err, "  | asked in vain")
	select {
	case <-c.done:
		assert.ErrorContains(t, c.err, "signal: killed")
	default:
		t.Error("stop returned while the child was running")
	}
}

func TestAChildThatDiesIsNamedWithTheEndOfItsLog(t *testing.T) {
	c := startFake(t, fakeDying)
	<-c.done
	err := c.died()
	require.ErrorContains(t, err, "the fake ended by itself: exit status 3")
	require.ErrorContains(t, err, "  | cannot go on")
}

func TestStartNamesWhatCouldNotBeStarted(t *testing.T) {
	_, err := start("the fake", filepath.Join(t.TempDir(), "fake.log"), filepath.Join(t.TempDir(), "absent"), nil, nil)
	require.ErrorContains(t, err, "start the fake")
	require.ErrorContains(t, err, "no such file")

	_, err = start("the fake", filepath.Join(t.TempDir(), "absent", "fake.log"), os.Args[0], nil, nil)
	require.ErrorContains(t, err, "start the fake")
}

func TestTail(t *testing.T) {
	tests := []struct {
		name     string
		text     string
		maxBytes int64
		want     []string
	}{
		{"empty file", "", 100, nil},
		{"only newlines", "\n\n", 100, nil},
		{"fewer lines than asked for", "a\nb\n", 100, []string{"a", "b"}},
		{"more lines than asked for", "a\nb\nc\nd\n", 100, []string{"b", "c", "d"}},
		{"no newline at the end", "a\nb", 100, []string{"a", "b"}},
		{"a line cut by the byte limit is left out", "aaaaaaaaaa\nb\nc\n", 6, []string{"b", "c"}},
		{"one line longer than the byte limit keeps its end", "aaaaaaaaab\n", 4, []string{"aab"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "log")
			require.NoError(t, os.WriteFile(path, []byte(test.text), 0o600))
			got, err := tail(path, test.maxBytes, 3)
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
}
