// Package wavefrontexporter sends OTLP metrics, spans and events to Wavefront, later
// VMware Aria Operations for Applications, in the vendor's own formats: straight to the
// service, or through one of its proxies.
package wavefrontexporter
