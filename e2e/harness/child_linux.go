package harness

import "syscall"

// endWithParent has the kernel end the child if the test dies without stopping it.
func endWithParent(attributes *syscall.SysProcAttr) { attributes.Pdeathsig = syscall.SIGKILL }
