package zebustrace_test

import (
	"context"
	"fmt"
	"log"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/transport/memory"
	"github.com/zebus-go/zebus/zebus"
	"github.com/zebus-go/zebus/zebustrace"
)

// A program exports its spans with otlptracegrpc or the like; this one keeps them.
func ExampleNew() {
	exporter := tracetest.NewInMemoryExporter()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter))

	transport, err := memory.NewNetwork().NewTransport(memory.Config{})
	if err != nil {
		log.Fatal(err)
	}
	bus, err := zebus.NewBuilder("Acme.Door.0").
		WithTransport(transport).
		WithDirectory(alone{}).
		WithHandlers(zebus.HandleCommand(func(ctx context.Context, _ *interop.Knock) error {
			_, span := provider.Tracer("example").Start(ctx, "open the door")
			span.End()
			return nil
		})).
		WithTracing(zebustrace.New(provider)).
		Build()
	if err != nil {
		log.Fatal(err)
	}
	run(bus, func(ctx context.Context) error {
		return bus.SendTo(ctx, &interop.Knock{}, zebus.Peer{ID: bus.ID(), Responding: true})
	})

	spans := exporter.GetSpans()
	for _, s := range spans {
		fmt.Println(s.Name, "below", parentOf(s, spans))
	}
	// Output:
	// open the door below process Interop.Messages.Knock
	// process Interop.Messages.Knock below send Interop.Messages.Knock
	// send Interop.Messages.Knock below nothing
}

func parentOf(child tracetest.SpanStub, spans tracetest.SpanStubs) string {
	for _, s := range spans {
		if s.SpanContext.SpanID() == child.Parent.SpanID() {
			return s.Name
		}
	}
	return "nothing"
}
