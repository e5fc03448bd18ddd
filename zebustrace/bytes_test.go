package zebustrace_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/transport/memory"
	"github.com/zebus-go/zebus/zebus"
	"github.com/zebus-go/zebus/zebustest"
	"github.com/zebus-go/zebus/zebustrace"
)

// caller is a span that something outside of the bus began.
var caller = trace.NewSpanContext(trace.SpanContextConfig{
	TraceID: trace.TraceID{0x4b, 0xf9, 0x2f, 0x35, 0x77, 0xb3, 0x4d, 0xa6, 0xa3, 0xce, 0x92, 0x9d, 0x0e, 0x0e, 0x47, 0x36},
	SpanID:  trace.SpanID{0x00, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7},
})

// TestBytesOnTheWire shows what peers of other implementations see: the same frame as ever, with fields in it that they pass
// over.
func TestBytesOnTheWire(t *testing.T) {
	state, err := trace.ParseTraceState("vendor=1")
	if err != nil {
		t.Fatal(err)
	}
	const parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"
	background := context.Background()
	tests := map[string]struct {
		tracing zebus.Tracing
		ctx     context.Context //nolint:containedctx // of one case
		want    string          // fields 110 and 111, and nothing else
	}{
		"nothing without tracing":               {nil, trace.ContextWithSpanContext(background, caller), ""},
		"nothing when tracing is off":           {zebustrace.New(noop.NewTracerProvider()), background, ""},
		"nothing when the span is not valid":    {zebustrace.New(noop.NewTracerProvider()), trace.ContextWithSpanContext(background, trace.SpanContext{}), ""},
		"the caller's trace, sampled or not":    {zebustrace.New(noop.NewTracerProvider()), trace.ContextWithSpanContext(background, caller), "\xf2\x06\x37" + parent},
		"the state of the trace, if it has one": {zebustrace.New(noop.NewTracerProvider()), trace.ContextWithSpanContext(background, caller.WithTraceState(state)), "\xf2\x06\x37" + parent + "\xfa\x06\x08vendor=1"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			wantFrame(t, frameOf(t, tc.tracing, tc.ctx), tc.want)
		})
	}
	t.Run("a span of its own", func(t *testing.T) {
		recorder := tracetest.NewSpanRecorder()
		frame := frameOf(t, zebustrace.New(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder))), background)
		own := recorder.Ended()[0].SpanContext()
		wantFrame(t, frame, fmt.Sprintf("\xf2\x06\x37"+"00-%s-%s-01", own.TraceID(), own.SpanID()))
	})
}

// wantFrame wants the frame that a bus without tracing writes, and the given fields in it.
func wantFrame(t *testing.T, frame []byte, fields string) {
	t.Helper()
	plain := withoutExtensions(t, frame)
	if got := bytes.Replace(frame, []byte(fields), nil, 1); !bytes.Equal(got, plain) {
		t.Errorf("the frame is\n%q, want\n%q with %q in it", frame, plain, fields)
	}
}

// frameOf publishes an event and returns what goes over the wire.
func frameOf(t *testing.T, tracing zebus.Tracing, ctx context.Context) (frame []byte) { //nolint:revive // the test is first
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		network := zebustest.NewNetwork(t)
		wire := memory.NewNetwork()
		wire.Tap(func(f memory.Frame) { frame = bytes.Clone(f.Bytes) })
		carrier, err := wire.NewTransport(memory.Config{})
		if err != nil {
			t.Fatal(err)
		}
		bus := network.Join(network.Builder("A.0").WithTransport(carrier).WithTracing(tracing))
		stop, err := wire.Listen("tcp://other:1", func([]byte) {})
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
		other := zebus.Peer{ID: "Other.0", Endpoint: "tcp://other:1", Up: true, Responding: true}
		if err := bus.PublishTo(ctx, &interop.Note{Text: "text"}, other); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
	})
	return frame
}

// withoutExtensions returns the frame as a bus without tracing writes it.
func withoutExtensions(t *testing.T, frame []byte) []byte {
	t.Helper()
	m, err := transport.ReadMessage(frame)
	if err != nil {
		t.Fatal(err)
	}
	m.Extensions = nil
	return transport.AppendMessage(nil, &m, transport.Overrides{})
}

// TestNonsenseOnTheWire holds for whatever a peer may write where the trace is expected.
func TestNonsenseOnTheWire(t *testing.T) {
	for _, e := range []*zebus.Extensions{
		nil,
		{},
		{TraceParent: "nonsense"},
		{TraceParent: "00-00000000000000000000000000000000-0000000000000000-01"},
		{TraceParent: strings.Repeat("0", 1<<20), TraceState: strings.Repeat("a=b,", 1<<16)},
		{TraceState: "vendor=1"},
	} {
		recorder := tracetest.NewSpanRecorder()
		tracing := zebustrace.New(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder)))
		of := (&interop.Note{}).ZebusType()
		_, end := tracing.Handle(t.Context(), zebus.Handling{Type: of, Messages: []*zebus.TransportMessage{{Extensions: e}}})
		end(nil)
		if s := recorder.Ended()[0]; s.Parent().IsValid() || len(s.Links()) > 0 {
			t.Errorf("parent %v, links %v; want none", s.Parent(), s.Links())
		}
	}
}

func FuzzHandle(f *testing.F) {
	f.Add("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "vendor=1")
	f.Add("", "")
	tracing := zebustrace.New(noop.NewTracerProvider())
	of := (&interop.Note{}).ZebusType()
	f.Fuzz(func(t *testing.T, parent, state string) {
		m := &zebus.TransportMessage{Extensions: &zebus.Extensions{TraceParent: parent, TraceState: state}}
		ctx, end := tracing.Handle(t.Context(), zebus.Handling{Type: of, Messages: []*zebus.TransportMessage{m}})
		end(nil)
		var e zebus.Extensions
		tracing.Send(ctx, zebus.Outgoing{Type: of}, &e)(nil)
		if len(e.TraceParent) != 0 && len(e.TraceParent) != 55 {
			t.Errorf("what is sent on is %q", e.TraceParent)
		}
	})
}
