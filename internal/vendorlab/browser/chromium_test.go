package browser

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

const (
	// patience bounds a whole test: other work may take the machine's processors.
	patience = 10 * time.Minute
	// appears bounds what must show on the page.
	appears = 2 * time.Minute

	screenshots = "../../../build/browser"
)

// tab is a page of a browser that reports what goes wrong in it.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	messages []string
	forgiven []func(message string) bool // belongs to the test's goroutine
}

// chromium finds the browser.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("no Chromium is installed; make test-browser installs Debian's")
	return ""
}

// open starts a browser of a certain width and color scheme at url. At the end of the test the console must be empty.
func open(t *testing.T, url string, width, height int64, scheme string) *tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(t)), chromedp.UserDataDir(t.TempDir()),
		chromedp.NoSandbox, chromedp.DisableGPU, // as root, and without a screen
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true)) // nothing but the lab is talked to
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b := &tab{t: t, ctx: ctx}

	messages := chromedp.Console(ctx)
	go func() {
		for message, err := range messages {
			if err != nil {
				return
			}
			b.mu.Lock()
			b.messages = append(b.messages, message.String())
			b.mu.Unlock()
		}
	}()
	features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}
	b.do(chromedp.EmulateViewport(width, height), chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
		return err
	}), chromedp.Navigate(url))
	t.Cleanup(b.checkConsole)
	b.until("the first answer", "document.getElementById('main')?.ariaBusy === 'false'") // nothing can be used before
	return b
}

// checkConsole fails the test if the page wrote anything.
func (b *tab) checkConsole() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, message := range b.messages {
		if slices.ContainsFunc(b.forgiven, func(expected func(string) bool) bool { return expected(message) }) {
			continue
		}
		b.t.Errorf("the console says: %s", message)
	}
}

// forgive expects what the browser itself says about requests that a test makes fail.
func (b *tab) forgive(texts ...string) {
	b.t.Helper()
	expected := func(message string) bool {
		return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(message, text) })
	}
	require.Eventually(b.t, func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return slices.ContainsFunc(b.messages, expected)
	}, appears, 10*time.Millisecond, "the browser tells of a failed request")
	b.forgiven = append(b.forgiven, expected)
}

func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	require.NoError(b.t, chromedp.Do(b.ctx, actions...))
}

// eval runs JavaScript and returns its value.
func eval[T any](b *tab, script string) T {
	b.t.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](script))
	require.NoError(b.t, err, script)
	return value
}

// until waits for JavaScript to become true.
func (b *tab) until(what, script string) {
	b.t.Helper()
	_, err := chromedp.Run(b.ctx, chromedp.Poll[chromedp.Void](script, chromedp.WithPollingInterval(50*time.Millisecond), chromedp.WithPollingTimeout(appears)))
	if err != nil {
		b.screenshot("failed " + b.t.Name())
		b.t.Fatalf("waiting for %s: %v; the page shows:\n%s", what, err, eval[string](b, "document.body.innerText"))
	}
}

// sees waits for a text on the page.
func (b *tab) sees(text string) {
	b.t.Helper()
	b.until(fmt.Sprintf("%q", text), fmt.Sprintf("document.body.innerText.includes(%q)", text))
}

// shows opens a view by its link.
func (b *tab) shows(view string) {
	b.t.Helper()
	b.click(fmt.Sprintf("nav a[href='#%s']", view))
	b.until("the view "+view, fmt.Sprintf("location.hash === '#%s' && document.querySelector(\"nav a[aria-current]\").hash === '#%s' && document.getElementById('main').ariaBusy === 'false'", view, view))
}

// click clicks the first element that matches, once it is there.
func (b *tab) click(selector string) {
	b.t.Helper()
	b.until(selector, fmt.Sprintf("document.querySelector(%q) !== null", selector))
	b.do(chromedp.Click(chromedp.CSS(selector)))
}

// press clicks the button of that name.
func (b *tab) press(name string) {
	b.t.Helper()
	b.until("the button "+name, fmt.Sprintf("(() => { const found = [...document.querySelectorAll('button')].find((b) => b.textContent === %q && b.checkVisibility()); found?.click(); return found !== undefined; })()", name))
}

// clickOne clicks the first element that matches and holds a text.
func (b *tab) clickOne(selector, text string) {
	b.t.Helper()
	b.until(text, fmt.Sprintf("(() => { const found = [...document.querySelectorAll(%q)].find((e) => e.textContent.includes(%q)); found?.click(); return found !== undefined; })()", selector, text))
}

// screenshot keeps what the page looks like.
func (b *tab) screenshot(name string) {
	b.t.Helper()
	picture, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	require.NoError(b.t, err)
	require.NoError(b.t, os.MkdirAll(screenshots, 0o755))
	file := strings.NewReplacer("/", "-", " ", "-").Replace(name) + ".png"
	require.NoError(b.t, os.WriteFile(filepath.Join(screenshots, file), picture, 0o644))
}
