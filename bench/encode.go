package main
func encodeTable(options) error { return nil }
