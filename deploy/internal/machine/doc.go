// Package machine boots a Debian with systemd as its first process, in namespaces of its own. It is for tests, as root on Linux.
package machine
