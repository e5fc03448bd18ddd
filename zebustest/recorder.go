package zebustest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"

	"github.com/zebus-go/zebus/zebus"
)

// A Recorder takes the place of a bus in tests of code that only sends: it keeps what it is given, answers commands by
// script, and does both at once, without a goroutine. It has the sending methods of [zebus.Bus] and is safe for
// concurrent use.
type Recorder struct {
	log     log
	scripts book

	mu    sync.Mutex
	err   error // of everything that is sent
	peers []scriptedPeer
}

var _ zebus.Gatherer = (*Recorder)(nil)

// NewRecorder returns a recorder that answers by the scripts given. A command without a script succeeds; one that wants a
// reply ends with [zebus.ErrNoPeer].
func NewRecorder(scripts ...Script) *Recorder {
	return &Recorder{scripts: newBook(scripts)}
}

// book is scripts by what they answer.
type book map[zebus.MessageTypeID]Script

func newBook(scripts []Script) book {
	b := make(book, len(scripts))
	for _, s := range scripts {
		b[s.handler.Type().ID()] = s
	}
	return b
}

// A scriptedPeer answers what is sent to it, and is asked by [zebus.Gather].
type scriptedPeer struct {
	zebus.Peer

	scripts book
}

// At adds a peer that answers by the scripts given what is sent to it: commands that name it, and those of [zebus.Gather], which
// asks all peers that have a script for the command, in the order in which they were added. Without any, Gather asks one nameless
// peer, which answers as for Send.
func (r *Recorder) At(peer zebus.PeerID, scripts ...Script) {
	p := zebus.Peer{ID: peer, Endpoint: endpointOf(peer), Up: true, Responding: true}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.peers = append(r.peers, scriptedPeer{p, newBook(scripts)})
}

// PeersFor implements [zebus.Gatherer].
func (r *Recorder) PeersFor(cmd zebus.Command) ([]zebus.Peer, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var peers []zebus.Peer
	for _, p := range r.peers {
		if _, scripted := p.scripts[cmd.ZebusType().ID()]; scripted {
			peers = append(peers, p.Peer)
		}
	}
	if len(peers) == 0 {
		return []zebus.Peer{{Up: true, Responding: true}}, nil
	}
	return peers, nil
}

// scriptsOf returns what answers commands to these peers, none for those that name no peer.
func (r *Recorder) scriptsOf(to []zebus.Peer) book {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.peers {
		if len(to) == 1 && p.ID == to[0].ID {
			return p.scripts
		}
	}
	return r.scripts
}

// Fail makes everything fail that is sent or published from now on, until Fail(nil): with [zebus.ErrPeerBusy] for
// example. It is recorded all the same.
func (r *Recorder) Fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = err
}

// Records implements [Source].
func (r *Recorder) Records() []Record { return r.log.all() }

// Forget forgets all records, so that expectations look at what follows.
func (r *Recorder) Forget() { r.log.clear() }

// Send is as [zebus.Bus.Send].
func (r *Recorder) Send(ctx context.Context, cmd zebus.Command) error {
	return r.SendAsync(ctx, cmd).Wait(ctx)
}

// SendTo is as [zebus.Bus.SendTo].
func (r *Recorder) SendTo(ctx context.Context, cmd zebus.Command, to zebus.Peer) error {
	return r.SendToAsync(ctx, cmd, to).Wait(ctx)
}

// SendAsync implements [zebus.Sender]. The command has ended when it returns.
func (r *Recorder) SendAsync(ctx context.Context, cmd zebus.Command) *zebus.Pending {
	return r.send(ctx, cmd)
}

// SendToAsync implements [zebus.PeerSender].
func (r *Recorder) SendToAsync(ctx context.Context, cmd zebus.Command, to zebus.Peer) *zebus.Pending {
	return r.send(ctx, cmd, to)
}

// Publish implements [zebus.PeerSender].
func (r *Recorder) Publish(ctx context.Context, evt zebus.Event) error {
	return r.PublishTo(ctx, evt)
}

// PublishTo implements [zebus.PeerSender].
func (r *Recorder) PublishTo(ctx context.Context, evt zebus.Event, to ...zebus.Peer) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("publish %s: %w", evt.ZebusType().ID(), err)
	}
	r.log.sending("", evt, to)
	return r.failure()
}

func (r *Recorder) failure() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

func (r *Recorder) send(ctx context.Context, cmd zebus.Command, to ...zebus.Peer) *zebus.Pending {
	if err := ctx.Err(); err != nil {
		return zebus.Answered(cmd, nil, err)
	}
	r.log.sending("", cmd, to)
	if err := r.failure(); err != nil {
		return zebus.Answered(cmd, nil, err)
	}
	reply, err := r.scriptsOf(to).answer(cmd)
	if err != nil {
		return zebus.Answered(cmd, nil, asSeen(err))
	}
	return zebus.Answered(cmd, reply, nil)
}

// errNoScript is what a command ends with that wants a reply, and has nobody to give it.
var errNoScript = fmt.Errorf("%w: the Recorder has no Reply for it", zebus.ErrNoPeer)

func (b book) answer(cmd zebus.Command) (zebus.Message, error) {
	script, scripted := b[cmd.ZebusType().ID()]
	switch {
	case scripted:
		return script.answer(copyOf(cmd).(zebus.Command)) //nolint:forcetypeassert // of the same type
	case wantsReply(cmd):
		return nil, errNoScript
	default:
		return nil, nil //nolint:nilnil // a command that is done has neither
	}
}

// wantsReply says whether the command announces the type of its reply, as [zebus.CommandFor] does.
func wantsReply(cmd zebus.Command) bool {
	_, announced := reflect.TypeOf(cmd).MethodByName("ReplyType")
	return announced
}

// asSeen returns what the sender of a command learns of a handler's error: that it failed, and what was meant for it.
func asSeen(err error) error {
	if errors.Is(err, errNoScript) {
		return err
	}
	if answer, ok := errors.AsType[*zebus.CommandError](err); ok && answer != nil {
		return answer
	}
	return &zebus.CommandError{Code: zebus.CodeUnknown}
}
