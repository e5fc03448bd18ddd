package transport

import "github.com/zebus-go/zebus/zebus"

var completed = (*zebus.MessageExecutionCompleted)(nil).ZebusType().ID()

// Answered returns the ID of the command that a message answers, which proves that the command had arrived. It is false
// for a message that is no answer, and for an answer that begins otherwise than those of Zebus, of zebus-rs and of ours.
// It allocates nothing.
func Answered(m *zebus.TransportMessage) (command zebus.MessageID, ok bool) {
	if m.Type != completed || len(m.Content) < guidEnd || string(m.Content[:guidAt]) != idHeader {
		return zebus.MessageID{}, false
	}
	guid := m.Content[guidAt:guidEnd]
	return idFromContent(guid), guid[0] == lowHalf && guid[secondHalf] == highHalf
}

// The two halves of a bcl.Guid, and where the second one begins that is written in order.
const lowHalf, highHalf, secondHalf = 1<<3 | 1, 2<<3 | 1, 9
