//go:build unix && !linux

package demo

import "syscall"

// endWithParent does nothing: only Linux can tie a child's life to ours.
func endWithParent(*syscall.SysProcAttr) {}
