package zebus

import (
	"fmt"
	"testing"
	"time"
)

func TestEpisodesAreBounded(t *testing.T) {
	var e episodes
	lines := 0
	for i := range 10 * mostEpisodes {
		if _, due := e.note(MessageTypeID(fmt.Sprint("Type.", i)), ErrUnknownType, time.Time{}); due {
			lines++
		}
	}
	if want := mostEpisodes + 1; lines != want || len(e.mu.open) != want {
		t.Errorf("%d lines, %d episodes; want %d", lines, len(e.mu.open), want)
	}
	if _, due := e.note("Type.0", ErrUnreadable, time.Time{}); !due {
		t.Error("another reason was silenced")
	}
}
