// Package sfxpb holds the SignalFx ingest messages, generated from signalfx.proto.
//
// To regenerate: protoc (Debian package protobuf-compiler) and
// go install google.golang.org/protobuf/cmd/protoc-gen-go@v1.36.12, then
// go generate ./internal/vendorlab/signalfx/sfxpb from the repository's root.
package sfxpb

//go:generate protoc --proto_path=../../../.. --go_out=../../../.. --go_opt=module=github.com/otelcol-custom/otelcol-custom internal/vendorlab/signalfx/sfxpb/signalfx.proto
