// A module of its own, so that the vendor's library stays out of everything that is shipped.
module github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow/oracle

go 1.26.0

replace github.com/otelcol-custom/otelcol-custom => ../../../..

require (
	github.com/otelcol-custom/otelcol-custom v0.0.0
	github.com/signalfx/signalflow-client-go/v2 v2.4.0
	github.com/signalfx/signalfx-go v1.40.1
	github.com/stretchr/testify v1.12.1
)

require (
	github.com/coder/websocket v1.8.15 // indirect
	github.com/gorilla/websocket v1.5.3 // indirect
	github.com/klauspost/compress v1.20.3 // indirect
	go.yaml.in/yaml/v3 v3.0.6 // indirect
)
