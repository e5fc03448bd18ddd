//go:build cgo

package zmq

import "time"

// InConvoys makes the events of a transport that has just started wait for each other as soon as there are many, however
// slowly they come.
func (t *Transport) InConvoys() { t.InConvoysWithin(time.Hour) }

// InConvoysWithin makes the events of a transport that has just started wait for each other when 256 leave within d.
func (t *Transport) InConvoysWithin(d time.Duration) { t.run.Load().outbound.pace.within = d }

// HoldConvoys makes the events of a started transport wait for each other, with nobody who makes rounds.
func (t *Transport) HoldConvoys() { t.run.Load().outbound.pace.fast.Store(true) }

// IsFast says whether events wait for each other.
func (t *Transport) IsFast() bool { return t.run.Load().outbound.pace.fast.Load() }

// LetLinger gives what moved links of a transport that has just started have so long to leave.
func (t *Transport) LetLinger(d time.Duration) { t.run.Load().outbound.linger = d }

// LookUpWith makes a transport that has just started find addresses with f, which is told when nobody waits for them any more.
func (t *Transport) LookUpWith(f func(done <-chan struct{}) (address string, err error)) {
	o, done := t.run.Load().outbound, make(chan struct{})
	o.lookUp = func(string) (string, error) { return f(done) }
	cancel := o.cancel
	o.cancel = func() { close(done); cancel() }
}
