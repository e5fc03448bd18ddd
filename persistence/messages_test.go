package persistence_test

import (
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/zebus-go/zebus/internal/vectors"
	"github.com/zebus-go/zebus/persistence"
	"github.com/zebus-go/zebus/zebus"
)

var types = []*zebus.MessageType{
	(*persistence.PersistMessageCommand)(nil).ZebusType(),
	(*persistence.MessageHandled)(nil).ZebusType(),
	(*persistence.StartMessageReplayCommand)(nil).ZebusType(),
	(*persistence.MessageReplayed)(nil).ZebusType(),
	(*persistence.ReplayPhaseEnded)(nil).ZebusType(),
	(*persistence.SafetyPhaseEnded)(nil).ZebusType(),
	(*persistence.PublishNonAckMessagesCountCommand)(nil).ZebusType(),
	(*persistence.NonAckMessagesCountChanged)(nil).ZebusType(),
	(*persistence.NonAckMessage)(nil).ZebusType(),
	(*persistence.PurgeMessageQueueCommand)(nil).ZebusType(),
	(*persistence.RemoveMessageFromQueueCommand)(nil).ZebusType(),
	(*persistence.ReplaySessionStarted)(nil).ZebusType(),
	(*persistence.ReplaySessionEnded)(nil).ZebusType(),
}

func TestMessagesAgainstRecordedBytes(t *testing.T) {
	for _, mt := range types {
		for i, c := range vectors.Of(t, mt.ID().String()) {
			t.Run(fmt.Sprintf("A16 %s %d keeps every field and byte", mt.ID().Name(), i), func(t *testing.T) {
				vectors.Check(t, c, mt.New())
			})
		}
	}
}

// The kinds are those of the message catalogue. Nothing but the traffic of the store itself is transient.
func TestMessageKinds(t *testing.T) {
	const (
		persistent = true
		transient  = false
	)
	tests := map[string]struct {
		kind       zebus.Kind
		persistent bool
	}{
		"PersistMessageCommand":             {zebus.KindCommand, transient},
		"MessageHandled":                    {zebus.KindEvent, transient},
		"StartMessageReplayCommand":         {zebus.KindCommand, transient},
		"MessageReplayed":                   {zebus.KindEvent, transient},
		"ReplayPhaseEnded":                  {zebus.KindEvent, transient},
		"SafetyPhaseEnded":                  {zebus.KindEvent, transient},
		"PublishNonAckMessagesCountCommand": {zebus.KindCommand, persistent},
		"NonAckMessagesCountChanged":        {zebus.KindEvent, persistent},
		"NonAckMessage":                     {zebus.KindMessage, persistent},
		"PurgeMessageQueueCommand":          {zebus.KindCommand, persistent},
		"RemoveMessageFromQueueCommand":     {zebus.KindCommand, persistent},
		"ReplaySessionStarted":              {zebus.KindEvent, persistent},
		"ReplaySessionEnded":                {zebus.KindEvent, persistent},
	}
	for _, mt := range types {
		t.Run(mt.ID().Name()+" is of the kind that .NET gives it", func(t *testing.T) {
			want, known := tests[mt.ID().Name()]
			if !known || mt.Kind() != want.kind || mt.Persistent() != want.persistent {
				t.Errorf("kind %d persistent %t, want %d and %t", mt.Kind(), mt.Persistent(), want.kind, want.persistent)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	for i, mt := range types {
		for _, c := range vectors.Of(f, mt.ID().String()) {
			f.Add(i, frame(f, c))
		}
	}
	f.Fuzz(func(t *testing.T, i int, frame []byte) {
		m := types[uint(i)%uint(len(types))].New()
		if m.ZebusUnmarshal(frame) != nil {
			return
		}
		written := m.ZebusAppend(nil)
		if len(written) != m.ZebusSize() {
			t.Fatalf("ZebusSize() = %d, but %d bytes were written", m.ZebusSize(), len(written))
		}
		if err := m.ZebusUnmarshal(written); err != nil {
			t.Fatalf("reading what was written: %v", err)
		}
	})
}

func frame(tb testing.TB, c vectors.Case) []byte {
	tb.Helper()
	b, err := hex.DecodeString(c.Bytes)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}
