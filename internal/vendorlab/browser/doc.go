// Package browser tests the lab's page in a real browser: `make test-browser` installs Debian's Chromium if there is
// none and runs it. Screenshots of every view are kept in build/browser.
package browser
