package exponential

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

func spanOf(offset int32, counts ...uint64) *Span {
	b := pmetric.NewExponentialHistogramDataPointBuckets()
	b.SetOffset(offset)
	b.BucketCounts().FromRaw(counts)
	s := &Span{Counts: []uint64{9, 9, 9}} // what was there before
	s.Set(b)
	return s
}

func TestEmptyBucketsAtTheEndsAreLeftOut(t *testing.T) {
	assert.Equal(t, &Span{First: -3, Counts: []uint64{1, 0, 2}}, spanOf(-5, 0, 0, 1, 0, 2, 0))
	assert.Empty(t, spanOf(7, 0, 0).Counts)
	assert.Empty(t, spanOf(7).Counts)
}

func TestHalving(t *testing.T) {
	cases := map[string]struct{ from, want Span }{
		"pairs":                       {Span{0, []uint64{1, 2, 3, 4}}, Span{0, []uint64{3, 7}}},
		"an odd beginning":            {Span{1, []uint64{1, 2, 3}}, Span{0, []uint64{1, 5}}},
		"below zero it rounds down":   {Span{-3, []uint64{1, 2, 3, 4}}, Span{-2, []uint64{1, 5, 4}}},
		"minus one and zero stay two": {Span{-1, []uint64{1, 2}}, Span{-1, []uint64{1, 2}}},
		"one":                         {Span{math.MaxInt32, []uint64{1}}, Span{math.MaxInt32 / 2, []uint64{1}}},
		"none":                        {Span{5, nil}, Span{5, nil}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			c.from.Halve()
			assert.Equal(t, c.want, c.from)
		})
	}
}

// Every value stays between the bounds of the bucket that it is counted in.
func TestHalvingMovesNoValueAcrossABound(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		scale := int32(random.IntN(10) + 5)
		s := Span{First: random.IntN(200) - 100}
		index := s.First + random.IntN(50)
		s.Counts = make([]uint64, index-s.First+1)
		s.Counts[index-s.First] = 1
		middle := Bound(2*index+1, scale+1) // inside the bucket
		for range 4 {
			s.Halve()
			scale--
			for i, n := range s.Counts {
				inside := middle > Bound(s.First+i, scale) && middle <= Bound(s.First+i+1, scale)
				assert.Equal(t, n == 1, inside, "bucket %d of %v at scale %d", i, s, scale)
			}
		}
	}
}

func TestBoundsAreFinite(t *testing.T) {
	assert.Equal(t, 1.0, Bound(0, 3))
	assert.Equal(t, 8.0, Bound(3, 0))
	assert.Equal(t, 2.0, Bound(8, 3))
	assert.Equal(t, 16.0, Bound(1, -2))
	assert.Equal(t, math.MaxFloat64, Bound(math.MaxInt32, -10))
	assert.Zero(t, Bound(math.MinInt32, -10))
}
