package input

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pairs is a batch of two lines at most.
type pairs struct {
	mu   sync.Mutex // guards sent
	held []string
	sent [][]string
	fail int // the number of the Send that fails
}

func (p *pairs) Add(line []byte) (bool, error) {
	if string(line) == "bad" {
		return false, errors.New("is bad")
	}
	p.held = append(p.held, string(line))
	return len(p.held) == 2, nil
}

func (p *pairs) Send(context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.sent)+1 == p.fail {
		return errors.New("outage")
	}
	p.sent = append(p.sent, p.held)
	p.held = nil
	return nil
}

func (p *pairs) sentSoFar() [][]string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.sent)
}

func TestASlowPipeIsSentAfterASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, w := io.Pipe()
		batch := &pairs{}
		done := make(chan Report)
		go func() {
			report, err := Send(t.Context(), r, batch, Options{Live: true})
			assert.NoError(t, err)
			done <- report
		}()
		_, _ = io.WriteString(w, "a\n")
		time.Sleep(maxWait - 1)
		synctest.Wait()
		assert.Empty(t, batch.sentSoFar())
		time.Sleep(1)
		synctest.Wait()
		assert.Equal(t, [][]string{{"a"}}, batch.sentSoFar())
		_, _ = io.WriteString(w, "b\nc\nd\n")
		synctest.Wait()
		assert.Equal(t, [][]string{{"a"}, {"b", "c"}}, batch.sentSoFar())
		_ = w.Close()
		assert.Equal(t, Report{Lines: 4, Sent: 4}, <-done)
		assert.Equal(t, [][]string{{"a"}, {"b", "c"}, {"d"}}, batch.sentSoFar())
	})
}

func TestAnInputThatSaysNothingIsInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, w := io.Pipe()
		defer w.Close()
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() {
			_, err := Send(ctx, r, &pairs{fail: 1}, Options{})
			done <- err
		}()
		_, _ = io.WriteString(w, "a\n")
		synctest.Wait()
		stop()
		err := <-done
		assert.ErrorIs(t, err, context.Canceled)
		assert.ErrorContains(t, err, "lines 1 to 1 were not sent")
	})
}

// picky is a batch of which one item a request is refused.
type picky struct{ *pairs }

func (p *picky) Send(ctx context.Context) error {
	_ = p.pairs.Send(ctx)
	return &Refused{1, errors.New("not this one")}
}

func TestItemsThatWereRefusedAreNotSentAgain(t *testing.T) {
	var bad []int
	report, err := Send(t.Context(), strings.NewReader("a\nb\nc\n"), &picky{&pairs{}}, Options{Bad: func(line int, _ error) { bad = append(bad, line) }})
	require.NoError(t, err)
	assert.Equal(t, Report{Lines: 3, Sent: 1, Bad: 2}, report)
	assert.Equal(t, []int{2, 3}, bad)
}

func (p *pairs) Len() int { return len(p.held) }

func TestSend(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		skip int
		fail int
		sent [][]string
		want Report
		bad  []int
		err  string
	}{
		"nothing":                      {},
		"whole batches and the rest":   {text: "a\nb\nc\n", sent: [][]string{{"a", "b"}, {"c"}}, want: Report{Lines: 3, Sent: 3}},
		"no newline at the end":        {text: "a", sent: [][]string{{"a"}}, want: Report{Lines: 1, Sent: 1}},
		"bad lines are left out":       {text: "a\nbad\n\n b \nbad", sent: [][]string{{"a", "b"}}, want: Report{Lines: 5, Sent: 2, Bad: 2}, bad: []int{2, 5}},
		"lines that were sent before":  {text: "a\nb\nc\n", skip: 2, sent: [][]string{{"c"}}, want: Report{Lines: 3, Sent: 1}},
		"what was not sent is named":   {text: "a\nb\nc\nd\ne\n", fail: 2, sent: [][]string{{"a", "b"}}, want: Report{Lines: 4, Sent: 2}, err: "lines 3 to 4 were not sent; send again with --skip-lines 2: outage"},
		"also when some were left out": {text: "a\nb\nc\n", skip: 1, fail: 1, want: Report{Lines: 3}, err: "lines 2 to 3 were not sent; send again with --skip-lines 1"},
		"a line that is too long":      {text: "a\n" + strings.Repeat("x", maxLine+1) + "\nb\nc\n", sent: [][]string{{"a", "b"}, {"c"}}, want: Report{Lines: 4, Sent: 3, Bad: 1}, bad: []int{2}},
		"it is the last one":           {text: "a\n" + strings.Repeat("x", maxLine+1), sent: [][]string{{"a"}}, want: Report{Lines: 2, Sent: 1, Bad: 1}, bad: []int{2}},
		"it was sent before":           {text: strings.Repeat("x", maxLine+1) + "\na", skip: 1, sent: [][]string{{"a"}}, want: Report{Lines: 2, Sent: 1}},
		"a line as long as may be":     {text: strings.Repeat("x", maxLine-1) + "\n", sent: [][]string{{strings.Repeat("x", maxLine-1)}}, want: Report{Lines: 1, Sent: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			batch := &pairs{fail: c.fail}
			var bad []int
			report, err := Send(t.Context(), strings.NewReader(c.text), batch, Options{Skip: c.skip, Bad: func(line int, _ error) { bad = append(bad, line) }})
			assert.Equal(t, c.want, report)
			assert.Equal(t, c.sent, batch.sent)
			assert.Equal(t, c.bad, bad)
			if c.err == "" {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, c.err)
			}
		})
	}
}

// broken is an input that ends with an error.
type broken struct{ text io.Reader }

func (b broken) Read(p []byte) (int, error) {
	n, err := b.text.Read(p)
	if err == io.EOF {
		err = errors.New("the disk is broken")
	}
	return n, err
}

func TestAnInputThatBreaksOff(t *testing.T) {
	batch := &pairs{}
	report, err := Send(t.Context(), broken{strings.NewReader("a\nhalf a li")}, batch, Options{})
	assert.EqualError(t, err, "line 2: the disk is broken")
	assert.Equal(t, Report{Lines: 1, Sent: 1}, report)
	assert.Equal(t, [][]string{{"a"}}, batch.sent, "what came before, and no half line")
}

func TestLine(t *testing.T) {
	type object struct {
		A json.Number `json:"a"`
		B any         `json:"b"`
	}
	for text, want := range map[string]string{
		`{"a":1}`:         "",
		`{"a":1,"c":2}`:   `unknown field "c"`,
		`{"a":1}{"a":2}`:  "more than one object",
		`{"a":1} {"a":2}`: "more than one object",
		`{"a":1} x`:       "more than one object",
		`{"a":1`:          "unexpected EOF",
	} {
		err := Line([]byte(text), new(object))
		if want == "" {
			assert.NoError(t, err, text)
		} else {
			assert.ErrorContains(t, err, want, text)
		}
	}
	var o object
	require.NoError(t, Line([]byte(`{"b":9007199254740993}`), &o))
	assert.Equal(t, json.Number("9007199254740993"), o.B)
}

func TestObject(t *testing.T) {
	var o struct{ A json.Number }
	require.NoError(t, Object("-", strings.NewReader("a: 5\n"), &o))
	assert.Equal(t, json.Number("5"), o.A)
	require.NoError(t, Object("-", strings.NewReader(`{"a": 12345678901234567890}`), &o))
	assert.Equal(t, json.Number("12345678901234567890"), o.A)
	path := filepath.Join(t.TempDir(), "f.yaml")
	require.NoError(t, os.WriteFile(path, []byte("a: 1\n---\na: 2\n"), 0o600))
	assert.ErrorContains(t, Object(path, nil, &o), "more than one document")
	assert.ErrorContains(t, Object("-", strings.NewReader(" \n"), &o), "is empty")
	assert.ErrorContains(t, Object("-", strings.NewReader("a: ["), &o), "-: ")
	assert.Error(t, Object("/nonexistent", nil, &o))
}

func TestBar(t *testing.T) {
	assert.Equal(t, "", bar(10, 0))
	assert.Equal(t, "[...............................] ", strings.Replace(bar(0, 10), "]   0%", ".]", 1))
	assert.Equal(t, "[###############...............]  50% ", bar(5, 10))
	assert.Equal(t, "[##############################] 100% ", bar(11, 10))
	var none *Progress
	none.Update(1, 2, Report{})
	none.Clear()
}

// FuzzToJSON: whatever is read as YAML is JSON then, or an error.
func FuzzToJSON(f *testing.F) {
	for _, seed := range []string{"a: 1", `{"a":[1,null]}`, "- x\n- {y: 2020-01-01}", "a: &x [1]\nb: *x", "? [1]\n: 2", "a: .nan", "1: 2", "!!binary x"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if out, err := ToJSON(text); err == nil && !json.Valid(out) {
			t.Fatalf("%q became %q", text, out)
		}
	})
}
