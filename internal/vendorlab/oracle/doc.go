// Package oracle tests the lab against clients that we did not write: the vendor's SignalFlow client, Wavefront's SDK,
// Telegraf's Librato output, and curl with the recipes of the READMEs.
package oracle
