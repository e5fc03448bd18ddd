package dispatch_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/zebus-go/zebus/dispatch"
)

// The stress tests send random messages from several goroutines to handlers that wait, send,
// panic and exit, while somebody purges, and compare with what may be seen from outside: at
// most one handler of a queue at a time, order per sender and queue, Done exactly
// once, every message handled or rejected, and nothing counted in the end.

const (
	stressQueues  = 3
	stressSenders = 4
	stressSends   = 300 // messages per sender
)

// A stress is one run.
type stress struct {
	*rig

	active [stressQueues]atomic.Int32                // handlers that have the turn
	last   [stressQueues][stressSenders]atomic.Int64 // number handled last
	sent   atomic.Int64                              // invocations that should come
	came   atomic.Int64                              // those that came or were rejected
	all    sync.WaitGroup                            // of messages that are not done
}

// A letter is a message of the stress tests. For each queue that it goes to, it
// carries what the handler there does.
type letter struct {
	note

	sender, number int
	deeds          [stressQueues]int
	stress         *stress
}

func (l *letter) Rejected(err error) { l.stress.came.Add(1); l.note.Rejected(err) }

// What a handler may do, among other numbers, which mean that it just returns.
const (
	waits = iota
	waitsTwice
	forks
	calls // sends itself a message and waits for it
	panics
	exits
	leaves // a goroutine behind that lends the turn when it likes
)

const deeds = 14

func newStress(t *testing.T) *stress {
	s := &stress{rig: newRig(t, dispatch.Config{BatchSize: 7, Ages: true, Queues: map[string]dispatch.QueueConfig{"q2": {MaxMessages: 20}}})}
	for mask := 1; mask < 1<<stressQueues; mask++ { // a type for every set of queues
		for q := range stressQueues {
			if mask&(1<<q) == 0 {
				continue
			}
			s.Add(strconv.Itoa(mask), &dispatch.Invoker{Name: "stress", Queue: fmt.Sprint("q", q), MaxBatch: 1 + q, Invoke: func(turn dispatch.Turn, batch []*dispatch.Entry) {
				s.invoke(q, turn, batch)
			}})
		}
	}
	return s
}

func (s *stress) invoke(q int, turn dispatch.Turn, batch []*dispatch.Entry) {
	s.enter(q)
	inTurn := true
	defer func() {
		if inTurn {
			s.active[q].Add(-1)
		}
	}()
	s.came.Add(int64(len(batch)))
	for _, e := range batch {
		l := e.Job.(*letter)
		if l.sender >= 0 {
			if last := s.last[q][l.sender].Swap(int64(l.number)); last >= int64(l.number) {
				s.t.Errorf("queue %d ran message %d of sender %d after %d", q, l.number, l.sender, last)
			}
		}
	}
	if deed := batch[0].Job.(*letter).deeds[q]; deed == leaves {
		inTurn = false
		s.active[q].Add(-1) // from now on the turn may be lent, as the other goroutine likes
		s.all.Go(func() { turn.Lend(); runtime.Gosched(); turn.Reclaim() })
	} else {
		s.do(deed, q, turn)
	}
}

// enter notes that a handler has the turn of queue q.
func (s *stress) enter(q int) {
	if n := s.active[q].Add(1); n != 1 {
		s.t.Errorf("%d handlers of queue %d run at the same moment", n, q)
	}
}

func (s *stress) do(deed, q int, turn dispatch.Turn) {
	switch deed {
	case waits:
		s.wait(q, turn, runtime.Gosched)
	case waitsTwice:
		s.wait(q, turn, runtime.Gosched)
		s.wait(q, turn, runtime.Gosched)
	case forks:
		s.wait(q, turn, func() {
			var wg sync.WaitGroup
			for range 3 {
				wg.Go(func() { turn.Lend(); runtime.Gosched(); turn.Reclaim() })
			}
			wg.Wait()
		})
	case calls:
		s.wait(q, turn, func() {
			reply := make(chan struct{})
			l := s.letter(-1, 0, 1<<q)
			l.deeds[q], l.Local, l.onDone = deeds, true, func() { close(reply) }
			s.Dispatch([]*dispatch.Entry{&l.Entry})
			<-reply
		})
	case panics:
		panic(errBoom)
	case exits:
		runtime.Goexit()
	}
}

// wait lends the turn while f runs.
func (s *stress) wait(q int, turn dispatch.Turn, f func()) {
	s.active[q].Add(-1)
	turn.Lend()
	f()
	turn.Reclaim()
	s.enter(q)
}

// letter makes a message for the queues in mask.
func (s *stress) letter(sender, number, mask int) *letter {
	l := &letter{sender: sender, number: number, stress: s}
	l.Route, l.Job, l.Size = s.Resolve(strconv.Itoa(mask)), l, 1+number%5
	s.all.Add(1)
	for q := range stressQueues {
		if mask&(1<<q) != 0 {
			s.sent.Add(1)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notes = append(s.notes, &l.note)
	return l
}

// Done shadows that of note only to count.
func (l *letter) Done() { l.note.Done(); l.stress.all.Done() }

// send sends a sender's messages in batches of random size.
func (s *stress) send(sender int, random *rand.Rand) {
	var batch []*dispatch.Entry
	for number := 1; number <= stressSends; number++ {
		l := s.letter(sender, number, 1+random.IntN(1<<stressQueues-1))
		for q := range l.deeds {
			l.deeds[q] = random.IntN(deeds)
		}
		if batch = append(batch, &l.Entry); random.IntN(3) == 0 || number == stressSends {
			s.Dispatch(batch)
			batch = batch[:0]
			runtime.Gosched()
		}
	}
}

func (s *stress) run(seed uint64) {
	var senders sync.WaitGroup
	for i := range stressSenders {
		senders.Go(func() { s.send(i, rand.New(rand.NewPCG(seed, uint64(i)))) })
	}
	senders.Go(func() {
		for range 20 {
			s.Purge()
			s.Stats()
			runtime.Gosched()
		}
	})
	s.Start()
	senders.Wait()
	s.stop()
	s.all.Wait()
	if s.sent.Load() != s.came.Load() {
		s.t.Errorf("%d messages were to be handled or rejected, %d were", s.sent.Load(), s.came.Load())
	}
}

func TestStress(t *testing.T) {
	rounds := uint64(20)
	if testing.Short() {
		rounds = 5
	}
	t.Run("on real time", func(t *testing.T) {
		for seed := range rounds {
			newStress(t).run(seed)
		}
	})
	t.Run("in a bubble", func(t *testing.T) {
		for seed := range rounds {
			synctest.Test(t, func(t *testing.T) { newStress(t).run(seed) })
		}
	})
	t.Run("starting and stopping all the time", func(t *testing.T) {
		s := newStress(t)
		for seed := range rounds {
			var senders sync.WaitGroup
			s.Load()
			for q := range stressQueues { // the messages of a sender start again at one
				for i := range stressSenders {
					s.last[q][i].Store(0)
				}
			}
			for i := range stressSenders {
				senders.Go(func() { s.send(i, rand.New(rand.NewPCG(seed, uint64(i)))) })
			}
			s.Start()
			if err := s.Stop(t.Context()); err != nil {
				t.Errorf("Stop = %v", err)
			}
			s.checkEmpty()
			senders.Wait()
		}
		s.stop()
	})
}
