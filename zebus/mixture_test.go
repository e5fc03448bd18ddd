package zebus_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

// A mixture is messages that are handled in every way at the same time, in memory that is used again and again. Each says who
// it is in all of its parts, so that it shows when one takes part in another.
type mixture struct {
	zebus.Transport

	t  *testing.T
	in zebus.Inbound

	mu       sync.Mutex
	left     int                         // messages that are not finished
	empty    chan struct{}               // closed when none is left
	contexts map[int32][]context.Context // of the handlers, by number
	answers  map[int32]int               // how many there were, by number
	answered chan struct{}               // gets one for each
	news     int                         // failures that were published
	watched  bool                        // they are, and somebody hears of everything
	buries   bool                        // there are dead letters
	letters  []zebus.DeadLetter
}

func (c *mixture) Start(_ context.Context, _ zebus.Self, in zebus.Inbound) (string, error) {
	c.in = in
	return "tcp://bench:1", nil
}

func (*mixture) Registered()                  {}
func (*mixture) PeerChanged(zebus.PeerChange) {}
func (*mixture) Stop(context.Context) error   { return nil }
func (*mixture) Flush(context.Context) error  { return nil } // but it lends the turn of a handler

func (c *mixture) Ack(m *zebus.TransportMessage) { c.check(m) }

// Send gets answers and published failures.
func (c *mixture) Send(d zebus.Delivery) error {
	if d.Message.Type == (*zebus.MessageProcessingFailed)(nil).ZebusType().ID() {
		var f zebus.MessageProcessingFailed
		if err := f.ZebusUnmarshal(d.Message.Content); err != nil {
			c.t.Error(err)
		}
		c.check(&f.FailingMessage)
		c.mu.Lock()
		defer c.mu.Unlock()
		c.news++
		return nil
	}
	var a zebus.MessageExecutionCompleted
	var reply interop.EchoReply
	if err := errors.Join(a.ZebusUnmarshal(d.Message.Content), reply.ZebusUnmarshal(a.Payload)); err != nil {
		c.t.Error(err)
	}
	n := numberOf(a.SourceCommandID)
	code, number := mixedAnswer(n)
	if want := mixedSender(n); d.To[0].ID != want || a.ErrorCode != code || reply.Number != number {
		c.t.Errorf("answer to %d for %s: code %d, reply %d", n, d.To[0].ID, a.ErrorCode, reply.Number)
	}
	c.mu.Lock()
	late := c.contexts[n] // the outcome has been taken
	if long := n - mixedLong; c.answers[long] > 0 {
		late = append(late, c.contexts[long]...) // another message has its memory
	}
	c.answers[n]++
	c.mu.Unlock()
	for _, ctx := range late {
		if err := zebus.Reply(ctx, 77, "too late"); err != nil {
			c.t.Error(err)
		}
	}
	c.answered <- struct{}{}
	return nil
}

// What messages have whose numbers these divide, and from how many senders they come.
const (
	mixedFails     = 5
	mixedDeadline  = 3
	mixedPersisted = 2
	mixedSenders   = 7
	mixedSource    = 4   // its ID has nothing in common with others, as those of zebus-rs
	mixedSays      = 7   // it is answered by a code
	mixedLong      = 400 // messages later
)

// mixedAnswer returns what is answered to a command, one or the other.
func mixedAnswer(n int32) (code, number int32) {
	switch {
	case n%mixedFails == 0:
		return zebus.CodeUnknown, 0
	case n%mixedSays == 0:
		return n, 0
	default:
		return 0, n
	}
}

func mixedSender(n int32) zebus.PeerID { return zebus.PeerID(fmt.Sprint("Mixed.", n%mixedSenders)) }

func numberOf(id zebus.MessageID) int32 { return int32(id[0]) | int32(id[1])<<8 | int32(id[2])<<16 }

func mixedID(n int32) zebus.MessageID {
	id := zebus.MessageID{byte(n), byte(n >> 8), byte(n >> 16)}
	if n%mixedSource == 0 {
		copy(id[8:], id[:8])
	}
	return id
}

func mixedText(n int32) string { return strings.Repeat("x", int(n*37%1500)) }

// message makes one.
func (*mixture) message(n int32) zebus.TransportMessage {
	var m zebus.Message = &interop.Note{Text: mixedText(n), Number: n}
	if n%2 == 1 {
		m = &interop.Echo{Text: mixedText(n), Number: n}
	}
	made := zebus.TransportMessage{
		ID: mixedID(n), Type: m.ZebusType().ID(), Content: m.ZebusAppend(nil),
		Originator:   zebus.Originator{SenderID: mixedSender(n), SenderEndpoint: "tcp://" + string(mixedSender(n))},
		WasPersisted: new(n%mixedPersisted == 0),
	}
	if n%mixedDeadline == 0 {
		made.Extensions = &zebus.Extensions{TimeLeft: time.Duration(1+n) * time.Hour}
	}
	return made
}

// check checks that an envelope is that of one message in all of its parts.
func (c *mixture) check(m *zebus.TransportMessage) {
	n := numberOf(m.ID)
	want := c.message(n)
	var left time.Duration
	if m.Extensions != nil {
		left = m.Extensions.TimeLeft
	}
	var wantLeft time.Duration
	if want.Extensions != nil {
		wantLeft = want.Extensions.TimeLeft
	}
	persisted := m.WasPersisted != nil && *m.WasPersisted == *want.WasPersisted
	if m.Type != want.Type || string(m.Content) != string(want.Content) || m.Originator != want.Originator || !persisted ||
		left != wantLeft && left != 0 { // which does not travel inside of others
		c.t.Errorf("message %d is shown as %s from %s, with %d bytes and %v", n, m.Type, m.Originator.SenderID, len(m.Content), left)
	}
}

// handle is what every handler does. The context is that of the first number.
func (c *mixture) handle(ctx context.Context, first, n int32, text string) error {
	from, _ := zebus.OriginatorFrom(ctx)
	id, _ := zebus.MessageIDFrom(ctx)
	_, limited := ctx.Deadline()
	if id != mixedID(first) || from.SenderID != mixedSender(first) || limited != (first%mixedDeadline == 0) || text != mixedText(n) {
		c.t.Errorf("message %d came with context %d of %s, limited: %t", n, numberOf(id), from.SenderID, limited)
	}
	c.mu.Lock()
	c.contexts[first] = append(c.contexts[first], ctx)
	c.mu.Unlock()
	if n%mixedFails == 0 {
		return fmt.Errorf("%d fails", n)
	}
	return nil
}

// say answers by a number, on another goroutine that does so before, while or after the handler lends its turn.
func (*mixture) say(ctx context.Context, bus *zebus.Bus, n int32) error {
	said := make(chan error)
	go func() { said <- zebus.Reply(ctx, int(n), "") }()
	return errors.Join(bus.Flush(ctx), <-said)
}

func (c *mixture) finish(m *zebus.TransportMessage) {
	if m.Type == (*zebus.MessageProcessingFailed)(nil).ZebusType().ID() {
		return
	}
	c.check(m)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left--; c.left == 0 {
		close(c.empty)
	}
}

// handlers are of all kinds.
func (c *mixture) handlers(bus func() *zebus.Bus) []zebus.Handler {
	one := func(ctx context.Context, note *interop.Note) error {
		return c.handle(ctx, note.Number, note.Number, note.Text)
	}
	lending := func(ctx context.Context, note *interop.Note) error {
		return errors.Join(bus().Flush(ctx), one(ctx, note))
	}
	return []zebus.Handler{
		zebus.HandleRequest(func(ctx context.Context, cmd *interop.Echo) (*interop.EchoReply, error) {
			if err := errors.Join(bus().Flush(ctx), c.handle(ctx, cmd.Number, cmd.Number, cmd.Text)); err != nil {
				return nil, err
			}
			if code, number := mixedAnswer(cmd.Number); code == 0 {
				return &interop.EchoReply{Number: number}, nil
			}
			return nil, c.say(ctx, bus(), cmd.Number)
		}).Named("echo"),
		zebus.HandleEvent(lending).OnQueue("lending").Named("lending"),
		zebus.HandleEvent(one).Inline().Named("inline"),
		zebus.HandleEvent(one).Concurrency(3, byText).OnQueue("lanes").Named("lanes"),
		zebus.HandleEvents(func(ctx context.Context, notes []*interop.Note) (err error) {
			for _, n := range notes {
				err = errors.Join(err, c.handle(ctx, notes[0].Number, n.Number, n.Text))
			}
			return err
		}).Batch(5).OnQueue("batches").Named("batches"),
	}
}

// everybody is a directory in which one peer wants everything.
type everybody struct{ remote }

func (*everybody) AppendPeers(dst []zebus.Peer, _ zebus.MessageTypeID, _ zebus.RoutingContent) []zebus.Peer {
	return append(dst, benchPeer)
}

func TestMixture(t *testing.T) {
	for name, with := range map[string]func(*mixture, *zebus.Builder){
		"which nobody watches": func(*mixture, *zebus.Builder) {},
		"with dead letters":    (*mixture).buryIn,
		"with dead letters and failures that are published and watched": func(c *mixture, b *zebus.Builder) {
			c.watched = true
			c.buryIn(b)
			b.WithErrorPublication(true).WithObserver(zebus.Observer{Accepted: c.check, Finished: c.finish})
		},
	} {
		t.Run("nothing of one message is seen in another, "+name, func(t *testing.T) {
			const rounds, perRound = 40, 50
			c := &mixture{
				t: t, left: rounds * perRound, empty: make(chan struct{}),
				contexts: map[int32][]context.Context{}, answers: map[int32]int{}, answered: make(chan struct{}, rounds*perRound),
			}
			bus := c.start(with)
			c.receiveAll(rounds, perRound)
			if c.watched {
				<-c.empty
			}
			if err := bus.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
			c.end(rounds * perRound)
		})
	}
}

// start starts a bus of which more may be said.
func (c *mixture) start(with func(*mixture, *zebus.Builder)) (bus *zebus.Bus) {
	b := zebus.NewBuilder("Bench.0").WithEnvironment("Bench").WithTransport(c).WithDirectory(&everybody{}).
		WithHandlers(c.handlers(func() *zebus.Bus { return bus })...).
		WithObserver(zebus.Observer{
			HandlerFailed: func(_ string, m *zebus.TransportMessage, _ error) { c.check(m) },
			Dropped: func(m *zebus.TransportMessage, err error) {
				c.t.Errorf("message %d was dropped: %v", numberOf(m.ID), err)
				c.answered <- struct{}{} // it will not be
			},
		})
	with(c, b)
	bus, err := b.Build()
	if err != nil {
		c.t.Fatal(err)
	}
	if err := bus.Start(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
	return bus
}

// buryIn makes a bus tell of dead letters.
func (c *mixture) buryIn(b *zebus.Builder) {
	c.buries = true
	b.WithDeadLetters(func(_ context.Context, letter zebus.DeadLetter) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.letters = append(c.letters, letter)
	})
}

// receiveAll lends messages to the bus.
func (c *mixture) receiveAll(rounds, perRound int) {
	for round := range rounds {
		batch := make([]zebus.TransportMessage, perRound)
		for i := range batch {
			batch[i] = c.message(int32(1 + round*perRound + i))
		}
		if run := c.in.(zebus.InboundHere).ReceiveHere(batch); run != nil {
			go run()
		}
		for i := range batch {
			clear(batch[i].Content)
		}
		for range perRound / 2 * min(1, round/4) { // so that memory comes back in between
			<-c.answered
		}
	}
}

// end checks what came of all.
func (c *mixture) end(messages int) {
	for n := int32(1); n <= int32(messages); n++ {
		if want := int(n % 2); c.answers[n] != want {
			c.t.Errorf("message %d was answered %d times, want %d", n, c.answers[n], want)
		}
	}
	for i := range c.letters {
		c.check(c.letters[i].Message)
	}
	if c.buries != (len(c.letters) > 0) || c.watched != (c.news > 0) {
		c.t.Errorf("%d dead letters, %d failures in the news", len(c.letters), c.news)
	}
}
