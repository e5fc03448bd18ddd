package host

import (
	"os"
	"syscall"
	"time"
)

// Requests are the signals that ask a process to end. A person's second one means that it shall end at once. Programs that send
// SIGTERM may send it twice and mean one request: timeout(1) sends it to the process, and to the group it is in.
type requests struct {
	last os.Signal
	at   time.Time
}

// sentTwice is how far two signals of one request are apart at most. Nobody who waits in vain is that quick.
const sentTwice = 100 * time.Millisecond

// repeats notes a signal, and says whether it belongs to the request before.
func (r *requests) repeats(s os.Signal) bool {
	now := time.Now()
	if r.last == s && s == syscall.SIGTERM && now.Sub(r.at) < sentTwice {
		return true
	}
	r.last, r.at = s, now
	return false
}
