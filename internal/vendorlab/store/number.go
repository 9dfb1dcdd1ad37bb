package store

// Integer returns the number as an integer, cut off if it is a double.
func (v Value) Integer() int64 {
	if v.kind == intValue {
		return int64(v.bits)
	}
	return int64(v.Float())
}
