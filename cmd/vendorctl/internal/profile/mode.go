package profile

import "runtime"

// onWindows: files have no such modes there.
const onWindows = runtime.GOOS == "windows"
