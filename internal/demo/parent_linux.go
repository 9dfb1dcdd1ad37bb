package demo

import "syscall"

// endWithParent has the kernel end the child if we die without stopping it.
func endWithParent(attributes *syscall.SysProcAttr) { attributes.Pdeathsig = syscall.SIGTERM }
