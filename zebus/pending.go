package zebus

import (
	"context"
	"errors"
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

// mayWait refuses a wait for the end of a command in an inline handler, before the command is sent: it would be executed,
// and nobody would know.
func mayWait(ctx context.Context, cmd Command) error {
	s := scopeOf(ctx)
	return s.mayWait(cmd)
}

func (s *scope) mayWait(cmd Command) error {
	if c := s.handling; c != nil && c.turn().Inline() {
		return fmt.Errorf("%s: %w", cmd.ZebusType().ID(), ErrInlineWait)
	}
	return nil
}

// lendTurn gives the queue of the handler that ctx belongs to, if any, to the next message, until back is called.
func lendTurn(ctx context.Context) (back func(), err error) {
	c := scopeOf(ctx).handling
	switch {
	case c == nil:
		return func() {}, nil
	case c.turn().Inline():
		return nil, ErrInlineWait
	case c.turn().Lend():
		return c.turn().Reclaim, nil
	default:
		return func() {}, nil
	}
}

// pendingCommands holds the commands that have not ended. Whoever takes a command out ends it, so each ends once.
type pendingCommands struct {
	mu struct {
		sync.Mutex
		commands map[MessageID]*Pending
		closed   error         // why no command may be added; nil while the bus runs
		watch    *contextWatch // of the command that was added last, if it has one, and that one commands
	}
	expiry expiry
	ended  func(EndedCommand) // nil when nobody watches
	helper Helper             // nil when the transport is none
}

func newPendingCommands(timeout time.Duration, ended func(EndedCommand)) *pendingCommands {
	t := &pendingCommands{ended: ended}
	t.mu.commands = make(map[MessageID]*Pending)
	t.mu.closed = ErrNotRunning
	t.expiry = expiry{timeout: timeout, end: t.expire}
	return t
}

// open lets commands in.
func (t *pendingCommands) open() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.mu.closed = nil
}

// add registers a command before it is sent, so that an answer cannot come too early. With watched it ends when ctx does,
// but for a ctx that ends before add returns. It returns false, and the command has ended, when the bus does not run.
func (t *pendingCommands) add(ctx context.Context, p *Pending, watched bool) bool {
	var done <-chan struct{}
	if watched {
		done = ctx.Done()
	}
	added, err := t.insert(p, done, nil)
	if !added && err == nil {
		err = t.insertWatched(p, t.watch(ctx))
	}
	if err != nil {
		p.finish(completion{err: fmt.Errorf("%s: %w", p.name(), err)})
		return false
	}
	if _, bounded := ctx.Deadline(); !bounded {
		t.expiry.add(p.id)
	}
	return true
}

// insert adds a command that is watched unless done is nil: by w, or if that is nil by the watch of the command before. Where
// that is not for the same context nothing is added.
func (t *pendingCommands) insert(p *Pending, done <-chan struct{}, w *contextWatch) (added bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.mu.closed != nil {
		return false, t.mu.closed
	}
	if done != nil {
		if w == nil {
			w = t.mu.watch
		}
		if w == nil || w.done != done {
			return false, nil
		}
		w.add(p)
		t.mu.watch = w
	}
	t.mu.commands[p.id] = p
	return true, nil
}

// insertWatched adds a command with a watch that it is the first to have.
func (t *pendingCommands) insertWatched(p *Pending, w *contextWatch) error {
	_, err := t.insert(p, w.done, w)
	if err != nil {
		w.stop()
	}
	return err
}

// remove takes a command out. What it returns, if anything, is a watch to stop: t.mu must be held, but not for that.
func (t *pendingCommands) remove(p *Pending) (idle *contextWatch) {
	delete(t.mu.commands, p.id)
	w := p.by.watch
	if w == nil {
		return nil
	}
	w.remove(p)
	if w.first != nil {
		return nil
	}
	if t.mu.watch == w {
		t.mu.watch = nil
	}
	return w
}

func (t *pendingCommands) take(id MessageID) *Pending {
	p, idle := t.find(id)
	if idle != nil {
		idle.stop()
	}
	return p
}

// find is take without stopping the watch.
func (t *pendingCommands) find(id MessageID) (p *Pending, idle *contextWatch) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p = t.mu.commands[id]; p != nil {
		idle = t.remove(p)
	}
	return p, idle
}

// takeWatched takes the commands of a watch that is over.
func (t *pendingCommands) takeWatched(w *contextWatch) (taken []*Pending) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for w.first != nil {
		taken = append(taken, w.first)
		t.remove(w.first)
	}
	return taken
}

// end ends a command if it has not ended yet.
func (t *pendingCommands) end(id MessageID, c completion) {
	if p := t.take(id); p != nil {
		p.finish(c)
	}
}

// expire ends a command that has waited for too long.
func (t *pendingCommands) expire(id MessageID) {
	if p := t.take(id); p != nil {
		p.finish(completion{err: fmt.Errorf("%s to %s: %w of %v", p.name(), p.to, ErrCommandTimeout, t.expiry.timeout)})
	}
}

// fail ends a command with an error that does not name it.
func (t *pendingCommands) fail(id MessageID, err error) {
	if p := t.take(id); p != nil {
		p.finish(completion{err: fmt.Errorf("%s: %w", p.name(), err)})
	}
}

// endPeer ends the commands, of those that are chosen, which wait for a peer that cannot answer any more.
func (t *pendingCommands) endPeer(peer PeerID, err error, chosen func(*Pending) bool) {
	for _, p := range t.takeWhere(func(p *Pending) bool { return p.to == peer && chosen(p) }) {
		p.finish(completion{err: fmt.Errorf("%s to %s: %w", p.name(), peer, err)})
	}
}

// close ends every command and refuses new ones.
func (t *pendingCommands) close(err error) {
	t.mu.Lock()
	t.mu.closed = err
	t.mu.Unlock()
	for _, p := range t.takeWhere(func(*Pending) bool { return true }) {
		p.finish(completion{err: fmt.Errorf("%s: %w", p.name(), err)})
	}
	t.expiry.stop()
}

func (t *pendingCommands) takeWhere(want func(*Pending) bool) []*Pending {
	taken, idle := t.findWhere(want)
	for _, w := range idle {
		w.stop()
	}
	return taken
}

// findWhere is takeWhere without stopping the watches.
func (t *pendingCommands) findWhere(want func(*Pending) bool) (taken []*Pending, idle []*contextWatch) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, p := range t.mu.commands {
		if !want(p) {
			continue
		}
		taken = append(taken, p)
		if w := t.remove(p); w != nil {
			idle = append(idle, w)
		}
	}
	return taken, idle
}

func (t *pendingCommands) len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.mu.commands)
}

// oldest returns when the command that waits longest was sent, by the time in its ID; zero when none waits.
func (t *pendingCommands) oldest() (since time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for id := range t.mu.commands {
		if at := id.Time(); since.IsZero() || at.Before(since) {
			since = at
		}
	}
	return since
}

// ErrCommandTimeout means that default_command_timeout passed without an answer.
var ErrCommandTimeout = errors.New("zebus: no answer within the default command timeout")

// expiry ends commands after a time that is the same for all, so that their order of entry is the order of their ends
// and one timer is enough.
type expiry struct {
	timeout time.Duration // 0: never
	end     func(MessageID)

	mu struct {
		sync.Mutex
		queue []deadline
		timer *time.Timer // nil while the queue is empty
	}
}

type deadline struct {
	id MessageID
	at time.Time
}

func (e *expiry) add(id MessageID) {
	if e.timeout == 0 {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.mu.queue = append(e.mu.queue, deadline{id, time.Now().Add(e.timeout)})
	if e.mu.timer == nil {
		e.mu.timer = time.AfterFunc(e.timeout, e.sweep)
	}
}

// sweep ends what is due and sets the timer for the next.
func (e *expiry) sweep() {
	for _, id := range e.due(time.Now()) {
		e.end(id)
	}
}

func (e *expiry) due(now time.Time) (ids []MessageID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := 0
	for ; n < len(e.mu.queue) && !e.mu.queue[n].at.After(now); n++ {
		ids = append(ids, e.mu.queue[n].id)
	}
	e.mu.queue = e.mu.queue[n:]
	e.mu.timer = nil
	if len(e.mu.queue) > 0 {
		e.mu.timer = time.AfterFunc(e.mu.queue[0].at.Sub(now), e.sweep)
	}
	return ids
}

func (e *expiry) stop() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.mu.timer != nil {
		e.mu.timer.Stop()
	}
	e.mu.timer, e.mu.queue = nil, nil
}
