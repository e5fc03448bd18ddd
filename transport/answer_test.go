package transport_test

import (
	"bytes"
	"testing"

	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/wire"
	"github.com/zebus-go/zebus/zebus"
)

func TestAnswered(t *testing.T) {
	t.Parallel()
	command := zebus.NewMessageIDSource(nil).Next()
	text := "no"
	answer := func(c zebus.MessageExecutionCompleted) *zebus.TransportMessage {
		return &zebus.TransportMessage{Type: c.ZebusType().ID(), Content: c.ZebusAppend(nil)}
	}
	for name, tc := range map[string]struct {
		message *zebus.TransportMessage
		ok      bool
	}{
		"an answer":                          {answer(zebus.MessageExecutionCompleted{SourceCommandID: command}), true},
		"an answer that says what was wrong": {answer(zebus.MessageExecutionCompleted{SourceCommandID: command, ErrorCode: 7, ResponseMessage: &text}), true},
		"an answer that is cut":              {&zebus.TransportMessage{Type: "Abc.Zebus.Core.MessageExecutionCompleted", Content: []byte("\x0a\x14\x0a\x12\x09")}, false},
		"an answer without content":          {&zebus.TransportMessage{Type: "Abc.Zebus.Core.MessageExecutionCompleted"}, false},
		"an answer that begins with its code": {&zebus.TransportMessage{
			Type: "Abc.Zebus.Core.MessageExecutionCompleted", Content: append([]byte{0x10, 7}, command.ZebusAppend(nil)...),
		}, false},
		"a message that looks like one": {&zebus.TransportMessage{
			Type: "Abc.Zebus.Core.MessageExecutionStartedNo", Content: answer(zebus.MessageExecutionCompleted{SourceCommandID: command}).Content,
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := transport.Answered(tc.message)
			if ok != tc.ok || ok && got != command {
				t.Errorf("Answered = %v, %t, want %v, %t", got, ok, command, tc.ok)
			}
		})
	}
}

func TestAnswersOfRecordedTraffic(t *testing.T) {
	t.Parallel()
	for file, frames := range conversations(t) {
		answers := 0
		for i, line := range frames {
			m, want := line.message(), zebus.MessageExecutionCompleted{}
			got, ok := transport.Answered(&m)
			if m.Type != want.ZebusType().ID() {
				continue
			}
			answers++
			r := wire.NewReader(m.Content)
			if want.ZebusRead(&r); r.Err() != nil || !ok || got != want.SourceCommandID {
				t.Errorf("%s, frame %d: Answered = %v, %t, want %v", file, i+1, got, ok, want.SourceCommandID)
			}
		}
		if answers == 0 {
			t.Errorf("%s: no answers", file)
		}
	}
}

// It reads what comes from outside, and agrees with who reads all of it.
func FuzzAnswered(f *testing.F) {
	f.Add((&zebus.MessageExecutionCompleted{SourceCommandID: zebus.NewMessageIDSource(nil).Next(), ErrorCode: 1}).ZebusAppend(nil))
	f.Add([]byte("\x0a\x14\x0a\x12"))
	f.Fuzz(func(t *testing.T, content []byte) {
		var read zebus.MessageExecutionCompleted
		got, ok := transport.Answered(&zebus.TransportMessage{Type: read.ZebusType().ID(), Content: content})
		r := wire.NewReader(content)
		read.ZebusRead(&r)
		usual := r.Err() == nil && bytes.Equal(read.ZebusAppend(nil), content) // odd ones may say it twice
		if usual && len(content) > 0 && (!ok || got != read.SourceCommandID) {
			t.Errorf("Answered = %v, %t, the message says %v", got, ok, read.SourceCommandID)
		}
	})
}
