// Package linetest reads lines of the Wavefront formats back, for tests.
//
// It follows the lexer and the parsers of the vendor's proxy (java-lib) and is
// written without a look at our encoders, so that it can disagree with them. It
// refuses what the proxy refuses; it knows nothing of lengths and numbers of tags,
// which differ from tenant to tenant.
package linetest
