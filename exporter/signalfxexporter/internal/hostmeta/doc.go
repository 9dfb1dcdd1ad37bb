// Package hostmeta writes what is known of the collector's own host to the host's
// dimension.
//
// Only resources that are this host count, since a gateway also sees the resources of
// others. A resource is this host when its host.name is one of this host's names (the
// operating system's, that in etc/hostname under the configured root, and the
// environment's K8S_NODE_NAME; case and domain aside), or its host.id is the machine's
// id. When names are set by hand none may match; then a host that is the only one seen
// for five minutes is taken for this one, as a collector that sees one host only is an
// agent on it.
//
//	collect.go    the properties, from the operating system
//	identity.go   which resources are this host
//	sync.go       when to collect and send
package hostmeta
