// Package docs writes the pages of docs/ that come from the code, and checks the others against it.
package docs
