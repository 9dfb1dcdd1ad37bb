package signalflow

import (
	"context"
	"io"
)

// Batch has the points of one logical time.
type Batch struct {
	LogicalTimestampMs int64
	MaxDelayMs         int64
	// Points are valid until the next call of Next.
	Points []Point
	// Unresolved is how many points have a nil Series.
	Unresolved int
	// Late tells that a batch of this or a later time was returned before: these
	// points came behind points of a later time.
	Late bool
	// Partial tells that the stream broke off, so that points may be missing.
	Partial bool
}

func (*Batch) isMessage() {}

// Batches gathers the data of a computation by logical time, for those who want all
// blocks of a program together.
//
// Nothing in the protocol tells how many data messages a time has. Counting them, as
// some clients do, loses data as soon as a block is silent once. Here a batch is
// complete when data of a later time arrives, or the job ends; it is thus returned
// one step of the resolution later than Computation.Next would return its data, and
// whatever order the service chooses, every point is returned once. A batch of more
// than Options.MaxSeries points is returned in parts.
type Batches struct {
	computation *Computation
	building    *Batch // nil before the first data
	spare       *Batch
	ended       error
}

// NewBatches takes over the reading of a computation: only Batches may call its Next
// from now on.
func NewBatches(c *Computation) *Batches {
	return &Batches{computation: c, spare: new(Batch)}
}

// Next returns the next *Batch, or another message, never *Data. Other messages are
// returned as they come, so they may overtake data that came before them. Errors are
// those of Computation.Next; before the end, the last batch is returned.
func (b *Batches) Next(ctx context.Context) (Message, error) {
	for b.ended == nil {
		m, err := b.computation.Next(ctx)
		if err != nil {
			if err == ctx.Err() {
				return nil, err
			}
			b.ended = err
			if b.building == nil {
				break
			}
			b.building.Partial = err != io.EOF
			return b.building, nil
		}
		data, ok := m.(*Data)
		if !ok {
			return m, nil
		}
		if batch := b.add(data); batch != nil {
			return batch, nil
		}
	}
	return nil, b.ended
}

// add takes in data and returns the batch that is complete by it.
func (b *Batches) add(data *Data) *Batch {
	t := data.LogicalTimestampMs
	switch {
	case b.building != nil && t < b.building.LogicalTimestampMs:
		return &Batch{
			LogicalTimestampMs: t, MaxDelayMs: data.MaxDelayMs, Late: true,
			Points: data.Points, Unresolved: data.Unresolved,
		}
	case b.building != nil && t == b.building.LogicalTimestampMs && len(b.building.Points) < b.computation.options.MaxSeries:
		b.building.append(data)
		return nil
	}
	complete := b.building
	b.building = b.spare
	*b.building = Batch{LogicalTimestampMs: t, MaxDelayMs: data.MaxDelayMs, Points: b.building.Points[:0]}
	b.building.append(data)
	if complete == nil {
		b.spare = new(Batch)
		return nil
	}
	b.building.Late = t == complete.LogicalTimestampMs // more points than a batch may have
	b.spare = complete
	return complete
}

func (b *Batch) append(data *Data) {
	b.Points = append(b.Points, data.Points...)
	b.Unresolved += data.Unresolved
}
