// Package parts cuts a batch into request bodies that keep a vendor's limits and
// remembers which items of the batch each body holds.
//
// An item is what the pipeline counts (an OTLP datapoint, log record or span); a
// unit is what the vendor counts (a datapoint, a line, a measurement). One item
// may give many units or, when it is dropped, none.
package parts

import "sync"

// Part is a closed request body. It is not safe for concurrent use.
type Part struct {
	// Body is the encoded items, one after the other.
	Body []byte
	// First is the ordinal of the first item in the walk that made the part.
	First int
	// starts holds, for every item, where it begins.
	starts []start
	units  int
}

type start struct{ offset, units int }

// Items is the number of items that the part accounts for, dropped ones among them.
func (p *Part) Items() int { return len(p.starts) }

// Units is the number of the vendor's units in the body.
func (p *Part) Units() int { return p.units }

// Holds reports whether item i of the part, 0 to Items()-1, put anything into the
// body: an item that was dropped did not, and need not be sent again.
func (p *Part) Holds(i int) bool {
	return p.unitsBefore(i+1) > p.unitsBefore(i)
}

// Sent is the number of items that put something into the body.
func (p *Part) Sent() int {
	n := 0
	for i := range p.starts {
		if p.Holds(i) {
			n++
		}
	}
	return n
}

func (p *Part) unitsBefore(i int) int {
	if i < len(p.starts) {
		return p.starts[i].units
	}
	return p.units
}

// Halves cuts the part between two items that it holds, about in the middle of
// them. The halves share the body's memory. It reports false for a part of one item.
func (p *Part) Halves() (a, b Part, ok bool) {
	sent := p.Sent()
	if sent < 2 {
		return Part{}, Part{}, false
	}
	cut := 0
	for kept := 0; kept < sent/2; cut++ {
		if p.Holds(cut) {
			kept++
		}
	}
	a, b = p.cut(cut)
	return a, b, true
}

// Split cuts the part behind the last item that ends at or before an offset of the
// body. The halves share the body's memory.
func (p *Part) Split(offset int) (before, behind Part) {
	cut := 0
	for cut < len(p.starts) && p.end(cut) <= offset {
		cut++
	}
	return p.cut(cut)
}

// end is where item i ends.
func (p *Part) end(i int) int {
	if i+1 < len(p.starts) {
		return p.starts[i+1].offset
	}
	return len(p.Body)
}

// cut parts the items before item i from the others.
func (p *Part) cut(i int) (a, b Part) {
	if i == len(p.starts) {
		return *p, Part{First: p.First + i}
	}
	at := p.starts[i]
	a = Part{Body: p.Body[:at.offset:at.offset], First: p.First, starts: p.starts[:i:i], units: at.units}
	b = Part{Body: p.Body[at.offset:], First: p.First + i, units: p.units - at.units}
	for _, s := range p.starts[i:] {
		b.starts = append(b.starts, start{s.offset - at.offset, s.units - at.units})
	}
	return a, b
}

// Remove takes out the items that drop picks by what they put into the body, as if they
// had put nothing in, and returns how many those are.
func (p *Part) Remove(drop func(item []byte) bool) (removed int) {
	body, units := p.Body[:0], 0
	for i := range p.starts {
		item, n := p.Body[p.starts[i].offset:p.end(i)], p.unitsBefore(i+1)-p.starts[i].units
		p.starts[i] = start{len(body), units}
		if n > 0 && drop(item) {
			removed++
			continue
		}
		body = append(body, item...) // moves it to the front, if at all
		units += n
	}
	p.Body, p.units = body, units
	return removed
}

var pool = sync.Pool{New: func() any { return new(Part) }}

// maxPooledBytes keeps one giant part from pinning its buffer for ever.
const maxPooledBytes = 4 << 20

// Release gives the part's memory back. The part and its halves must not be used after it.
func (p *Part) Release() {
	if cap(p.Body) <= maxPooledBytes {
		p.Body, p.starts, p.units, p.First = p.Body[:0], p.starts[:0], 0, 0
		pool.Put(p)
	}
}

// Builder collects items and closes a part before it breaks a limit.
//
//	b.Start()
//	b.Body = append(b.Body, ...)
//	b.Finish(units)
type Builder struct {
	// Body is the open part's body; append to it between Start and Finish.
	Body []byte
	// Emit takes over a closed part; it must Release it.
	Emit func(*Part)
	// MaxBytes and MaxUnits bound a part.
	MaxBytes, MaxUnits int

	part *Part
	next int // ordinal of the next item
}

// Start begins an item.
func (b *Builder) Start() {
	if b.part == nil {
		b.part = pool.Get().(*Part)
		b.part.First = b.next
		b.Body = b.part.Body
	}
	b.part.starts = append(b.part.starts, start{len(b.Body), b.part.units})
	b.next++
}

// StartAt begins the item of an ordinal, at least that of the next item: those in
// between put nothing into this builder's parts. Where a walk feeds several
// builders, each needs to be told only of the items that it gets.
func (b *Builder) StartAt(ordinal int) {
	for b.part != nil && b.next < ordinal {
		b.Start()
	}
	b.next = ordinal
	b.Start()
}

// Finish ends the item that Start began, which appended units to Body. It
// reports false when the item alone breaks a limit: its bytes are then taken
// back, and the caller counts it as dropped.
func (b *Builder) Finish(units int) bool {
	switch {
	case b.tooLarge(units):
		b.Body = b.Body[:b.begin()]
		return false
	case b.Overflows(units):
		b.carry(len(b.part.starts)-1, units)
	default:
		b.part.units += units
	}
	return true
}

// begin is where the item that Start began does.
func (b *Builder) begin() int { return b.part.starts[len(b.part.starts)-1].offset }

// tooLarge reports whether the item that Start began breaks a limit alone.
func (b *Builder) tooLarge(units int) bool {
	return len(b.Body)-b.begin() > b.MaxBytes || units > b.MaxUnits
}

// Overflows reports whether Finish would move the item that Start began, of so many units,
// to a new part, since it does not fit beside those before it.
func (b *Builder) Overflows(units int) bool {
	return (len(b.Body) > b.MaxBytes || b.part.units+units > b.MaxUnits) && !b.tooLarge(units)
}

// Restart closes the part before the item that Start began, and begins that item anew in
// a new part: what it appended is taken back. It is for items whose bytes depend on the
// part that they are in, see Overflows.
func (b *Builder) Restart() {
	b.Body = b.Body[:b.begin()]
	b.part.starts = b.part.starts[:len(b.part.starts)-1]
	b.next--
	b.Flush()
	b.Start()
}

// carry closes the part before its last item, and moves that item to a new part.
func (b *Builder) carry(last, units int) {
	full := b.part
	begin := full.starts[last].offset
	item := b.Body[begin:]
	full.starts = full.starts[:last]

	b.part = pool.Get().(*Part)
	b.part.First = b.next - 1
	b.part.starts = append(b.part.starts, start{})
	b.part.units = units
	b.part.Body = append(b.part.Body, item...)

	full.Body = b.Body[:begin]
	b.Body = b.part.Body
	b.Emit(full)
}

// Flush closes the open part. A part without units is not emitted: there is nothing to send.
func (b *Builder) Flush() {
	p := b.part
	if p == nil {
		return
	}
	p.Body, b.part, b.Body = b.Body, nil, nil
	if p.units == 0 {
		p.Release()
		return
	}
	b.Emit(p)
}

// Walked is the number of items started so far.
func (b *Builder) Walked() int { return b.next }
