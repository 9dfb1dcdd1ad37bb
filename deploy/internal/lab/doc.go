// Package lab runs the stand-in for the vendors beside a test, and asks it what arrived.
package lab
