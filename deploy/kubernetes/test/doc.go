// Package manifests tests the Kubernetes manifests: that every overlay builds, that the API server would know every field, that the
// collector takes the configurations as they are mounted, and that roles allow what the components need and nothing else.
package manifests
