package queuecheckextension

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"
)

// aside is what the name of a damaged file ends with, before the time.
const aside = ".damaged-"

// checker is the extension. It works in Start, which the collector calls before it starts
// what opens the files, and rests then.
type checker struct {
	directory string
	logger    *zap.Logger
}

// Start looks at every file. It fails only when a damaged one can neither be put aside nor left.
func (c *checker) Start(context.Context, component.Host) error {
	entries, err := os.ReadDir(c.directory)
	if errors.Is(err, os.ErrNotExist) {
		return nil // the first start
	}
	if err != nil {
		return fmt.Errorf("`directory` cannot be read: %w", err)
	}
	for _, entry := range entries {
		if !entry.Type().IsRegular() || strings.Contains(entry.Name(), aside) {
			continue
		}
		if err := c.check(filepath.Join(c.directory, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}

// Shutdown has nothing to do.
func (*checker) Shutdown(context.Context) error { return nil }

// check looks at one file, and repairs it if need be.
func (c *checker) check(name string) error {
	damage := inspect(name, nil)
	switch {
	case damage == nil:
		return nil
	case errors.Is(damage, errInUse):
		c.logger.Warn("A queue file is in use by another process and was not looked at", zap.String("file", name))
		return nil
	case errors.Is(damage, errNotOpened): // it may be sound, so whoever needs it must say what is wrong
		c.logger.Warn("A queue file cannot be opened and was not looked at", zap.String("file", name), zap.Error(damage))
		return nil
	}
	repaired := name + ".repaired"
	defer os.Remove(repaired)
	saved, err := salvage(name, repaired)
	if err != nil {
		return fmt.Errorf("repair %s, which is damaged (%w): %w", name, damage, err)
	}
	kept := name + aside + time.Now().UTC().Format("20060102T150405.000")
	if err := errors.Join(os.Rename(name, kept), os.Rename(repaired, name)); err != nil {
		return fmt.Errorf("put %s aside, which is damaged (%w): %w", name, damage, err)
	}
	c.logger.Error("A queue file is damaged. What could be read of it is in a new one; what could not is lost to the exporters",
		zap.String("file", name), zap.Error(damage), zap.Int("entries_saved", saved), zap.String("damaged_file", kept))
	return nil
}
