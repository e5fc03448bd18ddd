package dispatch

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// DefaultQueue is the name of the queue of invokers that name none.
const DefaultQueue = "DefaultQueue"

const (
	defaultBatchSize   = 100
	defaultMemoryLimit = 512 << 20
)

// Config is what a dispatcher is built from. The zero value is useful.
type Config struct {
	// BatchSize is how many entries a queue takes at a time at most, and thus the most
	// that a batch can hold whatever its invoker's MaxBatch. Below a hundred, a smaller value
	// takes the queue's lock more often. Zero means 100.
	BatchSize int

	// MemoryLimit bounds the bytes ([Entry.Size]) of all entries in all queues, those being
	// handled included. Beyond it, queues whose policy is Reject refuse entries. Too
	// small, and a burst is refused that would have been handled a moment later. Zero
	// means 512 MiB, a negative value means no limit.
	MemoryLimit int64

	// Queues configures queues by name, in any case. A queue that is not named
	// here has no limit of its own and rejects at the MemoryLimit.
	Queues map[string]QueueConfig

	// Ages makes Stats tell how long entries have waited. It costs a look at the clock for every
	// call of Dispatch.
	Ages bool

	// OnPanic is told of a method of a Job that panicked, with a [*PanicError]. The
	// queue goes on. It is called on the goroutine that ran the job and must
	// not wait. Nil ignores the panic.
	OnPanic func(queue string, err error)
}

// QueueConfig is what one queue may hold.
type QueueConfig struct {
	// MaxMessages bounds the entries that wait in the queue and those of handlers
	// that have lent its turn; the one that is running does not count. Zero means no limit.
	MaxMessages int

	// MaxBytes bounds the bytes of the queue's entries, those being handled
	// included. Zero means no limit.
	MaxBytes int64

	// Policy is what happens beyond a limit.
	Policy Policy
}

// A Policy says what a queue does with an entry for which it has no room.
type Policy int

const (
	// Reject refuses the entry: its Job is told by Rejected with a [*LimitError].
	Reject Policy = iota
	// Grow takes it nevertheless, beyond every limit, the shared one included.
	Grow
)

// String returns the policy as bus.toml has it.
func (p Policy) String() string {
	switch p {
	case Reject:
		return "reject"
	case Grow:
		return "grow"
	default:
		return "Policy(" + strconv.Itoa(int(p)) + ")"
	}
}

// Validate reports everything that is wrong with c, or nil.
func (c Config) Validate() error {
	var errs []error
	if c.BatchSize < 0 {
		errs = append(errs, fmt.Errorf("dispatch: batch size %d: want 0 or more", c.BatchSize))
	}
	seen := make(map[string]string, len(c.Queues))
	for _, name := range slices.Sorted(maps.Keys(c.Queues)) {
		if twin, ok := seen[queueKey(name)]; ok {
			errs = append(errs, fmt.Errorf("dispatch: queues %q and %q are the same", twin, name))
		}
		seen[queueKey(name)] = name
		errs = append(errs, c.Queues[name].validate(name))
	}
	return errors.Join(errs...)
}

func (c QueueConfig) validate(name string) error {
	var errs []error
	if c.MaxMessages < 0 {
		errs = append(errs, fmt.Errorf("dispatch: queue %q: max messages %d: want 0 or more", name, c.MaxMessages))
	}
	if c.MaxBytes < 0 {
		errs = append(errs, fmt.Errorf("dispatch: queue %q: max bytes %d: want 0 or more", name, c.MaxBytes))
	}
	if c.Policy != Reject && c.Policy != Grow {
		errs = append(errs, fmt.Errorf("dispatch: queue %q: policy %d: want Reject or Grow", name, c.Policy))
	}
	return errors.Join(errs...)
}

// withDefaults returns c with its zero values replaced and its queues by key.
func (c Config) withDefaults() Config {
	if c.BatchSize == 0 {
		c.BatchSize = defaultBatchSize
	}
	if c.MemoryLimit == 0 {
		c.MemoryLimit = defaultMemoryLimit
	}
	queues := make(map[string]QueueConfig, len(c.Queues))
	for name, q := range c.Queues {
		queues[queueKey(name)] = q
	}
	c.Queues = queues
	if c.OnPanic == nil {
		c.OnPanic = func(string, error) {}
	}
	return c
}

// queueKey is what makes two names the same queue.
func queueKey(name string) string {
	if name == "" {
		name = DefaultQueue
	}
	return strings.ToLower(name)
}
