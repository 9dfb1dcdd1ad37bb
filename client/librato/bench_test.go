package librato

import (
	"strconv"
	"testing"
)

// The figures are per measurement: four tags of the resource, encoded once, and two
// of the point, made legal and encoded each time.
func BenchmarkMeasurement(b *testing.B) {
	head := AppendHead(nil, "system.network.io", nil)
	resource := AppendTags(nil, Tags{
		"host.name": "web-1.example.com", "service.name": "checkout",
		"deployment.environment": "production", "k8s.pod.name": "checkout-6d4cf56db6-x7x2p",
	})
	points := make([]string, 100)
	for i := range points {
		points[i] = "eth" + strconv.Itoa(i)
	}
	var name, value, point []byte
	tag := func(key, text string) {
		name, _ = AppendSanitizedTagName(name[:0], key)
		value, _ = AppendSanitizedTagValue(value[:0], text, false)
		point = AppendTag(point, name, value)
	}
	body := make([]byte, 0, 1<<20)
	b.Run("value", func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			if len(body) > 1<<19 {
				body = body[:0]
			}
			point = point[:0]
			tag("device", points[i%100])
			tag("direction", "transmit")
			body, _ = TagDialect.AppendValue(body, head, Float(float64(i)*1.1), 1700000000, resource, point)
		}
	})
	b.Run("complex", func(b *testing.B) {
		b.ReportAllocs()
		c := Complex{Sum: Float(12.5), Has: HasMin | HasMax, Min: Float(0.1), Max: Float(3.75)}
		for i := range b.N {
			if len(body) > 1<<19 {
				body = body[:0]
			}
			point = point[:0]
			tag("device", points[i%100])
			tag("direction", "transmit")
			c.Count = uint64(i + 1)
			body, _ = TagDialect.AppendComplex(body, head, &c, 1700000000, resource, point)
		}
	})
	b.Run("source", func(b *testing.B) {
		b.ReportAllocs()
		source := AppendSource(nil, "web-1.example.com")
		for i := range b.N {
			if len(body) > 1<<19 {
				body = body[:0]
			}
			body, _ = SourceDialect.AppendValue(body, head, Int(int64(i)), 1700000000, source)
		}
	})
}

func BenchmarkAppendString(b *testing.B) {
	var buf []byte
	for _, c := range []struct{ name, text string }{
		{"plain", "checkout-6d4cf56db6-x7x2p.production.example.com"},
		{"escapes", "GET \"/a/b?c\"\n\tfrom C:\\Users\\x, straße"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(c.text)))
			for range b.N {
				buf = appendString(buf[:0], c.text)
			}
		})
	}
}

func BenchmarkSanitizeName(b *testing.B) {
	var buf []byte
	for _, c := range []struct{ name, text string }{
		{"legal", "http.server.request.duration"},
		{"changed", "process.cpu.utilization{state=\"user\"}"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				buf, _ = AppendSanitizedName(buf[:0], c.text)
			}
		})
	}
}
