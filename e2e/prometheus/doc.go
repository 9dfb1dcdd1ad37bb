// Package prometheus is a Prometheus whose clock the test winds: a collector is scraped when the test says so, and what it showed counts
// as scraped a minute after the scrape before. Parser, storage, engine and rules are Prometheus' own; the samples are the collector's.
package prometheus
