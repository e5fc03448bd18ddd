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
	scripts map[zebus.MessageTypeID]Script

	mu  sync.Mutex
	err error // of everything that is sent
}

var _ zebus.PeerSender = (*Recorder)(nil)

// NewRecorder returns a recorder that answers by the scripts given. A command without a script succeeds; one that wants a
// reply ends with [zebus.ErrNoPeer].
func NewRecorder(scripts ...Script) *Recorder {
	r := &Recorder{scripts: make(map[zebus.MessageTypeID]Script, len(scripts))}
	for _, s := range scripts {
		r.scripts[s.handler.Type().ID()] = s
	}
	return r
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
func (r *Recorder) PublishTo(_ context.Context, evt zebus.Event, to ...zebus.Peer) error {
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
	reply, err := r.answer(cmd)
	if err != nil {
		return zebus.Answered(cmd, nil, asSeen(err))
	}
	return zebus.Answered(cmd, reply, nil)
}

// errNoScript is what a command ends with that wants a reply, and has nobody to give it.
var errNoScript = fmt.Errorf("%w: the Recorder has no Reply for it", zebus.ErrNoPeer)

func (r *Recorder) answer(cmd zebus.Command) (zebus.Message, error) {
	script, scripted := r.scripts[cmd.ZebusType().ID()]
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
	if answer, ok := errors.AsType[*zebus.CommandError](err); ok {
		return answer
	}
	return &zebus.CommandError{Code: zebus.CodeUnknown}
}
