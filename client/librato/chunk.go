package librato

// chunk is the measurements of one request, encoded. Gauges hold the measurements
// of the tag dialect as well.
type chunk struct {
	dialect          Dialect
	gauges, counters []byte
	count            int
}

// add encodes a measurement under a name that is legal already, with the tags
// that are left after inheritance. On an error the chunk is as before.
func (c *chunk) add(m *Measurement, name string, tags Tags) error {
	if name == "" {
		return ErrNoName
	}
	list := &c.gauges
	if m.Counter && c.dialect == SourceDialect {
		if m.Value.Float64() < 0 {
			return ErrNegativeCounter
		}
		list = &c.counters
	}
	var headBuf, originBuf [256]byte
	head, origin := AppendHead(headBuf[:0], name, m.Properties), originBuf[:0]
	if m.Source != "" {
		head = AppendSource(head, m.Source)
	}
	if c.dialect == TagDialect {
		if origin = AppendTags(origin, tags); tags != nil && len(tags) == 0 {
			head = append(head, `,"tags":{}`...) // none, though the connection may have some
		}
	}
	var err error
	if m.Complex != nil {
		*list, err = c.dialect.AppendComplex(*list, head, m.Complex, unixSeconds(m.Time), origin)
	} else {
		*list, err = c.dialect.AppendValue(*list, head, m.Value, unixSeconds(m.Time), origin)
	}
	if err == nil {
		c.count++
	}
	return err
}

// The frames of what connections and queues send. In the source dialect they
// write both lists, as the vendor's clients do.
var (
	openMeasurements = []byte(`{"measurements":[`)
	openGauges       = []byte(`{"gauges":[`)
	openCounters     = []byte(`],"counters":[`)
	closeLists       = []byte(`]}`)
)

func (c *chunk) body() [][]byte {
	if c.dialect == TagDialect {
		return [][]byte{openMeasurements, withoutComma(c.gauges), closeLists}
	}
	return [][]byte{openGauges, withoutComma(c.gauges), openCounters, withoutComma(c.counters), closeLists}
}
