package queuecheckextension

import (
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A file that somebody else's collector wrote is not damaged: nothing of it may be put aside.
func TestAFileThatCannotBeOpenedIsLeftAlone(t *testing.T) {
	folder := t.TempDir()
	queue := queueFile(t, folder)
	require.NoError(t, os.Chmod(queue, 0))
	if os.Geteuid() == 0 {
		// This thread looks at files as nobody does, who owns the folder but not the file. It ends with the test.
		const nobody = 65534
		require.NoError(t, os.Chown(folder, nobody, nobody))
		require.NoError(t, os.Chmod(filepath.Dir(folder), 0o755))
		runtime.LockOSThread()
		_, _, _ = syscall.RawSyscall(syscall.SYS_SETFSUID, nobody, 0, 0)
		defer func() { _, _, _ = syscall.RawSyscall(syscall.SYS_SETFSUID, 0, 0, 0) }()
	}
	logs := start(t, folder).All()
	require.Len(t, logs, 1)
	assert.Contains(t, logs[0].Message, "cannot be opened")
	list, err := os.ReadDir(folder)
	require.NoError(t, err)
	assert.Len(t, list, 1)
}
