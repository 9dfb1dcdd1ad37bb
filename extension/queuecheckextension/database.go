package queuecheckextension

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"
)

var (
	// errInUse: another process has the file open.
	errInUse = errors.New("the file is in use")
	// errNotOpened: the operating system refuses the file, for its owner or for want of memory or handles.
	errNotOpened = errors.New("the file cannot be opened")
)

// lockWait is how long the lock of a file may take: one that is free takes no time.
const lockWait = time.Second

// entry is a key and value of a bucket.
type entry struct{ bucket, key, value []byte }

// inspect reads a whole database and returns what is wrong with it. The entries that it reads are
// handed to visit, when there is one, and are good for the length of the call only.
//
// The file is opened for reading, without its list of free pages: to make that list, the database
// reads in a goroutine of its own, where a damaged page ends the process.
func inspect(name string, visit func(entry)) (damage error) {
	info, err := os.Stat(name)
	if err != nil {
		return fmt.Errorf("%w: %w", errNotOpened, err)
	}
	if info.Size() == 0 { // a new database
		return nil
	}
	defer survive(&damage)()
	db, err := bbolt.Open(name, 0, &bbolt.Options{ReadOnly: true, Timeout: lockWait})
	if errors.Is(err, bbolterrors.ErrTimeout) {
		return errInUse
	}
	if errno, refused := errors.AsType[syscall.Errno](err); refused && errno != syscall.EIO { // an error of the disk is damage
		return fmt.Errorf("%w: %w", errNotOpened, err)
	}
	if err != nil {
		return err
	}
	defer db.Close()
	return db.View(func(tx *bbolt.Tx) error {
		var problems []error
		if whole := tx.Size(); info.Size() < whole {
			problems = append(problems, fmt.Errorf("cut off: %d of %d bytes are there", info.Size(), whole))
		}
		_ = tx.ForEach(func(bucket []byte, b *bbolt.Bucket) error {
			// From both ends: a damaged page hides what lies behind it.
			forward := walk(b, (*bbolt.Cursor).First, (*bbolt.Cursor).Next, bucket, visit)
			if forward == nil {
				return nil
			}
			_ = walk(b, (*bbolt.Cursor).Last, (*bbolt.Cursor).Prev, bucket, visit)
			problems = append(problems, forward)
			return nil
		})
		return errors.Join(problems...)
	})
}

// walk visits a bucket from one end until it ends or a page is damaged.
func walk(b *bbolt.Bucket, from, to func(*bbolt.Cursor) (key, value []byte), bucket []byte, visit func(entry)) (damage error) {
	defer survive(&damage)()
	c := b.Cursor()
	sum := byte(0)
	for key, value := from(c); key != nil; key, value = to(c) {
		// Every byte is touched: the end of a file that was cut off is found so.
		for _, b := range value {
			sum ^= b
		}
		if visit != nil {
			visit(entry{bucket, key, value})
		}
	}
	_ = sum
	return nil
}

// survive makes errors of panics, and of reading where the file has ended. What it returns is to be deferred.
func survive(damage *error) func() {
	before := debug.SetPanicOnFault(true)
	return func() {
		debug.SetPanicOnFault(before)
		if problem := recover(); problem != nil {
			*damage = fmt.Errorf("damaged: %v", problem)
		}
	}
}
