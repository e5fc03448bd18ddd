package zebus

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Pending is a command that was sent, until it has ended. Its methods may be called from many goroutines.
type Pending struct {
	table *pendingCommands
	id    MessageID
	to    PeerID // "" while it is not decided

	messageType *MessageType
	watched     *watched // nil when nobody watches

	result completion
	over   atomic.Bool // set after result, which does not change any more
	helped atomic.Bool // whoever waits may be receiving for the transport
	by     watchedBy   // guarded by the table's mutex

	mu struct {
		sync.Mutex
		done chan struct{} // closed when the command has ended; made when somebody asks for it
	}
}

// watched is what those who watch a command need of it.
type watched struct {
	begun  time.Time
	traced func(error) // ends its trace; nil when there is none
}

// completion is how a command ended. It is written before Pending.over is set and never after.
type completion struct {
	err         error
	payloadType MessageTypeID // "" without a reply
	payload     []byte
}

// Done returns a channel that is closed when the command has ended.
func (p *Pending) Done() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended() {
		return alwaysClosed
	}
	if p.mu.done == nil {
		p.mu.done = make(chan struct{})
	}
	return p.mu.done
}

// Wait waits until the command has ended or ctx ends. It returns nil when the command succeeded, a [*CommandError] when
// its handler failed, and otherwise why there is no answer. Waiting with the context that a handler was given lends
// the handler's queue to the next message; in an inline handler it returns [ErrInlineWait]. When ctx ends first
// the command is forgotten; it may still be executed.
func (p *Pending) Wait(ctx context.Context) error {
	if p.ended() {
		return p.result.err
	}
	back, err := lendTurn(ctx)
	if err != nil {
		return err
	}
	defer back()
	done := p.Done()
	p.help(ctx, done)
	select {
	case <-done:
	case <-ctx.Done():
		p.table.end(p.id, completion{err: p.gaveUp(ctx)})
		<-done // by us, or by an answer that came at the same moment
	}
	return p.result.err
}

// help receives the answer on this goroutine, where the transport can do that and nobody waits for another answer.
func (p *Pending) help(ctx context.Context, done <-chan struct{}) {
	if p.table.helper == nil || p.table.len() > 1 {
		return
	}
	p.helped.Store(true) // before Help looks at done: see finish
	p.table.helper.Help(ctx, done)
}

// Reply waits like Wait and reads the reply into m. A command that succeeded with a reply of another type, or with none,
// is an [ErrUnexpectedReply]. The reply of a command that this peer handled itself is read even when there is an error.
func (p *Pending) Reply(ctx context.Context, m Message) error {
	err := p.Wait(ctx)
	want := m.ZebusType().ID()
	if err != nil && (!p.ended() || p.result.payloadType != want) {
		return err
	}
	if p.result.payloadType != want {
		return fmt.Errorf("%w to %s: got %q, want %q", ErrUnexpectedReply, p.name(), p.result.payloadType, want)
	}
	if err := m.ZebusUnmarshal(p.result.payload); err != nil {
		return fmt.Errorf("read the reply to %s: %w", p.name(), err)
	}
	return err
}

// gaveUp returns the error of a command whose context has ended.
func (p *Pending) gaveUp(ctx context.Context) error {
	return fmt.Errorf("%s: no answer from %s: %w", p.name(), p.to, ctx.Err())
}

// name returns what errors call the command.
func (p *Pending) name() MessageTypeID { return p.messageType.ID() }

func (p *Pending) ended() bool { return p.over.Load() }

// finish ends the command. It is called once, by whoever took the command out of the table.
func (p *Pending) finish(c completion) {
	if p.settle(c) {
		p.wake()
	}
}

// settle is finish without waking those who wait, which is left to do when it returns true.
func (p *Pending) settle(c completion) (awaited bool) {
	p.result = c
	p.tell()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over.Store(true)
	return p.mu.done != nil
}

// wake wakes those who wait for the command, which has been settled.
func (p *Pending) wake() {
	close(p.mu.done)     // which nobody makes or changes any more
	if p.helped.Load() { // after done was closed: either Help sees that, or this sees helped
		p.table.helper.Nudge()
	}
}

// tell tells those who watch how the command ended, before its sender can know.
func (p *Pending) tell() {
	if p.watched == nil {
		return
	}
	if end := p.watched.traced; end != nil {
		end(p.result.err)
	}
	if end := p.table.ended; end != nil {
		end(EndedCommand{Type: p.messageType, ID: p.id, To: p.to, Duration: time.Since(p.watched.begun), Err: p.result.err})
	}
}
