#!/bin/sh
# e2e-kubernetes.sh [PATTERN]: the manifests on a real cluster on this machine. Root and Debian's packages only; the first time it compiles Kubernetes.
set -eu
cd "$(dirname "$0")/.."
[ "$(id -u)" -eq 0 ] || { echo "run it as root: the cluster's node makes mounts, networks and control groups, in namespaces of its own"; exit 1; }
for program in containerd:containerd ctr:containerd runc:runc etcd:etcd-server /usr/lib/cni/ptp:containernetworking-plugins iptables:iptables conntrack:conntrack ip:iproute2; do
	command -v "${program%:*}" >/dev/null || missing="${missing:-} ${program#*:}"
done
# Not installed from here: a machine may run a container engine of its own, which these would replace.
[ -z "${missing:-}" ] || { echo "please install, for example with apt-get install --no-install-recommends:$missing"; exit 1; }

out=$PWD/build/kubernetes
mkdir -p "$out"
version=$(cd deploy/kubernetes/e2e/tools && go list -m -f '{{.Version}}' k8s.io/kubernetes)
[ -x "$out/kubelet" ] || echo "building Kubernetes $version (about 1,800 packages the first time: tens of minutes on two cores)"
(cd deploy/kubernetes/e2e/tools && CGO_ENABLED=0 nice go build -p 2 -trimpath -buildvcs=false -ldflags "-s -w -X k8s.io/component-base/version.gitVersion=$version" -o "$out/" ./coredns tool)
cd deploy
CGO_ENABLED=0 go build -buildvcs=false -ldflags "-s -w" -o "$out/program" ./kubernetes/e2e/program
go run ./image/build -binary ../cmd/otelcol-custom/otelcol-custom -config image/config.yaml \
	-tag registry.example.com/otelcol-custom:0.1.0 -output "$out/otelcol-custom.tar" # the name that site/kustomization.yaml has
go vet -tags cluster ./kubernetes/e2e
go test -tags cluster -count=1 -v -timeout 90m -run "${1:-.}" ./kubernetes/e2e
