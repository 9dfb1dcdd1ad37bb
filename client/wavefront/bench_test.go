package wavefront

import "testing"

// The standard point has nine tags: five from its resource, which are encoded
// once, and four of its own.
var (
	resourceTags = []Tag{
		{"service.name", "checkout"}, {"service.namespace", "shop"}, {"deployment.environment", "production"},
		{"k8s.pod.name", "checkout-7d9f8b6c5-x2x9k"}, {"cloud.region", "eu-central-1"},
	}
	pointTags = []Tag{{"http.method", "GET"}, {"http.route", "/api/v1/users/{id}"}, {"http.status_code", "200"}, {"net.host.name", "shop.example.com"}}
)

// appendPoint is what an exporter does for each point, with keys when it knows them from the one before.
func appendPoint(e *Encoder, dst, name, resource []byte, value float64, keys []TagKey) []byte {
	dst = append(dst, name...)
	dst = AppendFloat(append(dst, ' '), value)
	dst = AppendTimestamp(dst, 1493773500)
	dst = append(dst, resource...)
	for i := range pointTags {
		if keys == nil {
			dst, _, _ = e.AppendTag(dst, pointTags[i].Key, pointTags[i].Value)
		} else {
			dst, _, _ = e.AppendTagValue(dst, &keys[i], pointTags[i].Value)
		}
	}
	return append(dst, '\n')
}

func encodedResource(e *Encoder) (name, resource []byte) {
	name, _, _ = e.AppendName(nil, "http.server.request.duration")
	resource, _, _ = e.AppendSource(nil, "ip-10-0-3-17.eu-central-1.compute.internal")
	resource, _, _ = e.appendTags(resource, resourceTags, 0, e.AppendTag)
	return name, resource
}

func BenchmarkPoint(b *testing.B) {
	e := &Encoder{Limits: DocumentedLimits()}
	name, resource := encodedResource(e)
	var keys []TagKey
	for _, t := range pointTags {
		key, _ := e.TagKey(t.Key)
		keys = append(keys, key)
	}
	for _, bench := range []struct {
		name  string
		value float64
		keys  []TagKey
	}{{"whole", 42422, nil}, {"fraction", 0.0714523118, nil}, {"known keys", 0.0714523118, keys}} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			buf := appendPoint(e, nil, name, resource, bench.value, bench.keys)
			b.SetBytes(int64(len(buf)))
			for b.Loop() {
				buf = appendPoint(e, buf[:0], name, resource, bench.value, bench.keys)
			}
		})
	}
}

// BenchmarkHistogramSeries is a cumulative histogram point of 16 buckets as le series.
func BenchmarkHistogramSeries(b *testing.B) {
	e := &Encoder{Limits: DocumentedLimits()}
	name, tail := encodedResource(e)
	var buf, line []byte
	b.ReportAllocs()
	for b.Loop() {
		line = append(line[:0], tail...)
		for _, t := range pointTags {
			line, _, _ = e.AppendTag(line, t.Key, t.Value)
		}
		buf = buf[:0]
		for bucket := range 16 {
			buf = append(buf, name...)
			buf = AppendInt(append(buf, ' '), int64(bucket*1000))
			buf = AppendTimestamp(buf, 1493773500)
			buf = append(buf, line...)
			buf = AppendFloat(append(buf, ` "le"="`...), float64(bucket)/2)
			buf = append(buf, "\"\n"...)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/16, "ns/line")
}

func BenchmarkDistribution(b *testing.B) {
	e := &Encoder{Limits: DocumentedLimits()}
	name, tail := encodedResource(e)
	tail = append(append([]byte{' '}, name...), tail...)
	var centroids []Centroid
	for i := range 16 {
		centroids = append(centroids, Centroid{float64(i) * 1.5, uint64(i + 1)})
	}
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf, _ = e.AppendHistogramLines(buf[:0], Minute, 1493773500, centroids, tail)
	}
}

func BenchmarkSpan(b *testing.B) {
	e := &Encoder{Limits: DocumentedLimits()}
	_, resource := encodedResource(e)
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf, _, _ = e.AppendSpanName(buf[:0], "GET /api/v1/users/{id}")
		buf = append(buf, resource...)
		buf = AppendSpanIDs(buf, UUID{1}, UUID{2})
		buf = AppendParent(buf, UUID{3})
		for _, t := range pointTags {
			buf, _, _ = e.AppendSpanTag(buf, t.Key, t.Value)
		}
		buf = append(AppendSpanTimes(buf, 1552949776000, 343), '\n')
	}
}

func BenchmarkText(b *testing.B) {
	for name, text := range map[string]string{
		"ascii":   "The quick brown fox jumps over the lazy dog",
		"quotes":  `The "quick" brown fox jumps over the "lazy" dog`,
		"unicode": "Příliš žluťoučký kůň úpěl ďábelské ódy",
	} {
		b.Run(name, func(b *testing.B) {
			var buf []byte
			b.ReportAllocs()
			for b.Loop() {
				buf, _ = appendText(buf[:0], text, 255)
			}
		})
	}
}
