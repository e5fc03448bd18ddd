package zebustrace

import (
	"errors"
	"strconv"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/zebus-go/zebus/zebus"
)

// Attributes of ours, for which the semantic conventions have no name.
const (
	// HandlerKey names the handler that ran.
	HandlerKey = attribute.Key("zebus.handler")
	// SenderKey names the peer that sent the message being handled.
	SenderKey = attribute.Key("zebus.sender")
	// RecipientKey names the peer to which a command goes.
	RecipientKey = attribute.Key("zebus.recipient")
	// RecipientCountKey is the number of peers to which an event goes.
	RecipientCountKey = attribute.Key("zebus.recipient_count")
	// CodeKey is the code with which a handler answered.
	CodeKey = attribute.Key("zebus.code")
	// TryKey is the number of a try of a handler, from 1, in the event of its failure.
	TryKey = attribute.Key("zebus.try")
	// WaitKey is how long the handler waits for the next one, in seconds.
	WaitKey = attribute.Key("zebus.wait")
)

var system = semconv.MessagingSystemKey.String("zebus")

// operationOf returns the verb for sending a message of the type.
func operationOf(t *zebus.MessageType) string {
	if t.Kind() == zebus.KindEvent {
		return "publish"
	}
	return "send"
}

func sendAttributes(m zebus.Outgoing) []attribute.KeyValue {
	all := []attribute.KeyValue{
		system, semconv.MessagingOperationTypeSend, semconv.MessagingOperationName(operationOf(m.Type)),
		semconv.MessagingDestinationName(string(m.Type.ID())), semconv.MessagingMessageID(m.ID.String()),
		semconv.MessagingClientID(string(m.From)),
	}
	switch {
	case m.Type.Kind() == zebus.KindEvent:
		all = append(all, RecipientCountKey.Int(len(m.To)))
	case len(m.To) == 1:
		all = append(all, RecipientKey.String(string(m.To[0].ID)))
	}
	return all
}

func processAttributes(h zebus.Handling) []attribute.KeyValue {
	all := []attribute.KeyValue{
		system, semconv.MessagingOperationTypeProcess, semconv.MessagingOperationName("process"),
		semconv.MessagingDestinationName(string(h.Type.ID())), semconv.MessagingClientID(string(h.Self)), HandlerKey.String(h.Handler),
	}
	if len(h.Messages) > 1 {
		return append(all, semconv.MessagingBatchMessageCount(len(h.Messages)))
	}
	m := h.Messages[0]
	return append(all, semconv.MessagingMessageID(m.ID.String()), semconv.MessagingMessageBodySize(len(m.Content)),
		SenderKey.String(string(m.Originator.SenderID)))
}

// failureAttributes says what kind of error it was: for an answer, its code.
func failureAttributes(err error) []attribute.KeyValue {
	if answer, ok := errors.AsType[*zebus.CommandError](err); ok {
		return []attribute.KeyValue{semconv.ErrorTypeKey.String(strconv.Itoa(answer.Code)), CodeKey.Int(answer.Code)}
	}
	return []attribute.KeyValue{semconv.ErrorType(err)}
}
