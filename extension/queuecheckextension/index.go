package queuecheckextension

import (
	"strconv"

	"go.etcd.io/bbolt"
	"google.golang.org/protobuf/encoding/protowire"
)

// A queue of the collector's helper (exporterhelper v0.160, persistent_queue.go and meta.proto) keeps its
// requests under their numbers, and what it knows of them under one more key: a message with the number of the
// first request that waits, and of the next one to come.
const (
	indexKey   = "qmv0"
	firstField = 3 // fixed64
	nextField  = 4 // fixed64
)

// maxNumbers bounds the numbers from first to last: the queue looks for each, and a damaged key could be any.
const maxNumbers = 1 << 20

// reindex gives back to queues what they have lost of themselves. Without it a queue takes its file for empty,
// and writes over what was saved. The sizes are left at zero: the queue corrects them once it is drained.
func reindex(tx *bbolt.Tx) error {
	var queues []*bbolt.Bucket
	if err := tx.ForEach(func(_ []byte, b *bbolt.Bucket) error {
		queues = append(queues, b)
		return nil
	}); err != nil {
		return err
	}
	for _, b := range queues {
		first, last, lost := numbers(b)
		if !lost || last-first >= maxNumbers {
			continue
		}
		index := protowire.AppendFixed64(protowire.AppendTag(nil, firstField, protowire.Fixed64Type), first)
		index = protowire.AppendFixed64(protowire.AppendTag(index, nextField, protowire.Fixed64Type), last+1)
		if err := b.Put([]byte(indexKey), index); err != nil {
			return err
		}
	}
	return nil
}

// numbers returns the range of the requests' numbers; lost says that they are all there is.
func numbers(b *bbolt.Bucket) (first, last uint64, lost bool) {
	c := b.Cursor()
	for key, _ := c.First(); key != nil; key, _ = c.Next() {
		n, err := strconv.ParseUint(string(key), 10, 64)
		if err != nil || strconv.FormatUint(n, 10) != string(key) {
			return 0, 0, false // its index, or no queue
		}
		if !lost {
			first, last, lost = n, n, true
		}
		first, last = min(first, n), max(last, n)
	}
	return first, last, lost
}
