// Package e2e runs the manifests on a real Kubernetes cluster: etcd, the control plane, and a node with containerd, kubelet and kube-proxy, all in
// namespaces of their own on this machine. The vendor is the lab. `make e2e-kubernetes` builds what it needs and runs it, as root.
package e2e
