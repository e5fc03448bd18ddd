package zebus_test

import (
	"testing"

	"github.com/zebus-go/zebus/zebus"
)

type recordedType struct {
	TypeID         zebus.MessageTypeID `json:"typeId"`
	Display        string              `json:"display"`
	Persistent     bool                `json:"persistent"`
	Infrastructure bool                `json:"infrastructure"`
	Kind           string              `json:"kind"`
}

func TestMessageTypesAgainstRecordedOnes(t *testing.T) {
	var recorded []recordedType
	readJSON(t, "type-ids.json", &recorded)
	byID := map[zebus.MessageTypeID]recordedType{}
	for _, r := range recorded {
		byID[r.TypeID] = r
		t.Run("B01 display name of "+r.TypeID.String(), func(t *testing.T) {
			if got := r.TypeID.Name(); got != r.Display {
				t.Errorf("Name() = %q, want %q", got, r.Display)
			}
		})
	}
	for _, mt := range []*zebus.MessageType{
		(*zebus.MessageExecutionCompleted)(nil).ZebusType(),
		(*zebus.MessageProcessingFailed)(nil).ZebusType(),
		(*zebus.CustomProcessingFailed)(nil).ZebusType(),
		(*zebus.ReplayMessageCommand)(nil).ZebusType(),
	} {
		want, ok := byID[mt.ID()]
		if !ok {
			t.Errorf("%s is no type of Zebus", mt.ID())
		}
		t.Run("B05 B06 persistence and infrastructure of "+mt.ID().Name(), func(t *testing.T) {
			if mt.Persistent() != want.Persistent || mt.Infrastructure() != want.Infrastructure {
				t.Errorf("persistent %t, infrastructure %t; want %t, %t",
					mt.Persistent(), mt.Infrastructure(), want.Persistent, want.Infrastructure)
			}
			if got := kindName(mt.Kind()); got != want.Kind {
				t.Errorf("kind %s, want %s", got, want.Kind)
			}
		})
	}
}

func kindName(k zebus.Kind) string {
	return map[zebus.Kind]string{zebus.KindMessage: "message", zebus.KindCommand: "command", zebus.KindEvent: "event"}[k]
}

func TestPeerID(t *testing.T) {
	t.Run("T11 what stands before the last dot is the service", func(t *testing.T) {
		for id, want := range map[zebus.PeerID]string{"A.B.C": "A.B", "A": "A", "": "", "A.": "A"} {
			if got := id.Service(); got != want {
				t.Errorf("PeerID(%q).Service() = %q, want %q", id, got, want)
			}
		}
	})
	t.Run("an instance belongs to its service in any case", func(t *testing.T) {
		id := zebus.PeerID("Abc.Zebus.PersistenceService.0")
		if !id.IsInstanceOf("abc.zebus.persistenceservice") || id.IsInstanceOf("Abc.Zebus.Persistence") {
			t.Error("IsInstanceOf compares something else than the text before the last dot")
		}
	})
}
