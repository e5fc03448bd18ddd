package zebus

import (
	"bytes"
	"errors"
	"testing"
)

// FuzzAnswer reads answers beside the generated code, which is what the wire form is tested with.
func FuzzAnswer(f *testing.F) {
	t, text := MessageTypeID("Svc.Reply"), "not today"
	for _, m := range []*MessageExecutionCompleted{
		{SourceCommandID: MessageID{1}, Payload: []byte{}, ResponseMessage: new(string)},
		{SourceCommandID: MessageID{2}, PayloadType: &t, Payload: []byte{8, 1}},
		{SourceCommandID: MessageID{3}, ErrorCode: -7, ResponseMessage: &text},
		{SourceCommandID: MessageID{4}, ErrorCode: 7, PayloadType: &t, Payload: []byte{8, 1}},
	} {
		f.Add(m.ZebusAppend(nil))
	}
	f.Add([]byte{0x2a, 2, 0xff, 'x', 0x10, 1})
	f.Fuzz(func(t *testing.T, content []byte) {
		var want MessageExecutionCompleted
		wantErr := want.ZebusUnmarshal(content)
		id, got, err := new(answerReader).read(content)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("error %v, want %v", err, wantErr)
		}
		if err != nil {
			return
		}
		ce, failed := errors.AsType[*CommandError](got.err)
		switch {
		case id != want.SourceCommandID || failed != (want.ErrorCode != 0):
			t.Errorf("answer to %v with %v, want %v with code %d", id, got.err, want.SourceCommandID, want.ErrorCode)
		case failed && (ce.Code != int(want.ErrorCode) || ce.Message != or(want.ResponseMessage, "") || got.payloadType != ""):
			t.Errorf("%+v with %+v, want %d %q", got, ce, want.ErrorCode, or(want.ResponseMessage, ""))
		case !failed && or((*string)(want.PayloadType), "") != "" && (got.payloadType != *want.PayloadType || !bytes.Equal(got.payload, want.Payload)):
			t.Errorf("payload %s %x, want %s %x", got.payloadType, got.payload, *want.PayloadType, want.Payload)
		}
	})
}

func or(text *string, otherwise string) string {
	if text == nil {
		return otherwise
	}
	return *text
}
