package contender

import (
	"encoding/binary"
	"fmt"

	"github.com/zebus-go/zebus/zebus"

	"github.com/zebus-go/zebus/bench/messages"
)

// What a raw frame is for.
const (
	frameEvent = iota + 1 // count it
	frameAsk              // send it back
	frameHello            // the rest is the endpoint to send back to
)

// A header is how a raw frame begins. It is shorter than any envelope; the rest is filled up.
type header struct {
	kind byte
	body int   // the length of the body that the frame stands for
	sent int64 // when, or zero
}

const headerBytes = 1 + 4 + 8

func (h header) append(b []byte) []byte {
	b = append(b, h.kind)
	b = binary.LittleEndian.AppendUint32(b, uint32(h.body))
	return binary.LittleEndian.AppendUint64(b, uint64(h.sent))
}

func readHeader(frame []byte) header {
	return header{
		kind: frame[0],
		body: int(binary.LittleEndian.Uint32(frame[1:])),
		sent: int64(binary.LittleEndian.Uint64(frame[5:])),
	}
}

// A frameKey tells the frames apart that a source sends.
type frameKey struct {
	kind byte
	body int
}

// frames are what a source that encodes nothing sends, made once each.
type frames map[frameKey][]byte

// of returns the frame of a kind that is as long as that in which a bus would put m.
func (f frames) of(kind byte, m zebus.Message, body int) []byte {
	key := frameKey{kind, body}
	if f[key] == nil {
		frame := make([]byte, messages.FrameBytes(m))
		header{kind: kind, body: body}.append(frame[:0])
		f[key] = frame
	}
	return f[key]
}

// event returns the frame of an event, which says when it is sent if the event does.
func (f frames) event(evt zebus.Event) ([]byte, error) {
	tick, ok := evt.(*messages.Tick)
	if !ok {
		return nil, fmt.Errorf("%w: raw frames have no type %s", ErrLost, evt.ZebusType().ID())
	}
	frame := f.of(frameEvent, tick, len(tick.Body))
	if tick.Sent != 0 {
		header{kind: frameEvent, body: len(tick.Body), sent: tick.Sent}.append(frame[:0])
	}
	return frame, nil
}
