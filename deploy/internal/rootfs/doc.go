// Package rootfs runs programs in a root folder of their own, as a container does. It is for tests, on Linux.
package rootfs
