package librato

// aggregates are sums by metric, in the order of their first samples.
type aggregates struct {
	list  []aggregate
	index map[string]int
}

type aggregate struct {
	name string
	Complex
}

func single(sample Number) Complex {
	return Complex{Count: 1, Sum: sample, Has: HasMin | HasMax, Min: sample, Max: sample}
}

// merge counts one aggregate into the list, unless the sum would leave the range.
func (s *aggregates) merge(more aggregate) error {
	i, found := s.index[more.name]
	if !found {
		if s.index == nil {
			s.index = map[string]int{}
		}
		s.index[more.name] = len(s.list)
		s.list = append(s.list, more)
		return nil
	}
	have := &s.list[i]
	sum := have.Sum.plus(more.Sum)
	if err := sum.Check(); err != nil {
		return err
	}
	have.Count += more.Count
	have.Sum = sum
	if more.Min.Float64() < have.Min.Float64() {
		have.Min = more.Min
	}
	if more.Max.Float64() > have.Max.Float64() {
		have.Max = more.Max
	}
	return nil
}

func (s *aggregates) append(d Dialect) []byte {
	var body, head []byte
	for i := range s.list {
		head = AppendHead(head[:0], s.list[i].name, nil)
		body, _ = d.AppendComplex(body, head, &s.list[i].Complex, 0) // merge checked it
	}
	return body
}
