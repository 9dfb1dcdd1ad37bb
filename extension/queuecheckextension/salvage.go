package queuecheckextension

import (
	"bytes"
	"errors"
	"os"

	"go.etcd.io/bbolt"
)

// Bounds of what is held in memory before it is written.
const (
	maxPending      = 1000
	maxPendingBytes = 16 << 20
)

// salvage writes what can be read of a database into a new one, and returns how many entries that is.
func salvage(from, to string) (saved int, err error) {
	if err := os.Remove(to); err != nil && !errors.Is(err, os.ErrNotExist) {
		return 0, err
	}
	db, err := bbolt.Open(to, 0o600, nil)
	if err != nil {
		return 0, err
	}
	w := writer{db: db}
	_ = inspect(from, w.add)
	w.flush()
	if w.err == nil {
		w.err = db.Update(reindex)
	}
	return w.saved, errors.Join(w.err, db.Close())
}

// writer collects entries and writes them in transactions.
type writer struct {
	db      *bbolt.DB
	pending []entry
	bytes   int
	saved   int
	err     error // the first one; nothing is written after it
}

func (w *writer) add(e entry) {
	w.pending = append(w.pending, entry{bytes.Clone(e.bucket), bytes.Clone(e.key), bytes.Clone(e.value)})
	w.bytes += len(e.value)
	if len(w.pending) >= maxPending || w.bytes >= maxPendingBytes {
		w.flush()
	}
}

func (w *writer) flush() {
	if w.err == nil {
		w.err = w.db.Update(w.write)
	}
	w.pending, w.bytes = w.pending[:0], 0
}

// write writes what is pending. An entry that was read from both ends counts once.
func (w *writer) write(tx *bbolt.Tx) error {
	for _, e := range w.pending {
		b, err := tx.CreateBucketIfNotExists(e.bucket)
		if err != nil {
			return err
		}
		if b.Get(e.key) == nil {
			w.saved++
		}
		if err := b.Put(e.key, e.value); err != nil {
			return err
		}
	}
	return nil
}
