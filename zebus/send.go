package zebus

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Send sends cmd to the one peer that handles it and waits until it is done. It returns
//   - [ErrNotRunning], [ErrNoPeer], [ErrManyPeers], [ErrPeerNotResponding], [ErrTooLarge] or [ErrPeerBusy] when it was not sent,
//     and [ErrInlineWait] in a handler that must not wait,
//   - [ErrPeerUnreachable], [ErrPeerGone], [ErrPeerRestarted] or [ErrNotRunning] when no answer can come any more,
//   - [ErrCommandTimeout] when the default command timeout is over, which is for contexts without a deadline,
//   - a [*CommandError] when the handler failed,
//   - an error wrapping that of ctx when ctx ends first; the command may still be executed.
func (b *Bus) Send(ctx context.Context, cmd Command) error {
	s := scopeOf(ctx)
	if err := s.mayWait(cmd); err != nil {
		return err
	}
	to, err := b.recipientOf(cmd)
	return b.sendAndWait(ctx, &s, cmd, &to, err)
}

// SendTo is Send to a peer of the caller's choice: see [Bus.Peer] and [Originator.Sender].
func (b *Bus) SendTo(ctx context.Context, cmd Command, to Peer) error {
	s := scopeOf(ctx)
	if err := s.mayWait(cmd); err != nil {
		return err
	}
	return b.sendAndWait(ctx, &s, cmd, &to, nil)
}

func (b *Bus) sendAndWait(ctx context.Context, s *scope, cmd Command, to *Peer, err error) error {
	var c completion
	if b.callInline(ctx, s, cmd, to, &c) {
		return c.err
	}
	return b.send(ctx, cmd, to, err, false).Wait(ctx)
}

// SendAsync sends cmd to the one peer that handles it and returns at once: thousands of commands can be under way
// without a goroutine each. Errors, those of sending included, are in what it returns. When ctx ends the command ends.
func (b *Bus) SendAsync(ctx context.Context, cmd Command) *Pending {
	to, err := b.recipientOf(cmd)
	return b.sendAsync(ctx, cmd, &to, err)
}

// SendToAsync is SendAsync to a peer of the caller's choice.
func (b *Bus) SendToAsync(ctx context.Context, cmd Command, to Peer) *Pending {
	return b.sendAsync(ctx, cmd, &to, nil)
}

func (b *Bus) sendAsync(ctx context.Context, cmd Command, to *Peer, err error) *Pending {
	s := scopeOf(ctx)
	var c completion
	if b.callInline(ctx, &s, cmd, to, &c) {
		return ended(cmd, c)
	}
	return b.send(ctx, cmd, to, err, true)
}

// Publish sends evt to every peer that subscribed to it, this one included, and returns without waiting for any of them.
// Peers that cannot take it now are named in an error that wraps [ErrPeerBusy]; the others get it. When ctx has ended
// already nobody does, and the error wraps that of ctx.
func (b *Bus) Publish(ctx context.Context, evt Event) error {
	s := takeScratch()
	defer s.release()
	return b.publishTo(ctx, s, evt, b.audiences.peersOf(s, b.config.directory, evt))
}

// PublishTo sends evt to peers of the caller's choice, subscribed or not: see [Bus.Peer].
func (b *Bus) PublishTo(ctx context.Context, evt Event, to ...Peer) error {
	s := takeScratch()
	defer s.release()
	return b.publishTo(ctx, s, evt, to)
}

func (b *Bus) publishTo(ctx context.Context, s *scratch, evt Event, to []Peer) error {
	r := b.running.Load()
	if r == nil {
		return fmt.Errorf("publish %s by %s: %w", evt.ZebusType().ID(), b.ID(), ErrNotRunning)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("publish %s: %w", evt.ZebusType().ID(), err)
	}
	b.config.observer.sending(evt, to)
	if len(to) == 0 {
		return nil
	}
	if b.config.tracing == nil {
		return b.publish(ctx, s, r, evt, b.ids.Next(), to)
	}
	id := b.ids.Next()
	ctx, end := b.traceSend(ctx, evt.ZebusType(), id, to...)
	err := b.publish(ctx, s, r, evt, id, to)
	end(err)
	return err
}

// publish hands an event to the handlers of this peer, if it is one of to, and to the transport for the others.
func (b *Bus) publish(ctx context.Context, s *scratch, r *run, evt Event, id MessageID, to []Peer) error {
	sc := scopeOf(ctx)
	to, local := b.withoutSelf(&sc, to)
	if local {
		b.handleLocally(ctx, r, &sc, evt, id, nil)
	}
	if len(to) == 0 {
		return nil
	}
	if err := b.transmit(s, &leaving{run: r, scope: sc, message: evt, id: id}, to); err != nil {
		b.refused(id, err)
		return fmt.Errorf("publish %s: %w", evt.ZebusType().ID(), err)
	}
	return nil
}

// refused tells of every peer for which the transport did not take a message.
func (b *Bus) refused(id MessageID, err error) {
	if err == nil {
		return
	}
	for _, missed := range sendErrors(err) {
		b.undelivered(missed.To, id, missed.Err)
	}
}

// sendErrors returns the failures that a transport joined into one error, one for each peer.
func sendErrors(err error) (failures []*SendError) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, part := range joined.Unwrap() {
			failures = append(failures, sendErrors(part)...)
		}
		return failures
	}
	if one, ok := errors.AsType[*SendError](err); ok {
		return []*SendError{one}
	}
	return nil
}

// Flush waits until the outgoing queue of every peer has room again, or ctx ends.
func (b *Bus) Flush(ctx context.Context) error {
	back, err := lendTurn(ctx)
	if err != nil {
		return err
	}
	defer back()
	if b.running.Load() == nil {
		return fmt.Errorf("flush %s: %w", b.ID(), ErrNotRunning)
	}
	return b.config.transport.Flush(ctx)
}

// recipientOf finds the peer that handles a command: this one before any other, and then the directory has nothing to add.
func (b *Bus) recipientOf(cmd Command) (Peer, error) {
	r := b.running.Load()
	if r == nil {
		return Peer{}, fmt.Errorf("%s: %w", b.ID(), ErrNotRunning)
	}
	if rt := b.routes.of(cmd.ZebusType()); rt != nil && rt.ours.Load() == r {
		return r.self.Peer, nil
	}
	return b.lookUp(cmd)
}

// lookUp asks the directory who handles a command.
func (b *Bus) lookUp(cmd Command) (Peer, error) {
	s := takeScratch()
	defer s.release()
	peers := b.audiences.peersOf(s, b.config.directory, cmd)
	for _, p := range peers {
		if p.ID == b.ID() {
			return p, nil
		}
	}
	switch len(peers) {
	case 0:
		return Peer{}, noPeer(cmd)
	case 1:
		return peers[0], nil
	}
	s.peers = append(s.peers[:0], peers...) // a selector may do with them as it likes; what is remembered is shared
	if chosen, ok := b.config.selector.choose(cmd, s.peers); ok {
		return chosen, nil
	}
	return Peer{}, fmt.Errorf("%w: %s", ErrManyPeers, peerNames(peers))
}

// Peer returns what the directory knows of a peer, for messages to peers of the caller's choice; false when it knows none of
// that name.
func (b *Bus) Peer(id PeerID) (Peer, bool) { return b.config.directory.Peer(id) }

// noPeer is the error of a command that nobody handles. Where that depends on what is in it, it says so.
func noPeer(cmd Command) error {
	if values := routingOf(cmd, nil); len(values) > 0 {
		return fmt.Errorf("%w with the routing values %v", ErrNoPeer, values)
	}
	return ErrNoPeer
}

func peerNames(peers []Peer) string {
	names := make([]string, len(peers))
	for i, p := range peers {
		names[i] = string(p.ID)
	}
	return strings.Join(names, ", ")
}

// withoutSelf returns the peers to which an event goes through the transport, and whether it is handled here as well.
func (b *Bus) withoutSelf(s *scope, peers []Peer) (others []Peer, local bool) {
	self := slices.IndexFunc(peers, func(p Peer) bool { return p.ID == b.ID() })
	if self < 0 || !b.dispatchesLocally(s) {
		return peers, false
	}
	if len(peers) == 1 {
		return nil, true
	}
	return slices.Delete(slices.Clone(peers), self, self+1), true
}

// send sends cmd unless err says that it has nowhere to go. What cannot be sent comes back as a command that has ended.
// watched is for callers that need not wait: the command ends when ctx does.
func (b *Bus) send(ctx context.Context, cmd Command, to *Peer, err error, watched bool) *Pending {
	p := &Pending{table: b.pending, id: b.ids.Next(), to: to.ID, messageType: cmd.ZebusType()}
	ctx = b.watch(ctx, p, to)
	if err = cmp.Or(err, sendable(cmd, to), ctx.Err()); err != nil {
		p.finish(completion{err: fmt.Errorf("%s: %w", p.name(), err)})
		return p
	}
	if b.pending.add(ctx, p, watched) {
		b.deliver(ctx, cmd, to, p)
	}
	return p
}

// watch lets those hear of the command who want to. The context that it returns is for the way out.
func (b *Bus) watch(ctx context.Context, p *Pending, to *Peer) context.Context {
	if b.pending.ended == nil && b.config.tracing == nil {
		return ctx
	}
	p.watched = &watched{begun: time.Now()}
	if b.config.tracing != nil {
		return b.traceCommand(ctx, p, to)
	}
	return ctx
}

// sendable refuses a transient command to a peer that does not answer: nobody would keep it until the peer does. Pings
// are how one finds out, so infrastructure is exempt.
func sendable(cmd Command, to *Peer) error {
	if to.Responding || to.ID == "" {
		return nil
	}
	if t := cmd.ZebusType(); t.Persistent() || t.Infrastructure() {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrPeerNotResponding, to.ID)
}

// deliver hands the command over to its peer, or to the handlers of this one. It is in the table by now.
func (b *Bus) deliver(ctx context.Context, cmd Command, to *Peer, p *Pending) {
	left := false
	defer func() {
		if !left { // the message, or who looks at it, panicked: nobody would wait for the command, nor end it
			p.table.fail(p.id, errCutShort)
		}
	}()
	b.config.observer.sendingTo(cmd, to)
	r, sc := b.running.Load(), scopeOf(ctx)
	switch {
	case r == nil:
		p.table.fail(p.id, ErrNotRunning)
	case to.ID == b.ID() && b.dispatchesLocally(&sc):
		b.handleLocally(ctx, r, &sc, cmd, p.id, p)
	default:
		m := leaving{run: r, scope: sc, message: cmd, id: p.id, timeLeft: b.patience(ctx)}
		if err := b.transmitTo(&m, to); err != nil {
			b.refused(p.id, err)
			p.table.fail(p.id, err)
		}
	}
	left = true
	if ctx.Err() != nil { // it may have ended between the first look and the entry into the table
		p.table.end(p.id, completion{err: p.gaveUp(ctx)})
	}
}

// leaving is a message on its way to the transport.
type leaving struct {
	run      *run
	scope    scope
	message  Message
	id       MessageID
	timeLeft time.Duration // for which the sender of a command waits; 0 where nobody said
}

// transmit encodes a message and hands it to the transport for all of its recipients.
func (b *Bus) transmit(s *scratch, m *leaving, to []Peer) error {
	t := m.message.ZebusType()
	s.bytes = m.message.ZebusAppend(s.bytes[:0])
	s.message = TransportMessage{
		ID: m.id, Type: t.ID(), Content: s.bytes, Originator: *m.run.onBehalfOf(b.initiatorOf(&m.scope)),
		Environment: &b.config.self.Environment, Extensions: m.scope.extensions,
	}
	if m.timeLeft > 0 {
		s.message.limit(m.timeLeft, &s.extensions)
	}
	d := Delivery{Message: &s.message, To: to, MayWait: t.config.Kind == KindEvent && !t.config.Infrastructure}
	err := b.config.transport.Send(d)
	b.config.observer.sent(t, d, err)
	return err
}

// transmitTo is transmit to one peer.
func (b *Bus) transmitTo(m *leaving, to *Peer) error {
	s := takeScratch()
	defer s.release()
	s.peers = append(s.peers[:0], *to)
	return b.transmit(s, m, s.peers)
}

// patience returns how long the sender of a command waits: as long as ctx, or else by default; 0 is for ever.
func (b *Bus) patience(ctx context.Context) time.Duration {
	if until, ok := ctx.Deadline(); ok {
		return max(time.Until(until), 1)
	}
	return b.config.commandTimeout
}

// limit tells the handler of a command how long its sender waits. e is memory for that.
func (m *TransportMessage) limit(left time.Duration, e *Extensions) {
	if m.Extensions != nil {
		*e = *m.Extensions
	}
	e.TimeLeft, m.Extensions = left, e
}

func encode(m Message) []byte {
	return m.ZebusAppend(make([]byte, 0, m.ZebusSize()))
}
