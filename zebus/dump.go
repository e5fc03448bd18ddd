package zebus

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"
)

// WithDumpFolder sets where the contents of messages are put that could not be read. Empty, the default, means the
// folder for temporary files.
func (b *Builder) WithDumpFolder(path string) *Builder {
	b.config.dumpFolder = path
	return b
}

// mostDumps bounds what a hostile or broken peer can put on our disk.
const mostDumps = 100

// dumps writes contents that could not be read into files.
type dumps struct {
	written atomic.Int32
}

// write puts a content into a file of its own and returns its path, or why there is none.
func (d *dumps) write(folder string, self PeerID, m *TransportMessage) string {
	if d.written.Add(1) > mostDumps {
		return fmt.Sprintf("no file: %d were written already", mostDumps)
	}
	if folder == "" {
		folder = os.TempDir()
	}
	folder = filepath.Join(folder, "zebus_deserialization_dumps_"+fileName(string(self)))
	file := filepath.Join(folder, time.Now().UTC().Format("20060102-15-04-05.0000000")+"_"+fileName(string(m.Type)))
	if err := errors.Join(os.MkdirAll(folder, 0o700), os.WriteFile(file, m.Content, 0o600)); err != nil {
		return "no file: " + err.Error()
	}
	return file
}

// fileName replaces what has a meaning in paths: names come from the network.
func fileName(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' {
			return '_'
		}
		return r
	}, name)
}
