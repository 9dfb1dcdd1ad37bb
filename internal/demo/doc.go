// Package demo shows what arrives at the vendors: it starts the stand-in and the collector, prints what the stand-in received
// and stops both. It talks to its two children only as a user would: command lines, environment, the stand-in's JSON API.
package demo
