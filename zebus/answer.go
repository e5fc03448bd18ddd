package zebus

import "github.com/zebus-go/zebus/wire"

// answerReader reads answers to commands as [MessageExecutionCompleted] does, without making one: the payload stays part
// of the content, and types of payloads are remembered. It is used by one goroutine at a time.
type answerReader struct {
	types map[string]MessageTypeID // by their bytes
}

// mostPayloadTypes bounds what is remembered of types that somebody else names.
const mostPayloadTypes = 1000

func (a *answerReader) read(content []byte) (id MessageID, c completion, err error) {
	var code int32
	var text string
	r := wire.NewReader(content)
	for r.Next() {
		switch r.Field() {
		case 1:
			outer := r.Enter()
			id.ZebusRead(&r)
			r.Leave(outer)
		case 2:
			code = r.Int32()
		case 3:
			c.payloadType = a.readType(&r)
		case 4:
			c.payload = r.View()
		case 5:
			text = r.String()
		default:
			r.Skip()
		}
	}
	if code != 0 {
		c = completion{err: &CommandError{Code: int(code), Message: text}}
	}
	return id, c, r.Err()
}

// readType reads the type of a payload.
func (a *answerReader) readType(r *wire.Reader) (t MessageTypeID) {
	raw := r.View()
	if known, ok := a.types[string(raw)]; ok {
		return known
	}
	inner := wire.NewReader(raw)
	t.ZebusRead(&inner)
	if err := inner.Err(); err != nil {
		r.Fail(err)
		return ""
	}
	if a.types == nil || len(a.types) >= mostPayloadTypes {
		a.types = map[string]MessageTypeID{}
	}
	a.types[string(raw)] = t
	return t
}
