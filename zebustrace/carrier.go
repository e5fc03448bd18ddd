package zebustrace

import (
	"context"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/zebus-go/zebus/zebus"
)

// The names of the two texts in the W3C recommendation.
const (
	traceParent = "traceparent"
	traceState  = "tracestate"
)

// carrier lets a propagator read and write the extensions of an envelope.
type carrier struct{ *zebus.Extensions }

var _ propagation.TextMapCarrier = carrier{}

// Get implements [propagation.TextMapCarrier].
func (c carrier) Get(key string) string {
	switch key {
	case traceParent:
		return c.TraceParent
	case traceState:
		return c.TraceState
	default:
		return ""
	}
}

// Set implements [propagation.TextMapCarrier]. Other keys have no place in the envelope.
func (c carrier) Set(key, value string) {
	switch key {
	case traceParent:
		c.TraceParent = value
	case traceState:
		c.TraceState = value
	}
}

// Keys implements [propagation.TextMapCarrier].
func (c carrier) Keys() []string { return []string{traceParent, traceState} }

// inject writes the span of ctx, if it has one.
func inject(ctx context.Context, e *zebus.Extensions) {
	propagation.TraceContext{}.Inject(ctx, carrier{e})
}

// extract returns the span that a message says it belongs to; one that is not valid where it says nothing, or
// nothing that makes sense.
func extract(e *zebus.Extensions) trace.SpanContext {
	if e == nil {
		return trace.SpanContext{}
	}
	return trace.SpanContextFromContext(propagation.TraceContext{}.Extract(context.Background(), carrier{e}))
}
