package signalfx

// TokenHeader carries the access token of ingest, metadata and streaming requests.
const TokenHeader = "X-Sf-Token"
