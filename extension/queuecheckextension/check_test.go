package queuecheckextension

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/otelcol-custom/otelcol-custom/extension/queuecheckextension/internal/metadata"
)

const entries = 500

// queueFile writes a database like that of a queue, of about a megabyte.
func queueFile(t *testing.T, folder string) string {
	name := filepath.Join(folder, "exporter_x__metrics")
	db, err := bbolt.Open(name, 0o600, &bbolt.Options{NoFreelistSync: true})
	require.NoError(t, err)
	for i := range entries {
		require.NoError(t, db.Update(func(tx *bbolt.Tx) error {
			b, err := tx.CreateBucketIfNotExists([]byte("default"))
			if err != nil {
				return err
			}
			return b.Put(fmt.Appendf(nil, "%06d", i), bytes.Repeat([]byte{byte(i)}, 2000))
		}))
	}
	require.NoError(t, db.Close())
	return name
}

// held returns how many entries a database holds, which the database itself finds in order.
func held(t *testing.T, name string) int {
	db, err := bbolt.Open(name, 0o600, nil)
	require.NoError(t, err)
	defer db.Close()
	n := 0
	require.NoError(t, db.View(func(tx *bbolt.Tx) error {
		for problem := range tx.Check() {
			t.Error(problem)
		}
		b := tx.Bucket([]byte("default"))
		if b == nil {
			return nil
		}
		return b.ForEach(func(key, value []byte) error {
			var i int
			_, err := fmt.Sscanf(string(key), "%d", &i)
			assert.Equal(t, bytes.Repeat([]byte{byte(i)}, 2000), value)
			n++
			return err
		})
	}))
	return n
}

// start runs the extension over a folder and returns what it logged.
func start(t *testing.T, folder string) *observer.ObservedLogs {
	core, logs := observer.New(zapcore.WarnLevel)
	set := extensiontest.NewNopSettings(metadata.Type)
	set.Logger = zap.New(core)
	e, err := NewFactory().Create(t.Context(), set, &Config{Directory: folder})
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), componenttest.NewNopHost()))
	require.NoError(t, e.Shutdown(t.Context()))
	return logs
}

func TestDamagedFilesArePutAside(t *testing.T) {
	overwrite := func(t *testing.T, file *os.File, at, n int64) {
		_, err := file.WriteAt(bytes.Repeat([]byte{0xA5}, int(n)), at)
		require.NoError(t, err)
	}
	for name, test := range map[string]struct {
		damage func(t *testing.T, file *os.File, size int64)
		least  int // entries that must be saved
	}{
		"cut in half":              {func(t *testing.T, file *os.File, size int64) { require.NoError(t, file.Truncate(size/2)) }, 0},
		"its beginning is gone":    {func(t *testing.T, file *os.File, _ int64) { overwrite(t, file, 0, 2*4096) }, 0},
		"its middle is gone":       {func(t *testing.T, file *os.File, size int64) { overwrite(t, file, 150*4096, 100*4096) }, 0},
		"all but its head is gone": {func(t *testing.T, file *os.File, size int64) { overwrite(t, file, 2*4096, size-2*4096) }, 0},
		"a page is gone":           {func(t *testing.T, file *os.File, _ int64) { overwrite(t, file, 100*4096, 4096) }, entries - 10},
		"no database at all": {func(t *testing.T, file *os.File, _ int64) {
			overwrite(t, file, 0, 100)
			require.NoError(t, file.Truncate(100))
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			queue := queueFile(t, folder)
			file, err := os.OpenFile(queue, os.O_RDWR, 0)
			require.NoError(t, err)
			info, err := file.Stat()
			require.NoError(t, err)
			test.damage(t, file, info.Size())
			require.NoError(t, file.Close())
			damaged, err := os.ReadFile(queue)
			require.NoError(t, err)

			logs := start(t, folder).All()
			saved := held(t, queue)
			t.Logf("saved %d of %d", saved, entries)
			assert.GreaterOrEqual(t, saved, test.least)
			kept, err := filepath.Glob(queue + aside + "*")
			require.NoError(t, err)
			if len(kept) == 0 {
				assert.Equal(t, entries, saved, "a file that stays where it is holds everything")
				assert.Empty(t, logs)
				return
			}
			require.Len(t, kept, 1)
			before, err := os.ReadFile(kept[0])
			require.NoError(t, err)
			assert.True(t, bytes.Equal(damaged, before), "the damaged file is kept as it was")
			require.Len(t, logs, 1)
			assert.Equal(t, zapcore.ErrorLevel, logs[0].Level)
			assert.EqualValues(t, saved, logs[0].ContextMap()["entries_saved"])
			assert.Empty(t, start(t, folder).All(), "the second time all is well")
		})
	}
}

func TestSoundFilesStay(t *testing.T) {
	folder := t.TempDir()
	queue := queueFile(t, folder)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "new"), nil, 0o600))
	require.NoError(t, os.Mkdir(filepath.Join(folder, "folder"), 0o700))
	before, err := os.ReadFile(queue)
	require.NoError(t, err)
	assert.Empty(t, start(t, folder).All())
	after, err := os.ReadFile(queue)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(before, after))
	list, err := os.ReadDir(folder)
	require.NoError(t, err)
	assert.Len(t, list, 3)
}

func TestAFolderThatIsNotThereYetIsFine(t *testing.T) {
	assert.Empty(t, start(t, filepath.Join(t.TempDir(), "later")).All())
}

func TestAFileInUseIsLeftAlone(t *testing.T) {
	folder := t.TempDir()
	db, err := bbolt.Open(queueFile(t, folder), 0o600, nil)
	require.NoError(t, err)
	defer db.Close()
	logs := start(t, folder).All()
	require.Len(t, logs, 1)
	assert.Contains(t, logs[0].Message, "in use")
	list, err := os.ReadDir(folder)
	require.NoError(t, err)
	assert.Len(t, list, 1)
}
