package zmq

import "time"

// A tally counts the messages of one connection of which nobody knows whether they arrived.
//
// Nothing on a connection says what its other end has read. But a peer that lives reads at once what arrives: a frame
// from it is taken as proof that it has read what was sent settleTime before, and the answer to a command as proof that
// this one has arrived. So the tally errs on the side of too many.
//
// Invariant: floor <= mark <= sent, marked <= mark-floor, answered <= sent-mark.
type tally struct {
	sent     int // handed to libzmq since the connection was made
	floor    int // of these, those that have arrived
	mark     int // of these, those that had been sent at markAt
	markAt   time.Time
	marked   int // answered of those between floor and mark
	answered int // answered of those since mark
}

// settleTime is how long after sending a sign of life counts.
const settleTime = 3 * time.Second

// heard notes a sign of life.
func (t *tally) heard(now time.Time) {
	if now.Sub(t.markAt) < settleTime {
		return
	}
	t.floor, t.mark, t.markAt = t.mark, t.sent, now
	t.marked, t.answered = t.answered, 0
}

// answeredLast notes the answer to what was sent last. It is called once for each.
func (t *tally) answeredLast() {
	switch {
	case t.sent > t.mark:
		t.answered++
	case t.sent > t.floor:
		t.marked++
	}
}

// settle says that everything has arrived, or is accounted for otherwise.
func (t *tally) settle() { t.floor, t.mark, t.marked, t.answered = t.sent, t.sent, 0, 0 }

// arrived says that the first n messages have arrived, before anything was heard.
func (t *tally) arrived(n int) {
	t.floor = max(t.floor, n)
	t.mark = max(t.mark, t.floor)
}

// uncertain returns how many messages may be lost if the connection dies now.
func (t *tally) uncertain() int { return t.sent - t.floor - t.marked - t.answered }
