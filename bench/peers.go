package main
func peerTables(options) error { return nil }
