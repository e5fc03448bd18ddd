package zebustrace

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/zebus-go/zebus/zebus"
)

// scope is the name under which the spans are made.
const scope = "github.com/zebus-go/zebus/zebustrace"

// Tracing makes spans of what buses do. One may serve several, and it is safe for concurrent use.
type Tracing struct {
	tracer trace.Tracer
}

var _ zebus.TryTracing = (*Tracing)(nil)

// New returns a tracing that makes its spans with the provider; nil means the global one, as of [otel.GetTracerProvider].
func New(provider trace.TracerProvider) *Tracing {
	if provider == nil {
		provider = otel.GetTracerProvider()
	}
	return &Tracing{tracer: provider.Tracer(scope, trace.WithSchemaURL(semconv.SchemaURL))}
}

// Send implements [zebus.Tracing]. What keeps the bus itself going has no span.
func (t *Tracing) Send(ctx context.Context, m zebus.Outgoing, e *zebus.Extensions) func(error) {
	if m.Type.Infrastructure() {
		inject(ctx, e)
		return func(error) {}
	}
	ctx, span := t.tracer.Start(ctx, operationOf(m.Type)+" "+string(m.Type.ID()),
		trace.WithSpanKind(trace.SpanKindProducer), trace.WithAttributes(sendAttributes(m)...))
	inject(ctx, e)
	return ending(span)
}

// Handle implements [zebus.Tracing].
func (t *Tracing) Handle(ctx context.Context, h zebus.Handling) (context.Context, func(error)) {
	if h.Type.Infrastructure() {
		return ctx, func(error) {}
	}
	causes := causesOf(h.Messages)
	ctx, span := t.tracer.Start(trace.ContextWithRemoteSpanContext(ctx, parentOf(h, causes)), "process "+string(h.Type.ID()),
		trace.WithSpanKind(trace.SpanKindConsumer), trace.WithAttributes(processAttributes(h)...), trace.WithLinks(causes...))
	return ctx, ending(span)
}

// TryFailed implements [zebus.TryTracing]: the span of the handler, which lasts as long as all its tries, gets an event.
func (*Tracing) TryFailed(ctx context.Context, f zebus.FailedTry) {
	trace.SpanFromContext(ctx).AddEvent("try failed", trace.WithAttributes(
		TryKey.Int(f.Try), semconv.ErrorType(f.Err), semconv.ExceptionMessage(f.Err.Error()), WaitKey.Float64(f.Wait.Seconds()),
	))
}

// parentOf returns the span of the message, where there is one message. Otherwise it is the one that is not valid, and the
// trace a new one: the context of handlers descends from that of Start, whose span is nobody's parent.
func parentOf(h zebus.Handling, causes []trace.Link) trace.SpanContext {
	if len(h.Messages) == 1 && len(causes) == 1 {
		return causes[0].SpanContext
	}
	return trace.SpanContext{}
}

// causesOf returns links to the spans of the messages that have one.
func causesOf(messages []*zebus.TransportMessage) (links []trace.Link) {
	for _, m := range messages {
		if from := extract(m.Extensions); from.IsValid() {
			links = append(links, trace.Link{SpanContext: from})
		}
	}
	return links
}

func ending(span trace.Span) func(error) {
	return func(err error) {
		if err != nil {
			span.SetStatus(codes.Error, err.Error())
			span.SetAttributes(failureAttributes(err)...)
		}
		span.End()
	}
}
