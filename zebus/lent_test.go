package zebus_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

// lend hands a message to a bus as a transport does that uses the memory of contents again at once.
func lend(t *testing.T, to *stub, m zebus.Message) (handlers func()) {
	t.Helper()
	here, ok := to.in.(zebus.InboundHere)
	if !ok {
		t.Fatal("the bus takes no messages that are lent")
	}
	content := m.ZebusAppend(nil)
	handlers = here.ReceiveHere([]zebus.TransportMessage{{
		ID: zebus.MessageID{1}, Type: m.ZebusType().ID(), Content: content,
		Originator: zebus.Originator{SenderID: benchPeer.ID, SenderEndpoint: benchPeer.Endpoint},
	}})
	clear(content)
	return handlers
}

func TestLentContents(t *testing.T) {
	texts := []string{"", "short", strings.Repeat("longer ", 100), strings.Repeat("too long to keep the memory ", 100), "short again", ""}
	t.Run("handlers get what was lent, whatever became of it and whenever they run", func(t *testing.T) {
		got := make(chan string, len(texts))
		_, s := benchBus(t, zebus.HandleEvent(func(_ context.Context, n *interop.Note) error {
			got <- n.Text
			return nil
		}))
		first := lend(t, s, &interop.Note{Text: texts[0]})
		for _, text := range texts[1:] { // behind the first, which does not run yet
			if handlers := lend(t, s, &interop.Note{Text: text}); handlers != nil {
				t.Fatal("a queue runs twice")
			}
		}
		first()
		for _, want := range texts {
			if text := <-got; text != want {
				t.Errorf("handler got %q, want %q", text, want)
			}
		}
	})
	t.Run("one message after the other in the same memory", func(t *testing.T) {
		var got []string
		_, s := benchBus(t, zebus.HandleEvent(func(_ context.Context, n *interop.Note) error {
			got = append(got, n.Text)
			return nil
		}))
		for _, text := range slices.Concat(texts, texts) {
			lend(t, s, &interop.Note{Text: text})()
		}
		if !slices.Equal(got, slices.Concat(texts, texts)) {
			t.Errorf("handlers got %q", got)
		}
	})
	t.Run("a reply is there when it is read", func(t *testing.T) {
		bus, s := benchBus(t)
		var command zebus.MessageID
		s.sent = func(m *zebus.TransportMessage) { command = m.ID }
		pending := bus.SendAsync(t.Context(), &interop.Echo{})
		replyType := (*interop.EchoReply)(nil).ZebusType().ID()
		lend(t, s, &zebus.MessageExecutionCompleted{
			SourceCommandID: command, PayloadType: &replyType, Payload: (&interop.EchoReply{Text: "reply"}).ZebusAppend(nil),
		})
		var reply interop.EchoReply
		if err := pending.Reply(t.Context(), &reply); err != nil || reply.Text != "reply" {
			t.Errorf("Reply = %q, %v", reply.Text, err)
		}
	})
	t.Run("a dead letter may be kept", func(t *testing.T) {
		var letters []zebus.DeadLetter
		s := &stub{}
		fail := func(context.Context, *interop.Note) error { return errors.New("no") }
		bus, err := zebus.NewBuilder("Bench.0").WithEnvironment("Bench").WithTransport(s).WithDirectory(&remote{}).
			WithHandlers(zebus.HandleEvent(fail)).
			WithDeadLetters(func(_ context.Context, letter zebus.DeadLetter) { letters = append(letters, letter) }).Build()
		if err != nil {
			t.Fatal(err)
		}
		if err := bus.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = bus.Stop(context.Background()) }()
		for _, text := range texts {
			lend(t, s, &interop.Note{Text: text})()
		}
		if len(letters) != len(texts) {
			t.Fatalf("%d dead letters, want %d", len(letters), len(texts))
		}
		for i, letter := range letters {
			var n interop.Note
			if err := n.ZebusUnmarshal(letter.Message.Content); err != nil || n.Text != texts[i] {
				t.Errorf("letter %d says %q, %v; want %q", i, n.Text, err, texts[i])
			}
			if letter.Message.Content == nil {
				t.Errorf("letter %d has no content, want one, of no bytes if need be", i)
			}
		}
	})
	t.Run("an inline handler may keep the news of a failure of its own peer", func(t *testing.T) {
		var kept []*zebus.MessageProcessingFailed
		s := &stub{}
		bus, err := zebus.NewBuilder("Bench.0").WithEnvironment("Bench").WithTransport(s).WithDirectory(&remote{}).
			WithErrorPublication(true).WithHandlers(
			zebus.HandleEvent(func(_ context.Context, n *interop.Note) error { return errors.New(n.Text) }).Inline(),
			newspaper(&kept).Inline()).Build()
		if err != nil {
			t.Fatal(err)
		}
		if err := bus.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = bus.Stop(context.Background()) }()
		const messages = 100 // enough for every memory to be used again
		for i := range messages {
			lend(t, s, &interop.Note{Text: strings.Repeat("x", i%10), Number: int32(i)})
		}
		if len(kept) != messages {
			t.Fatalf("heard of %d failures, want %d", len(kept), messages)
		}
		for i, f := range kept {
			var n interop.Note
			if err := n.ZebusUnmarshal(f.FailingMessage.Content); err != nil || n.Number != int32(i) || n.Text != f.ExceptionMessage {
				t.Fatalf("the failure of message %d, %q, is now about %d, %q, %v", i, f.ExceptionMessage, n.Number, n.Text, err)
			}
		}
	})
}

func TestInlineHandlerThatEndsItsGoroutine(t *testing.T) {
	const exiting = 3
	var inline, queued []int32
	bus, s := benchBus(t,
		zebus.HandleEvent(func(_ context.Context, n *interop.Note) error {
			inline = append(inline, n.Number)
			if n.Number == exiting {
				runtime.Goexit()
			}
			return nil
		}).Inline(),
		zebus.HandleEvent(func(_ context.Context, n *interop.Note) error {
			queued = append(queued, n.Number)
			return nil
		}))
	var want []int32
	for batch := range int32(2) {
		messages := make([]zebus.TransportMessage, 10)
		for i := range messages {
			n := &interop.Note{Number: batch*10 + int32(i)}
			want = append(want, n.Number)
			messages[i] = zebus.TransportMessage{
				ID: zebus.MessageID{1}, Type: n.ZebusType().ID(), Content: n.ZebusAppend(nil),
				Originator: zebus.Originator{SenderID: benchPeer.ID, SenderEndpoint: benchPeer.Endpoint},
			}
		}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			s.in.Receive(messages)
		}()
		<-ended
	}
	if err := bus.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(inline, want) || !slices.Equal(queued, want) {
		t.Errorf("handled %v inline and %v on a queue, want each once", inline, queued)
	}
}
