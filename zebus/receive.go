package zebus

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/zebus-go/zebus/dispatch"
)

// inbound is the bus as its transport sees it.
type inbound Bus

var _ InboundHere = (*inbound)(nil)

// reception is what the receiving goroutine works with. The lock is taken once a batch and has no one else to wait for
// but the end of a transport's start.
type reception struct {
	sync.Mutex
	entries     []*dispatch.Entry  // of the batch being received
	early       []TransportMessage // that came before the transport had said where it receives
	lent        bool               // the contents of the batch are the transport's
	supply      supply             // memory for the messages to come
	spares      spares             // and for those after them
	originators originators
	last        lastRoute
	answers     answerReader
	ended       []*Pending // by the answers of the batch; who waits for them is woken when all have been read
}

// Receive implements [Inbound].
func (i *inbound) Receive(batch []TransportMessage) {
	if handlers := (*Bus)(i).take(batch, false); handlers != nil {
		go handlers()
	}
}

// ReceiveHere implements [InboundHere].
func (i *inbound) ReceiveHere(batch []TransportMessage) (handlers func()) {
	return (*Bus)(i).take(batch, true)
}

// take receives a batch, of which the contents are lent or given. It runs on the goroutine that carries every answer, so
// nothing here waits.
func (b *Bus) take(batch []TransportMessage, lent bool) (handlers func()) {
	b.reception.Lock()
	defer b.reception.Unlock()
	r := b.running.Load()
	if r == nil {
		b.reception.keep(batch, lent)
		return nil
	}
	b.reception.lent = lent
	b.sortAll(r, batch)
	return b.dispatchRest()
}

// keep keeps a batch for when the bus runs.
func (r *reception) keep(batch []TransportMessage, lent bool) {
	for _, m := range batch {
		if lent {
			m.Content = bytes.Clone(m.Content)
		}
		r.early = append(r.early, m)
	}
}

// beginRun makes r the current run and takes in what has come early.
func (b *Bus) beginRun(r *run) {
	b.reception.Lock()
	defer b.reception.Unlock()
	b.running.Store(r)
	b.reception.lent = false
	b.receiveAll(r, b.reception.early)
	b.reception.early = nil
}

// forgetEarly drops what came to a transport that failed to start.
func (b *Bus) forgetEarly() {
	b.reception.Lock()
	defer b.reception.Unlock()
	b.reception.early = nil
}

func (b *Bus) receiveAll(r *run, batch []TransportMessage) {
	b.sortAll(r, batch)
	b.dispatchEntries()
}

// sortAll receives the messages of a batch, and leaves the last ones to be dispatched. When an inline handler ends the
// goroutine, the rest is received while that unwinds.
func (b *Bus) sortAll(r *run, batch []TransportMessage) {
	at := 0
	defer func() {
		if at < len(batch) {
			b.receiveAll(r, batch[at:])
		}
	}()
	for at < len(batch) {
		at++
		b.receive(r, &batch[at-1])
	}
	b.reception.wake()
}

// receive sorts one message: answers end their command here and now, the rest goes to the queues with its batch.
func (b *Bus) receive(r *run, m *TransportMessage) {
	if m.Type == completedType.ID() {
		b.config.observer.received(completedType, m)
		b.receiveCompletion(m)
		return
	}
	rt := b.reception.last.find(&b.routes, m.Type)
	if rt == nil {
		b.config.observer.received(nil, m)
		b.drop(m, ErrUnknownType)
		if b.acks {
			b.config.transport.Ack(m)
		}
		return
	}
	b.config.observer.received(rt.messageType, m)
	in := b.reception.supply.next(r)
	in.become(rt, b.reception.originators.shared(&m.Originator))
	in.fill(m, b.reception.lent)
	in.prepare(false)
	b.reception.entries = append(b.reception.entries, &in.Entry)
	if rt.inline.Load() {
		b.reception.wake()
		b.dispatchEntries() // in order with the answers that follow: what it says must be known to who waits for them
	}
}

// dispatchEntries hands what was sorted so far to the dispatcher.
func (b *Bus) dispatchEntries() {
	if handlers := b.dispatchRest(); handlers != nil {
		go handlers()
	}
}

// dispatchRest is dispatchEntries for somebody who runs the handlers, should there be any to run: see [InboundHere].
func (b *Bus) dispatchRest() (handlers func()) {
	if len(b.reception.entries) == 0 {
		return nil
	}
	defer b.reception.forgetEntries() // also when an inline handler ends the goroutine
	return b.dispatcher.DispatchHere(b.reception.entries)
}

func (r *reception) forgetEntries() {
	r.entries = r.entries[:0] // which keeps some blocks alive, and spares as much writing as the messages themselves
}

var completedType = (*MessageExecutionCompleted)(nil).ZebusType()

func (b *Bus) receiveCompletion(m *TransportMessage) {
	id, c, err := b.reception.answers.read(m.Content)
	if err != nil {
		b.drop(m, fmt.Errorf("%w: %s: %w", ErrUnreadable, m.Type, err))
		return
	}
	if b.reception.lent {
		c.payload = bytes.Clone(c.payload)
	}
	p := b.pending.take(id)
	if p != nil && p.settle(c) { // a command that has ended already has none: the answer is late, and ignored
		b.reception.ended = append(b.reception.ended, p)
	}
}

// wake wakes those who wait for the commands that have ended. Among thousands under way that is mostly one goroutine, which
// finds the answers to what it waits for next beside the first.
func (r *reception) wake() {
	if len(r.ended) == 0 {
		return
	}
	for _, p := range r.ended {
		p.wake()
	}
	clear(r.ended)
	r.ended = r.ended[:0]
}

// SendFailed implements [Inbound]: the command of that ID, if it is one, ends.
func (i *inbound) SendFailed(id MessageID, to PeerID, err error) {
	b := (*Bus)(i)
	b.pending.fail(id, &SendError{To: to, Err: err})
	b.undelivered(to, id, err)
}

// SendUncertain implements [Inbound]. Before the peer is registered, the messages are registrations, and whether they
// arrived is what the start is about.
func (i *inbound) SendUncertain(to PeerID, n int, err error) {
	b := (*Bus)(i)
	level := slog.LevelWarn
	if b.isStarting() {
		level = slog.LevelDebug
	}
	b.config.logger.Log(context.Background(), level, "messages may be lost", "peer", to, "up_to", n, "error", err)
	b.config.observer.sendUncertain(to, n, err)
}

// PeerParted implements [PartingListener]. Commands to the peer go on waiting, because an answer may be on its way; a directory
// that is asked can be asked again, or another one.
func (i *inbound) PeerParted(id PeerID, reason error) {
	if d, ok := i.config.directory.(PartingListener); ok {
		d.PeerParted(id, reason)
	}
}

func (b *Bus) undelivered(to PeerID, id MessageID, err error) {
	b.config.logger.Debug("message not delivered", "peer", to, "id", id, "error", err)
	b.config.observer.sendFailed(to, id, err)
}

// drop reports a received message that no handler will see.
func (b *Bus) drop(m *TransportMessage, err error) {
	if more, due := b.drops.note(m.Type, err, time.Now()); due {
		b.config.logger.Warn("message dropped", "message", m.Type, "id", m.ID, "peer", m.Originator.SenderID, "more", more, "error", err)
	}
	b.config.observer.dropped(m, err)
}
