package zebus

import (
	"sync"
	"sync/atomic"
)

// remarks are what is noted beside a message: what its handlers made of it, its envelope when somebody asked for that, who
// holds it. There is nothing for nearly all, and nothing is there then. Handlers may end at the same moment on different queues,
// and one that has kept its context may speak up when its message is long over: so what is there belongs to an epoch, which
// counts the messages whose memory this is.
type remarks struct {
	made atomic.Pointer[remark] // for the message, or for an earlier one
}

type remark struct {
	holds atomic.Int32 // messages in lanes; below zero when the dispatcher has let go as well
	keeps atomic.Int32 // calls of a handler that may yet look at the message

	mu      sync.Mutex
	epoch   uint32
	outcome outcome
	shown   *TransportMessage // nil until somebody asks for the envelope
}

// any says whether something is noted, of this message or of an earlier one.
func (rs *remarks) any() bool { return rs.made.Load() != nil }

// ensure returns what is there, which is made if need be.
func (rs *remarks) ensure(epoch uint32) *remark {
	if r := rs.made.Load(); r != nil {
		return r
	}
	rs.made.CompareAndSwap(nil, &remark{epoch: epoch})
	return rs.made.Load()
}

// note changes the outcome of the message of that epoch, unless it is over.
func (rs *remarks) note(epoch uint32, change func(*outcome)) {
	r := rs.ensure(epoch)
	r.mu.Lock()
	defer r.mu.Unlock()
	if int32(epoch-r.epoch) > 0 { // epochs begin again
		r.epoch, r.outcome = epoch, outcome{}
	}
	if r.epoch == epoch {
		change(&r.outcome)
	}
}

// of returns the outcome of the message of that epoch.
func (rs *remarks) of(epoch uint32) (o outcome) {
	r := rs.made.Load()
	if r == nil {
		return o
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.epoch == epoch {
		o = r.outcome
	}
	return o
}

// end forgets what belongs to an epoch, which is over.
func (rs *remarks) end(epoch uint32) {
	r := rs.made.Load()
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.epoch, r.outcome = epoch+1, outcome{}
	r.forgetEnvelope()
	r.holds.Store(0)
}

// forgetEnvelope makes the envelope anew for whoever asks next.
func (rs *remarks) forgetEnvelope() {
	if r := rs.made.Load(); r != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.forgetEnvelope()
	}
}

// hold keeps the message from being over until it is released once more.
func (rs *remarks) hold(epoch uint32) { rs.ensure(epoch).holds.Add(1) }

// release lets go of the message, and says whether nobody holds it any more.
func (rs *remarks) release() bool {
	r := rs.made.Load()
	return r == nil || r.holds.Load() == 0 || r.holds.Add(-1) < 0
}

// keep keeps the memory of the message from being used again until letGo, for a call of a handler that a middleware may not
// wait for. The message may be over before.
func (rs *remarks) keep(epoch uint32) { rs.ensure(epoch).keeps.Add(1) }

func (rs *remarks) letGo() { rs.made.Load().keeps.Add(-1) }

// kept says whether such a call is under way.
func (rs *remarks) kept() bool {
	r := rs.made.Load()
	return r != nil && r.keeps.Load() > 0
}

// setCode notes what a handler says of its message.
func (rs *remarks) setCode(epoch uint32, code int, text string) {
	rs.note(epoch, func(o *outcome) { o.code, o.text = code, text })
}

func (rs *remarks) add(epoch uint32, handler string, reply Message, err error) {
	rs.note(epoch, func(o *outcome) {
		if reply != nil {
			o.reply = reply
		}
		if err != nil {
			o.failed = append(o.failed, failure{handler, err})
		}
	})
}

// miss notes that a queue did not take the message.
func (rs *remarks) miss(epoch uint32, err error) {
	rs.note(epoch, func(o *outcome) {
		o.missed = true
		o.failed = append(o.failed, failure{"", err})
	})
}

// silence makes the command stay without an answer, and says whether that is new.
func (rs *remarks) silence(epoch uint32) (first bool) {
	rs.note(epoch, func(o *outcome) { first, o.mute = !o.mute, true })
	return first
}
