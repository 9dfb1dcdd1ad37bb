// Package examples runs the repository's examples: the built collector with an example's configuration, the lab in the vendors' place, and
// the scripts of the migration guides.
package examples
