package dispatch_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/zebus-go/zebus/dispatch"
)

// A carousel sends entries that are used again as soon as they are done, to queues of all kinds, with handlers that do whatever
// handlers do, while somebody purges, looks, stops and starts. What goes wrong with an entry shows in the next message that it is.
type carousel struct {
	*dispatch.Dispatcher

	t      *testing.T
	queues []*ride
	last   [rides][riders]atomic.Int64 // number that came last, by queue and sender
	behind sync.WaitGroup              // goroutines that handlers have left
	came   atomic.Int64
	still  atomic.Bool // senders send nothing that keeps a stop from ending
}

const (
	rides  = 4
	riders = 3
	seats  = 100 // entries of a sender: those of all are more than a chunk has room for at first
)

// A ride is a queue.
type ride struct {
	active atomic.Int32 // handlers that have the turn
	over   atomic.Int32 // calls of Over
}

// A rider is a message, again and again.
type rider struct {
	dispatch.Entry

	carousel *carousel
	free     chan<- *rider
	sender   int
	number   int64
	deed     int
	busy     atomic.Bool
	wanted   int32        // invokers
	came     atomic.Int32 // invokers that had it, or were refused it
	stopped  atomic.Bool  // refused, perhaps for all of them
}

func (r *rider) Failed(*dispatch.Invoker, error) {}

func (r *rider) Rejected(err error) {
	r.came.Add(1)
	if errors.Is(err, dispatch.ErrStopped) {
		r.stopped.Store(true)
	}
}

// Done ends the message, and makes room for the next one.
func (r *rider) Done() {
	if came := r.came.Load(); came != r.wanted && (!r.stopped.Load() || came > r.wanted) {
		r.carousel.t.Errorf("message %d of sender %d came to %d invokers, want %d", r.number, r.sender, came, r.wanted)
	}
	if !r.busy.CompareAndSwap(true, false) {
		r.carousel.t.Errorf("message %d of sender %d is over once more", r.number, r.sender)
	}
	r.free <- r
}

func newCarousel(t *testing.T, batchSize int) *carousel {
	c := &carousel{t: t, Dispatcher: dispatch.New(dispatch.Config{BatchSize: batchSize, Ages: batchSize%2 == 0, Queues: map[string]dispatch.QueueConfig{
		"2": {MaxMessages: 15, MaxBytes: 1000}, "3": {MaxMessages: 5, Policy: dispatch.Grow},
	}})}
	for q := range rides {
		c.queues = append(c.queues, &ride{})
		for mask := 1; mask < 1<<rides; mask++ { // a type for every set of queues
			if mask&(1<<q) != 0 {
				c.Add(strconv.Itoa(mask), c.invoker(q, mask))
			}
		}
	}
	return c
}

// invoker makes one; of those of a queue some are serial, some take batches, some are told when an entry is over.
func (c *carousel) invoker(q, mask int) *dispatch.Invoker {
	inv := &dispatch.Invoker{Name: "ride", Queue: strconv.Itoa(q), MaxBatch: mask % 4, Serial: mask%5 == 0}
	if mask == 1<<q { // most messages are for one queue
		inv.MaxBatch = []int{1, 2, 1000, 50}[q]
	}
	inv.Invoke = func(turn dispatch.Turn, batch []*dispatch.Entry) { c.ride(q, turn, batch) }
	if mask%3 > 0 {
		inv.Over = func(e *dispatch.Entry) {
			if c.queues[q].over.Add(1) != 1 {
				c.t.Errorf("two calls of Over on queue %d overlap", q)
			}
			defer c.queues[q].over.Add(-1)
			e.Job.Done()
		}
	}
	return inv
}

// ride is the handler of all.
func (c *carousel) ride(q int, turn dispatch.Turn, batch []*dispatch.Entry) {
	c.enter(q)
	inTurn := true
	defer func() {
		if inTurn {
			c.queues[q].active.Add(-1)
		}
	}()
	for _, e := range batch {
		r := e.Job.(*rider)
		r.came.Add(1)
		c.came.Add(1)
		if last := c.last[q][r.sender].Swap(r.number); last >= r.number || !r.busy.Load() {
			c.t.Errorf("queue %d had message %d of sender %d after %d, at work: %t", q, r.number, r.sender, last, r.busy.Load())
		}
	}
	first := batch[0]
	switch first.Job.(*rider).deed + q {
	case 4:
		c.wait(q, turn, func() { c.holds(turn, first); runtime.Gosched(); c.holds(turn, first) })
	case 5:
		c.wait(q, turn, func() {})
		c.wait(q, turn, runtime.Gosched)
	case 6:
		panic(errBoom)
	case 7:
		runtime.Goexit()
	case 8: // leaves a goroutine behind that lends the turn when it likes
		inTurn = false
		c.queues[q].active.Add(-1)
		c.behind.Go(func() { turn.Lend(); runtime.Gosched(); turn.Reclaim() })
	case 9: // never takes the turn back
		inTurn = false
		c.queues[q].active.Add(-1)
		turn.Lend()
	case 10: // nor does a goroutine that goes on for long
		inTurn = false
		c.queues[q].active.Add(-1)
		c.behind.Go(func() {
			for range 100 {
				turn.Lend()
				runtime.Gosched()
			}
		})
		runtime.Gosched()
	case 11:
		c.holds(turn, first)
	case 12: // leaves a goroutine behind that asks until the turn is over
		c.behind.Go(func() {
			for e := first; e != nil; runtime.Gosched() {
				if e = turn.Entry(); e != nil && e != first {
					c.t.Errorf("queue %d: a turn has the entry of another one", q)
				}
			}
		})
		runtime.Gosched()
	case 13:
		c.behind.Go(func() { turn.Entry() })
		c.holds(turn, first)
		c.wait(q, turn, runtime.Gosched)
		c.holds(turn, first)
	case 14:
		c.behind.Go(func() { turn.Entry() })
		panic(errBoom)
	}
}

// holds wants the turn to tell what a handler has that is still at it.
func (c *carousel) holds(turn dispatch.Turn, first *dispatch.Entry) {
	if e := turn.Entry(); e != first {
		c.t.Errorf("the turn has the entry %p, want %p", e, first)
	}
}

func (c *carousel) enter(q int) {
	if n := c.queues[q].active.Add(1); n != 1 {
		c.t.Errorf("%d handlers of queue %d run at the same moment", n, q)
	}
}

func (c *carousel) wait(q int, turn dispatch.Turn, f func()) {
	if c.queues[q].active.Add(-1); turn.Lend() {
		f()
		turn.Reclaim()
	}
	c.enter(q)
}

// send sends a sender's messages until it is told to stop, and waits until all are over.
func (c *carousel) send(sender int, random *rand.Rand, ended <-chan struct{}) {
	free := make(chan *rider, seats)
	for range seats {
		r := &rider{carousel: c, sender: sender, free: free}
		r.Job = r
		free <- r
	}
	defer func() {
		for range seats {
			<-free
		}
	}()
	var batch []*dispatch.Entry
	for number := int64(1); ; number++ {
		select {
		case <-ended:
			c.Dispatch(batch)
			return
		case r := <-free:
			r.become(number, random)
			batch = append(batch, &r.Entry)
		}
		if len(batch) == seats || random.IntN(5) == 0 {
			c.Dispatch(batch)
			batch = batch[:0]
		}
		if len(batch) > 0 && len(free) == 0 { // nothing comes back of what was not sent
			c.Dispatch(batch)
			batch = batch[:0]
		}
	}
}

// become makes the rider the next message.
func (r *rider) become(number int64, random *rand.Rand) {
	mask := 1 << random.IntN(rides)
	if random.IntN(3) == 0 {
		mask = 1 + random.IntN(1<<rides-1)
	}
	r.number, r.deed, r.wanted = number, random.IntN(60), 0
	for q := range rides {
		r.wanted += int32(mask >> q & 1)
	}
	r.came.Store(0)
	r.stopped.Store(false)
	if r.busy.Swap(true) {
		r.carousel.t.Errorf("message %d of sender %d comes too early", number, r.sender)
	}
	r.Route, r.Size, r.Local = r.carousel.Resolve(strconv.Itoa(mask)), 1+random.IntN(100), random.IntN(2) == 0 && !r.carousel.still.Load()
}

// disturb does what may be done from outside.
func (c *carousel) disturb(random *rand.Rand) {
	switch random.IntN(8) {
	case 0:
		c.Purge()
	case 1:
		c.stop(random.IntN(2) == 0)
		c.Load()
		runtime.Gosched()
		c.Start()
	case 2:
		ended, cancel := context.WithCancel(context.Background())
		cancel()
		if err := c.Stop(ended); err == nil {
			c.checkEmpty()
		}
		c.stop(false)
		c.Load()
		c.Start()
	default:
		if s := c.Stats(); s.Memory < 0 {
			c.t.Errorf("memory = %d", s.Memory)
		}
	}
	runtime.Gosched()
}

// stop stops the dispatcher, at the second try where that is wanted.
func (c *carousel) stop(twice bool) {
	if twice {
		ended, cancel := context.WithCancel(context.Background())
		cancel()
		_ = c.Stop(ended)
	}
	c.still.Store(true)
	defer c.still.Store(false)
	if err := c.Stop(context.Background()); err != nil {
		c.t.Errorf("Stop = %v", err)
	}
	c.checkEmpty()
}

func (c *carousel) checkEmpty() {
	s := c.Stats()
	if s.Memory != 0 {
		c.t.Errorf("memory counted = %d, want 0", s.Memory)
	}
	for _, q := range s.Queues {
		if q.Length != 0 || q.Bytes != 0 || q.Running != "" || len(q.Lent) != 0 || q.Oldest != 0 {
			c.t.Errorf("queue is not empty: %+v", q)
		}
	}
}

func (c *carousel) run(seed uint64, disturbances int) {
	ended := make(chan struct{})
	var senders sync.WaitGroup
	for i := range riders {
		senders.Go(func() { c.send(i, rand.New(rand.NewPCG(seed, uint64(i))), ended) })
	}
	c.Start()
	random := rand.New(rand.NewPCG(seed, riders))
	for range disturbances {
		c.disturb(random)
	}
	close(ended)
	senders.Wait()
	c.stop(false)
	c.behind.Wait()
	if c.came.Load() == 0 {
		c.t.Error("nothing was handled")
	}
}

func TestEntriesThatAreUsedAgain(t *testing.T) {
	for _, batchSize := range []int{1, 2, 3, 100, 1000} {
		t.Run(fmt.Sprintf("they come once, in order, and are over once, with %d taken at a time", batchSize), func(t *testing.T) {
			for seed := range uint64(2) {
				newCarousel(t, batchSize).run(seed, 20)
			}
		})
	}
}
