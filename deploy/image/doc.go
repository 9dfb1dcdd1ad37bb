// Package image makes the container image of the collector without a container engine: the same layers, user and labels as Dockerfile
// gives, from the static binary and the certificate authorities of this machine.
package image
