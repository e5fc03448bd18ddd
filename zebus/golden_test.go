package zebus_test

import (
	"fmt"
	"testing"

	"github.com/zebus-go/zebus/internal/vectors"
	"github.com/zebus-go/zebus/zebus"
)

func TestMessagesAgainstRecordedBytes(t *testing.T) {
	types := []*zebus.MessageType{
		(*zebus.MessageExecutionCompleted)(nil).ZebusType(),
		(*zebus.MessageProcessingFailed)(nil).ZebusType(),
		(*zebus.CustomProcessingFailed)(nil).ZebusType(),
		(*zebus.ReplayMessageCommand)(nil).ZebusType(),
	}
	for _, mt := range types {
		for i, c := range vectors.Of(t, mt.ID().String()) {
			t.Run(fmt.Sprintf("A16 %s %d keeps every field and byte", mt.ID().Name(), i), func(t *testing.T) {
				vectors.Check(t, c, mt.New())
			})
		}
	}
}
