package zebustrace_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
	"github.com/zebus-go/zebus/zebustest"
	"github.com/zebus-go/zebus/zebustrace"
)

// traced is a network whose buses are traced.
type traced struct {
	*zebustest.Network

	t        *testing.T
	recorder *tracetest.SpanRecorder
	provider trace.TracerProvider
}

// followed runs f in a bubble, with spans that are all sampled unless an option says otherwise.
func followed(t *testing.T, name string, f func(t *testing.T, w *traced), options ...sdktrace.TracerProviderOption) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		zebustest.Run(t, func(t *testing.T, network *zebustest.Network) {
			w := &traced{Network: network, t: t, recorder: tracetest.NewSpanRecorder()}
			w.provider = sdktrace.NewTracerProvider(append(options, sdktrace.WithSpanProcessor(w.recorder))...)
			f(t, w)
		})
	})
}

func (w *traced) join(id zebus.PeerID, handlers ...zebus.Handler) *zebus.Bus {
	return w.Join(w.Builder(id).WithHandlers(handlers...).WithTracing(zebustrace.New(w.provider)))
}

// span returns the one span of that name.
func (w *traced) span(name string) sdktrace.ReadOnlySpan {
	w.t.Helper()
	var found []sdktrace.ReadOnlySpan
	var names []string
	for _, s := range w.recorder.Ended() {
		names = append(names, s.Name())
		if s.Name() == name {
			found = append(found, s)
		}
	}
	if len(found) != 1 {
		w.t.Fatalf("%d spans %q among %q, want one", len(found), name, names)
	}
	return found[0]
}

// below checks that one span is the child of another, wherever that was.
func (w *traced) below(child, parent sdktrace.ReadOnlySpan) {
	w.t.Helper()
	if c, p := child.Parent(), parent.SpanContext(); c.SpanID() != p.SpanID() || child.SpanContext().TraceID() != p.TraceID() {
		w.t.Errorf("%q has the parent %v, want %q, %v", child.Name(), c.SpanID(), parent.Name(), p.SpanID())
	}
}

func (w *traced) wantAttributes(s sdktrace.ReadOnlySpan, want map[attribute.Key]string) {
	w.t.Helper()
	got := attribute.NewSet(s.Attributes()...)
	for key, text := range want {
		if v, ok := got.Value(key); !ok || text != "" && v.String() != text {
			w.t.Errorf("%q has %s = %q, want %q", s.Name(), key, v.String(), text)
		}
	}
}

// chain is two services: to knock at B makes it publish a note, which C takes.
func (w *traced) chain(outcome error) (a *zebus.Bus) {
	var b *zebus.Bus
	a = w.join("A.0")
	b = w.join("B.0", zebus.HandleCommand(func(ctx context.Context, _ *interop.Knock) error {
		<-time.After(time.Second)
		return errors.Join(b.Publish(ctx, &interop.Note{}), outcome)
	}).Named("Door"))
	w.join("C.0", zebus.HandleEvent(func(context.Context, *interop.Note) error { return nil }).Named("Log"))
	return a
}

func TestTraceOfAChain(t *testing.T) {
	followed(t, "a trace goes from peer to peer", func(t *testing.T, w *traced) {
		a := w.chain(nil)
		ctx, root := w.provider.Tracer("test").Start(t.Context(), "test")
		if err := a.Send(ctx, &interop.Knock{}); err != nil {
			t.Fatal(err)
		}
		root.End()
		w.WaitQuiet()
		send, door := w.span("send Interop.Messages.Knock"), w.span("process Interop.Messages.Knock")
		publish, logged := w.span("publish Interop.Messages.Note"), w.span("process Interop.Messages.Note")
		w.below(send, w.span("test"))
		w.below(door, send)
		w.below(publish, door)
		w.below(logged, publish)
		if d := send.EndTime().Sub(send.StartTime()); d < time.Second {
			t.Errorf("the command took %v by its span, want the second until its answer", d)
		}
		if send.SpanKind() != trace.SpanKindProducer || door.SpanKind() != trace.SpanKindConsumer {
			t.Errorf("kinds are %v and %v, want producer and consumer", send.SpanKind(), door.SpanKind())
		}
		if links := door.Links(); len(links) != 1 || links[0].SpanContext.SpanID() != send.SpanContext().SpanID() {
			t.Errorf("what was handled is linked to %v, want to its message", links)
		}
		w.wantAttributes(send, map[attribute.Key]string{
			"messaging.system": "zebus", "messaging.operation.name": "send", "messaging.operation.type": "send",
			"messaging.destination.name": "Interop.Messages.Knock", "messaging.client.id": "A.0", "messaging.message.id": "",
			zebustrace.RecipientKey: "B.0",
		})
		w.wantAttributes(door, map[attribute.Key]string{
			"messaging.system": "zebus", "messaging.operation.name": "process", "messaging.operation.type": "process",
			"messaging.destination.name": "Interop.Messages.Knock", "messaging.client.id": "B.0", "messaging.message.id": "",
			"messaging.message.body.size": "0", zebustrace.HandlerKey: "Door", zebustrace.SenderKey: "A.0",
		})
		w.wantAttributes(publish, map[attribute.Key]string{
			"messaging.operation.name": "publish", "messaging.operation.type": "send", zebustrace.RecipientCountKey: "1",
		})
	})
	followed(t, "an answer that is an error fails both spans, with its code", func(t *testing.T, w *traced) {
		_ = w.chain(nil).Send(t.Context(), &interop.Fail{})
		unsent := w.span("send Interop.Messages.Fail")
		w.wantAttributes(unsent, map[attribute.Key]string{"error.type": ""})
		b := w.join("D.0", zebus.HandleCommand(func(context.Context, *interop.Fail) error { return zebus.Fail(17, "no") }))
		w.recorder.Reset()
		_ = b.Send(t.Context(), &interop.Fail{})
		for _, s := range []sdktrace.ReadOnlySpan{w.span("send Interop.Messages.Fail"), w.span("process Interop.Messages.Fail")} {
			if s.Status().Code != codes.Error {
				t.Errorf("%q has the status %v, want an error", s.Name(), s.Status())
			}
			w.wantAttributes(s, map[attribute.Key]string{"error.type": "17", zebustrace.CodeKey: "17"})
		}
	})
	followed(t, "a trace that is not sampled goes on as one that is not", func(t *testing.T, w *traced) {
		seen := make(chan trace.SpanContext, 1)
		a := w.join("A.0")
		w.join("B.0", zebus.HandleCommand(func(ctx context.Context, _ *interop.Knock) error {
			seen <- trace.SpanContextFromContext(ctx)
			return nil
		}))
		ctx, root := w.provider.Tracer("test").Start(t.Context(), "test")
		if err := a.Send(ctx, &interop.Knock{}); err != nil {
			t.Fatal(err)
		}
		if sc := <-seen; sc.TraceID() != root.SpanContext().TraceID() || sc.IsSampled() {
			t.Errorf("the handler has %v, sampled %t; want the same trace, not sampled", sc.TraceID(), sc.IsSampled())
		}
		if n := len(w.recorder.Ended()); n > 0 {
			t.Errorf("%d spans were recorded", n)
		}
	}, sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.NeverSample())))
}

func TestTraceOfRetries(t *testing.T) {
	followed(t, "a try that failed is an event in the span of the handler", func(t *testing.T, w *traced) {
		outcomes := []error{errors.New("not yet"), nil}
		a := w.join("A.0", zebus.HandleCommand(func(context.Context, *interop.Knock) (err error) {
			err, outcomes = outcomes[0], outcomes[1:]
			return err
		}).Retry(zebus.RetryPolicy{Attempts: 3, First: time.Second}))
		if err := a.Send(t.Context(), &interop.Knock{}); err != nil {
			t.Fatal(err)
		}
		span := w.span("process Interop.Messages.Knock")
		events := span.Events()
		if len(events) != 1 || events[0].Name != "try failed" || span.Status().Code == codes.Error {
			t.Fatalf("events %+v and status %v, want one that a try failed, and no error", events, span.Status())
		}
		of := attribute.NewSet(events[0].Attributes...)
		for key, want := range map[attribute.Key]string{zebustrace.TryKey: "1", zebustrace.WaitKey: "1", "exception.message": "not yet"} {
			if v, _ := of.Value(key); v.String() != want {
				t.Errorf("%s = %q, want %q", key, v.String(), want)
			}
		}
	})
}

func TestTraceOfABatch(t *testing.T) {
	followed(t, "a batch begins a trace that is linked to all its messages", func(t *testing.T, w *traced) {
		hold := make(chan struct{})
		a := w.join("A.0",
			zebus.HandleCommand(func(context.Context, *interop.Knock) error { <-hold; return nil }),
			zebus.HandleEvents(func(context.Context, []*interop.Note) error { return nil }))
		door := a.SendAsync(t.Context(), &interop.Knock{})
		synctest.Wait()
		for range 3 {
			if err := a.Publish(t.Context(), &interop.Note{}); err != nil {
				t.Fatal(err)
			}
		}
		close(hold)
		if err := door.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.WaitQuiet()
		var published, linked []trace.SpanID
		for _, s := range w.recorder.Ended() {
			if s.Name() == "publish Interop.Messages.Note" {
				published = append(published, s.SpanContext().SpanID())
			}
		}
		batch := w.span("process Interop.Messages.Note")
		for _, l := range batch.Links() {
			linked = append(linked, l.SpanContext.SpanID())
		}
		if !slices.Equal(linked, published) || len(linked) != 3 {
			t.Errorf("linked to %v, want the three of %v", linked, published)
		}
		if batch.Parent().IsValid() {
			t.Errorf("the batch has the parent %v, want none", batch.Parent())
		}
		w.wantAttributes(batch, map[attribute.Key]string{"messaging.batch.message_count": "3"})
	})
}

func TestTraceBegins(t *testing.T) {
	followed(t, "where the sender does not trace, and not in the span in which the bus was started", func(t *testing.T, w *traced) {
		ctx, _ := w.provider.Tracer("test").Start(t.Context(), "main")
		b, err := w.Builder("B.0").WithTracing(zebustrace.New(w.provider)).
			WithHandlers(zebus.HandleCommand(func(context.Context, *interop.Knock) error { return nil })).Build()
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Start(ctx); err != nil {
			t.Fatal(err)
		}
		a := w.Start("A.0")
		if err := errors.Join(a.Send(t.Context(), &interop.Knock{}), b.Stop(t.Context())); err != nil {
			t.Fatal(err)
		}
		if s := w.span("process Interop.Messages.Knock"); s.Parent().IsValid() || len(s.Links()) > 0 {
			t.Errorf("parent %v, links %v; want none", s.Parent(), s.Links())
		}
	})
}

func TestInfrastructureHasNoSpans(t *testing.T) {
	recorder := tracetest.NewSpanRecorder()
	tracing := zebustrace.New(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder)))
	of := (*zebus.MessageExecutionCompleted)(nil).ZebusType()
	var e zebus.Extensions
	tracing.Send(t.Context(), zebus.Outgoing{Type: of}, &e)(nil)
	ctx, end := tracing.Handle(t.Context(), zebus.Handling{Type: of, Messages: []*zebus.TransportMessage{{}}})
	end(nil)
	if n := len(recorder.Ended()); n > 0 || e != (zebus.Extensions{}) || ctx != t.Context() {
		t.Errorf("%d spans, extensions %+v; want none", n, e)
	}
}
