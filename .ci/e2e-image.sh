#!/bin/sh
# e2e-image.sh: every step of the Dockerfile by buildah, and what it and `make image` make run by podman, for amd64 and arm64. Needs root, apt-get
# and minutes; not part of `make test`. No registry is asked: the image of Go is made from a Debian and this computer's Go, and the build uses this
# computer's caches of Go. The engine's images stay in build/engine.
set -eu
cd "$(dirname "$0")/.."
./.ci/debian.sh buildah podman runc iproute2 curl qemu-user-static
mkdir -p build/engine
echo "module engine" >build/engine/go.mod # Go's own sources, in the engine's storage, are none of this tree's packages
export CONTAINERS_STORAGE_CONF="$PWD/build/engine/storage.conf"
cat >"$CONTAINERS_STORAGE_CONF" <<EOF
[storage]
driver = "overlay"
graphroot = "$PWD/build/engine/storage"
runroot = "$PWD/build/engine/run"
EOF
cat >build/engine/containers.conf <<EOF
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
EOF
export CONTAINERS_CONF="$PWD/build/engine/containers.conf"

golang=$(sed -n 's/^FROM .*\(golang:[^ ]*\) AS build$/\1/p' deploy/image/Dockerfile)
if ! buildah inspect --type image "$golang" >/dev/null 2>&1; then
	container=$(buildah from scratch)
	buildah add -q "$container" build/debian.tar /
	buildah add -q "$container" "$(go env GOROOT)" /usr/local/go
	buildah config --env PATH=/usr/local/go/bin:/usr/sbin:/usr/bin:/sbin:/bin --env GOPATH=/modules --env GOCACHE=/cache --env GOTOOLCHAIN=local "$container"
	buildah commit -q --rm "$container" "$golang"
fi

revision=$(git rev-parse HEAD)
build() { # ARCHITECTURE TAG
	# BUILDPLATFORM: this buildah does not set it by itself.
	buildah build --pull-never --runtime runc --network host --platform "linux/$1" --build-arg BUILDPLATFORM="linux/$(go env GOHOSTARCH)" \
		--build-arg REVISION="$revision" \
		--volume "$(go env GOCACHE):/cache:O" --volume "$(go env GOMODCACHE):/modules/pkg/mod:O" \
		-f deploy/image/Dockerfile -t "otelcol-custom:$2" .
	make --no-print-directory image ARCH="$1"
	podman load -q -i build/otelcol-custom-image.tar
}
build arm64 dockerfile-arm64
podman tag localhost/otelcol-custom:0.1.0-dev localhost/otelcol-custom:arm64
build amd64 dockerfile

cd deploy
go vet -tags engine ./image
go test -tags engine -count=1 -timeout 20m -v -run 'BothWays|TheEngine' ./image
