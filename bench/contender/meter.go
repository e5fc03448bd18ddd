package contender

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// ErrLost means that messages did not arrive, or that more came than were sent, or others.
var ErrLost = errors.New("contender: not what was sent")

// Patience is how long a meter waits for the next message before it takes those that miss for lost.
const Patience = 10 * time.Second

// A Meter counts what a sink receives, and remembers when the first and the last of it came.
type Meter struct {
	want  atomic.Int64
	bytes atomic.Int64 // that each body is long
	count atomic.Int64
	wrong atomic.Int64 // bodies of another length

	first atomic.Int64 // Unix time in nanoseconds, as last
	last  atomic.Int64
	done  chan struct{} // one token for each time that count reaches want

	mu struct {
		sync.Mutex
		latencies []time.Duration // of messages that say when they were sent
	}
}

// A Reading is what a meter shows at the end.
type Reading struct {
	Count       int
	First, Last int64           // Unix time in nanoseconds, which all processes of a machine share
	Latencies   []time.Duration // of the messages that said when they were sent
}

// NewMeter returns a meter that expects nothing.
func NewMeter() *Meter {
	return &Meter{done: make(chan struct{}, 1)}
}

// Expect prepares for n messages with bodies of the given length. The error is [ErrLost] when more messages than
// expected came since the last time.
func (m *Meter) Expect(n, bytes int) error {
	surplus := m.count.Load() - m.want.Load()
	m.want.Store(int64(n))
	m.bytes.Store(int64(bytes))
	m.count.Store(0)
	m.wrong.Store(0)
	m.mu.Lock()
	m.mu.latencies = m.mu.latencies[:0]
	m.mu.Unlock()
	if surplus > 0 {
		return fmt.Errorf("%w: %d messages more", ErrLost, surplus)
	}
	return nil
}

// Count takes note of a message with a body of so many bytes. sent is when it was sent, or zero. It may be called from
// many goroutines.
func (m *Meter) Count(bytes int, sent int64) {
	if int64(bytes) != m.bytes.Load() {
		m.wrong.Add(1)
	}
	if sent != 0 {
		m.clock(time.Duration(time.Now().UnixNano() - sent))
	}
	switch m.count.Add(1) {
	case 1:
		m.first.Store(time.Now().UnixNano())
		if m.want.Load() != 1 {
			return
		}
		fallthrough
	case m.want.Load():
		m.last.Store(time.Now().UnixNano())
		m.done <- struct{}{}
	}
}

func (m *Meter) clock(latency time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mu.latencies = append(m.mu.latencies, latency)
}

// Await waits until all messages have come. The error is [ErrLost] when none comes any more, or one that was not sent.
func (m *Meter) Await(ctx context.Context) (Reading, error) {
	for before := int64(-1); ; {
		select {
		case <-m.done:
			return m.read()
		case <-ctx.Done():
			return Reading{}, ctx.Err()
		case <-time.After(Patience):
		}
		now := m.count.Load()
		if now == before {
			return Reading{}, fmt.Errorf("%w: %d of %d messages came", ErrLost, now, m.want.Load())
		}
		before = now
	}
}

func (m *Meter) read() (Reading, error) {
	if wrong := m.wrong.Load(); wrong > 0 {
		return Reading{}, fmt.Errorf("%w: %d bodies are not of %d bytes", ErrLost, wrong, m.bytes.Load())
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return Reading{
		Count: int(m.count.Load()), First: m.first.Load(), Last: m.last.Load(), Latencies: slices.Clone(m.mu.latencies),
	}, nil
}

// Latencies sum up how long something took each time.
type Latencies struct {
	P50, P99, P999 time.Duration
}

// LatenciesOf sorts durations and sums them up.
func LatenciesOf(durations []time.Duration) Latencies {
	slices.Sort(durations)
	return Latencies{P50: quantile(durations, 0.5), P99: quantile(durations, 0.99), P999: quantile(durations, 0.999)}
}

// quantile returns the duration below which that part of the sorted ones lies.
func quantile(sorted []time.Duration, part float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(part*float64(len(sorted))), len(sorted)-1)]
}
