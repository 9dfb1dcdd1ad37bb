# Needs Go 1.26, git and make; `make test` uses a C compiler too if there is one (for the race detector).
# `make help` lists the targets.

# The collector builder: the only place that names its version. It must match the collector version in builder-config.yaml.
OCB := go.opentelemetry.io/collector/cmd/builder@v0.160.0

GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.8.0

DIST      := cmd/otelcol-custom
COLLECTOR := $(DIST)/otelcol-custom
BUILD     := build
BIN       := $(BUILD)/bin

# CGO off and trimmed paths give the same static binary everywhere. No VCS stamp: it would make the build fail in a clone that
# git does not trust (another owner, a container).
COLLECTOR_FLAGS := -trimpath -buildvcs=false -ldflags "-s -w"

# What `make test` runs, cheapest first.
CHECKS := check-tree check-fmt check-vet check-unit check-speed check-bench check-oracles otelcol-custom check-generated check-components check-configs check-licenses e2e-short check-deploy check-python check-ocb check-cross

.DEFAULT_GOAL := help
.PHONY: help otelcol-custom lab vendorctl demo cross linux image packages test test-browser e2e e2e-host e2e-image e2e-kubernetes soak fuzz vuln licenses bench load generate docs clean $(CHECKS)

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' Makefile

otelcol-custom: ## build the collector: cmd/otelcol-custom/otelcol-custom
	@test -x $(COLLECTOR) || echo "building $(COLLECTOR) (the first build compiles about 1,600 packages: several minutes)"
	@cd $(DIST) && CGO_ENABLED=0 go build $(COLLECTOR_FLAGS) -o otelcol-custom .

lab: ## build the stand-in for the vendors: build/bin/vendorlab
	@mkdir -p $(BIN)
	@go build -buildvcs=false -o $(BIN)/vendorlab ./cmd/vendorlab

vendorctl: ## build the command line: build/bin/vendorctl
	@mkdir -p $(BIN)
	@go build -buildvcs=false -o $(BIN)/vendorctl ./cmd/vendorctl

demo: otelcol-custom lab ## show this machine's metrics arriving (DEMO_SECONDS=20 ends by itself)
	@go build -buildvcs=false -o $(BIN)/demo ./cmd/demo
	@$(BIN)/demo

cross: ## build the collector for all systems: build/cross (takes long)
	@./.ci/cross.sh

# Of what image and packages are made for; they are for Linux wherever they are made.
ARCH = $(shell go env GOHOSTARCH)

linux:
	@TARGETS=linux/$(ARCH) ./.ci/cross.sh

image: linux ## make the container image without an engine: build/otelcol-custom-image.tar (ARCH=arm64)
	@cd deploy && go build -buildvcs=false -o ../$(BIN)/image ./image/build
	@$(BIN)/image -binary $(BUILD)/cross/otelcol-custom_linux-$(ARCH) -architecture $(ARCH) -revision "$$(git rev-parse HEAD 2>/dev/null)"

packages: linux ## make build/*.deb and build/*.rpm (ARCH=arm64)
	@cd deploy && go build -buildvcs=false -o ../$(BIN)/packages ./host/build
	@$(BIN)/packages -architecture $(ARCH)

demo-loop: otelcol-custom lab ## kill the lab and the collector in mid-stream: the stream back from SignalFlow has no gap (40 s)
	@go build -buildvcs=false -o $(BIN)/demo ./cmd/demo
	@$(BIN)/demo -loop -config examples/signalflow-loop/collector.yaml -logs $(BUILD)/loop

test: ## run everything that must pass
	@./.ci/checks.sh $(CHECKS)

e2e: otelcol-custom ## prove with the built collector that faults lose nothing: the long form, an hour or so (E2E_RUN=TestCrashes)
	@E2E_TIMEOUT=4h ./.ci/e2e.sh long '$(E2E_RUN)'

e2e-short: otelcol-custom ## the same in a minute or two
	@./.ci/e2e.sh short '$(E2E_RUN)'

e2e-host: otelcol-custom lab ## the .deb and .rpm on a Debian booted with systemd; needs root and apt-get (E2E_RUN=TestDeb)
	@./.ci/e2e-host.sh '$(E2E_RUN)'

e2e-image: lab ## the Dockerfile by buildah, its image and that of `make image` run by podman, amd64 and arm64; needs root and apt-get
	@./.ci/e2e-image.sh

SOAK := 1h
soak: otelcol-custom ## load and faults for a long time, with an eye on memory (SOAK=1h)
	@E2E_SOAK=$(SOAK) E2E_TIMEOUT=240h ./.ci/e2e.sh soak '^TestSoak$$'

e2e-kubernetes: otelcol-custom lab ## the manifests on a real cluster on this machine: needs root; the first time tens of minutes of compiling (E2E_RUN=TestGateways)
	@./.ci/e2e-kubernetes.sh $(E2E_RUN)

FUZZTIME := 10s
fuzz: ## run every fuzz target of the tree (FUZZTIME=10s FUZZ=package.FuzzName)
	@./.ci/fuzz.sh $(FUZZTIME) $(FUZZ)

vuln: ## look for known vulnerabilities in what the collector is made of; needs their database
	@./.ci/vuln.sh $(GOVULNCHECK)

licenses: ## write docs/licenses.md anew, after a change of dependencies
	@./.ci/licenses.sh -write

check-licenses: ## every module in the collector has a licence that is allowed, and is listed in docs/licenses.md
	@./.ci/licenses.sh

bench: ## our exporters against peers and the gzip floor, as tables (BENCH="-rounds 5 -time 1s -only encode")
	@cd bench && go build -buildvcs=false -o ../$(BIN)/bench . && ../$(BIN)/bench $(BENCH)

load: otelcol-custom lab ## rising load on the built collector, with the lab as the vendor (LOAD="-step 5s -only signalfx", LOAD="-sizing")
	@cd bench && go build -buildvcs=false -o ../$(BIN)/load ./load && ../$(BIN)/load $(LOAD)

test-browser: ## the lab's page in headless Chromium, which is installed if it is missing; screenshots in build/browser
	@./.ci/test-browser.sh

generate: ## write the sources of the collector anew from builder-config.yaml
	@OCB=$(OCB) ./.ci/generate.sh
	@./.ci/licenses.sh -write

docs: ## write the pages of docs/ that come from the code
	@go run ./internal/docs/generate

clean: ## remove what make built
	rm -rf $(BUILD) $(COLLECTOR)

check-tree: ## no path of this machine and no package registry is named in the tree
	@./.ci/check-tree.sh

check-fmt: ## gofmt has nothing to change
	@./.ci/check-fmt.sh

check-vet: ## go vet
	@go vet ./...

check-unit: ## go test ./..., with the race detector where a C compiler is installed
	@./.ci/check-unit.sh

check-speed: ## encoding has not become twice as slow, and allocates nothing per point (no race detector)
	@go test -tags speed -run TestEncodingIsFast -count=1 ./exporter/...

check-bench: ## the benchmarks against peers still run (one short round; its figures mean nothing)
	@cd bench && go vet ./...
	@$(MAKE) --no-print-directory bench BENCH="-rounds 1 -time 1ms"

check-oracles: ## our code against libraries that we did not write
	@./.ci/check-oracles.sh

check-generated: ## the committed collector sources are what builder-config.yaml gives
	@OCB=$(OCB) ./.ci/generate.sh --check

check-components: otelcol-custom ## the collector has our components
	@./.ci/check-components.sh $(COLLECTOR) signalfx wavefront librato signalflow queue_check

check-configs: otelcol-custom ## the collector accepts every collector configuration in the tree
	@./.ci/check-configs.sh $(COLLECTOR)

check-deploy: otelcol-custom lab ## examples, image, packages and Kubernetes manifests, with the built collector
	@# -count=1: go does not see that the collector changed.
	@cd deploy && go vet -tags machine,engine ./... && go test -count=1 ./...

check-python: otelcol-custom lab ## the programs of the migration guides, with the real OpenTelemetry SDK of Python
	@./.ci/python-root.sh
	@cd deploy && go vet -tags python ./examples && go test -count=1 -tags python -run Python ./examples

check-ocb: ## the manifest of examples/ocb builds a collector with our exporter
	@OCB=$(OCB) ./.ci/check-ocb.sh

check-cross: ## our packages compile for Windows and macOS
	@GOOS=windows GOARCH=amd64 CGO_ENABLED=0 go build ./...
	@GOOS=darwin GOARCH=arm64 CGO_ENABLED=0 go build ./...
