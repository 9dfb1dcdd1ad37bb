package librato

import (
	"regexp"
	"time"
)

// Vendor limits. Source unless said otherwise: the vendor's API documentation,
// "Create a Measurement" of either dialect.
const (
	maxTags = 50
	// maxNumber: a request with a number whose exponent is above 126 is refused.
	maxNumber = 1e127
	// minNumber: what is closer to zero is stored as 0.
	minNumber = 1e-130
	// maxAge is what a user reported for "is too far in the past"; not documented.
	maxAge = 120 * time.Minute
	// maxAhead is this lab's own bound; the vendor's is not known.
	maxAhead = 120 * time.Minute
	// maxTagSets: above that many per metric and hour the vendor may refuse the metric.
	// It is not enforced here.

	// maxObjectBody bounds the body of an object that is kept, and maxProperties the
	// attributes and each text of a metric, in bytes: this stand-in's own limits.
	maxObjectBody = 64 << 10
	maxProperties = 4 << 10

	// maxPage is the largest, and default, length of a page.
	maxPage = 100
)

var (
	nameRule     = regexp.MustCompile(`^[A-Za-z0-9.:\-_]{1,255}$`) // metrics, sources, annotation streams, alerts
	tagNameRule  = regexp.MustCompile(`^[-.:_A-Za-z0-9]{1,64}$`)
	tagValueRule = regexp.MustCompile(`^[-.:_?\\/A-Za-z0-9 ]{1,255}$`)
	colorRule    = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)
)

// reservedSource stands for all sources in queries.
const reservedSource = "all"
