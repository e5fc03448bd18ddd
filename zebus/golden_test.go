package zebus_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/zebus-go/zebus/internal/vectors"
	"github.com/zebus-go/zebus/zebus"
)

var recordedTypes = []*zebus.MessageType{
	(*zebus.MessageExecutionCompleted)(nil).ZebusType(),
	(*zebus.MessageProcessingFailed)(nil).ZebusType(),
	(*zebus.CustomProcessingFailed)(nil).ZebusType(),
	(*zebus.ReplayMessageCommand)(nil).ZebusType(),
}

func TestMessagesAgainstRecordedBytes(t *testing.T) {
	for _, mt := range recordedTypes {
		for i, c := range vectors.Of(t, mt.ID().String()) {
			t.Run(fmt.Sprintf("A16 %s %d keeps every field and byte", mt.ID().Name(), i), func(t *testing.T) {
				vectors.Check(t, c, mt.New())
			})
		}
	}
}

// FuzzMessages reads any bytes as each message of the bus itself. What is accepted is written and read again without
// change.
func FuzzMessages(f *testing.F) {
	for i, mt := range recordedTypes {
		for _, c := range vectors.Of(f, mt.ID().String()) {
			raw, err := hex.DecodeString(c.Bytes)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(i, raw)
		}
	}
	f.Fuzz(func(t *testing.T, i int, raw []byte) {
		mt := recordedTypes[uint(i)%uint(len(recordedTypes))]
		first, second := mt.New(), mt.New()
		if first.ZebusUnmarshal(raw) != nil {
			return
		}
		written := first.ZebusAppend(nil)
		if len(written) != first.ZebusSize() {
			t.Errorf("ZebusSize = %d, written %d", first.ZebusSize(), len(written))
		}
		if err := second.ZebusUnmarshal(written); err != nil {
			t.Fatalf("%x was written, and is refused: %v", written, err)
		}
		if again := second.ZebusAppend(nil); !bytes.Equal(written, again) {
			t.Errorf("written %x, then %x", written, again)
		}
	})
}
