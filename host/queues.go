package host

import "github.com/zebus-go/zebus/dispatch"

// QueueConfig is a table of bus.toml, [queues.orders] for the queue "orders": what may wait in that queue for its handlers,
// beside what [BusConfig.DispatchMemoryLimit] lets all queues have together.
type QueueConfig struct {
	// MessageLimit bounds the messages that wait. Too small and a burst is refused, too large and what is handled at last is
	// out of date. The default is zero: no limit.
	MessageLimit int `toml:"message_limit" default:"0" min:"1" max:"1000000000" zero:"no limit"`

	// MemoryLimit bounds the bytes of the messages that wait or are being handled. The default is zero: no limit.
	MemoryLimit Size `toml:"memory_limit" default:"0" min:"1KiB" zero:"no limit"`

	// Policy is what becomes of a message for which there is no room. "reject", the default, answers commands with an error,
	// and drops and counts events; "grow" takes them all the same, beyond every limit, as Zebus (.NET) does. Empty means the
	// default.
	Policy string `toml:"policy" default:"reject" check:"policy"`
}

// The policies by their names.
var policies = map[string]dispatch.Policy{
	"": dispatch.Reject, dispatch.Reject.String(): dispatch.Reject, dispatch.Grow.String(): dispatch.Grow,
}

func checkPolicy(name string) error {
	if _, known := policies[name]; !known {
		return invalid("%q is no policy, want \"reject\" or \"grow\"", name)
	}
	return nil
}

// dispatch returns the settings for the queues on which handlers run.
func (c BusConfig) dispatch() dispatch.Config {
	d := dispatch.Config{BatchSize: c.MessageBatchSize, MemoryLimit: int64(c.DispatchMemoryLimit)}
	if len(c.Queues) > 0 {
		d.Queues = make(map[string]dispatch.QueueConfig, len(c.Queues))
	}
	for name, q := range c.Queues {
		d.Queues[name] = dispatch.QueueConfig{MaxMessages: q.MessageLimit, MaxBytes: int64(q.MemoryLimit), Policy: policies[q.Policy]}
	}
	return d
}
