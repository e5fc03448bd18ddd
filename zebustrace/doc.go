// Package zebustrace shows OpenTelemetry the way of messages through the network: which handler ran because of what was sent
// where, over as many peers as it takes.
//
//	bus, err := builder.WithTracing(zebustrace.New(provider)).Build()
//
// Every command and every event that leaves is a span, send or publish, below the span of the caller's context; that of a
// command lasts until the answer. Every run of a handler is a span, process, below that of the message; a batch has
// a trace of its own, linked to all its messages. The context of a handler carries its span, so what it does and sends with that
// belongs to the same trace. Names and attributes are those of the semantic conventions for messaging.
//
// Between peers the trace travels in the envelope, in the two texts of the W3C recommendation Trace Context. They are
// written when there is a trace, sampled or not, and nothing is written when there is none. Peers of other
// implementations pass over them; what those send begins a new trace.
//
// The package uses the API of OpenTelemetry alone: what becomes of spans is decided by the provider.
package zebustrace
