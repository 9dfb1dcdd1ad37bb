package signalflow

import (
	"context"
	"time"
)

// Metadata normally comes before the first point of its series; an old comment in
// the vendor's Go client says that it may follow. Then the data is held, and all
// that comes behind it is stashed in order, so that waiting never reorders a stream.

func (c *Computation) startWaiting() {
	c.waiting = true
	c.timer = time.NewTimer(c.options.MetadataTimeout)
	for _, f := range c.stash {
		c.learnAhead(f)
	}
}

// awaitMetadata returns when the data that is held can be delivered, or ctx ends.
func (c *Computation) awaitMetadata(ctx context.Context) error {
	points := c.data.Points
	for c.missing < len(points) {
		f, err := c.queue.take(ctx, c.timer.C)
		if err != nil && err == ctx.Err() {
			return err
		}
		if err != nil { // time is up, or the stream has ended
			c.giveUp()
			break
		}
		c.stash = append(c.stash, f)
		c.learnAhead(f)
	}
	c.timer.Stop()
	c.waiting, c.timer = false, nil
	c.data.Unresolved, _ = c.catalog.resolve(points)
	return nil
}

// learnAhead takes in metadata of an unknown series before its turn. It is taken in
// again in its turn, because it may stand behind the expiry of the same series; and
// that of a known one must not replace what the data before it means.
func (c *Computation) learnAhead(f frame) {
	if f.typ != TypeMetadata {
		return
	}
	body, _, err := c.inflater.open(f)
	if err != nil {
		return // reported in its turn
	}
	if id, properties, err := decodeMetadata(body); err == nil && c.catalog.series[id] == nil {
		c.catalog.put(id, properties)
		c.missing = c.catalog.missing(c.data.Points, c.missing)
	}
}

// giveUp makes sure that each series is waited for once only.
func (c *Computation) giveUp() {
	for i := c.missing; i < len(c.data.Points); i++ {
		c.catalog.giveUp(c.data.Points[i].TSID)
	}
}
