package zebus

import (
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/zebus-go/zebus/dispatch"
)

// lanes let the handlers of a queue run on several messages at a time while those of one key stay in order: the queue only
// decodes a message and finds the key, and hands it to one of its lanes, each a queue of its own.
type lanes struct {
	count int
	key   func(Message) string
}

// Concurrency makes the queue of the handler run up to n messages at a time. Messages with the same key are handled one after
// the other, in the order in which they came, by whichever of the queue's handlers; what is said of queues, limits included,
// holds for the messages of one key. A key with nothing under way goes where least is to do, so that it waits for others only
// when n of them are at work. Handlers of one queue that share what belongs to a key need no lock. All that say a concurrency
// must say the same number; one that says none has no key, and runs beside the others.
func (h Handler) Concurrency(n int, key func(Message) string) Handler {
	h.lanes = &lanes{count: n, key: key}
	return h
}

// KeyOf returns the text of a value by which messages stay in order: see [Handler.Concurrency]. Generated code calls it.
func KeyOf[T any](v T) string {
	if text, ok := any(v).(string); ok {
		return text
	}
	return fmt.Sprint(v)
}

// laneName is the queue of one lane, for all handlers of the queue.
func (h Handler) laneName(lane int) string { return fmt.Sprintf("%s/%d", h.queueName(), lane) }

// checkLanes wants the handlers of each queue to agree on its concurrency.
func checkLanes(handlers []Handler) error {
	var errs []error
	first := map[string]Handler{}
	for _, h := range handlers {
		if h.lanes == nil {
			continue
		}
		queue := strings.ToLower(h.queueName())
		other, there := first[queue]
		if !there {
			first[queue] = h
		} else if other.lanes.count != h.lanes.count {
			errs = append(errs, fmt.Errorf("zebus: queue %s: concurrency %d of %s, and %d of %s: want the same",
				h.queueName(), other.lanes.count, other.name, h.lanes.count, h.name))
		}
	}
	return errors.Join(errs...)
}

// withLanes gives each lane the limits of its queue, in equal parts.
func withLanes(c dispatch.Config, handlers []Handler) dispatch.Config {
	queues := maps.Clone(c.Queues)
	if queues == nil {
		queues = map[string]dispatch.QueueConfig{}
	}
	for _, h := range handlers {
		for name, limits := range c.Queues {
			if h.lanes == nil || !strings.EqualFold(name, h.queueName()) {
				continue
			}
			limits.MaxMessages = shareOf(limits.MaxMessages, h.lanes.count)
			limits.MaxBytes = shareOf(limits.MaxBytes, int64(h.lanes.count))
			for lane := range h.lanes.count {
				queues[h.laneName(lane)] = limits
			}
		}
	}
	c.Queues = queues
	return c
}

// shareOf divides a limit, rounding up, so that no limit becomes none.
func shareOf[N int | int64](limit, parts N) N { return (limit + parts - 1) / parts }

func (h Handler) queueName() string {
	if h.queue == "" {
		return dispatch.DefaultQueue
	}
	return h.queue
}

// laneJob is a message in its lane. The message is not done before its job is.
type laneJob struct {
	dispatch.Entry

	incoming *incoming
	message  Message
	key      string
	keys     *laneKeys
}

var _ dispatch.Job = (*laneJob)(nil)

// Failed implements [dispatch.Job].
func (j *laneJob) Failed(inv *dispatch.Invoker, err error) { j.incoming.Failed(inv, err) }

// Rejected implements [dispatch.Job].
func (j *laneJob) Rejected(err error) { j.incoming.Rejected(err) }

// Done implements [dispatch.Job].
func (j *laneJob) Done() {
	j.keys.leave(j.key)
	j.incoming.release()
}

// spread gives the dispatcher the lanes of a handler, and returns what its queue does: it finds the lane of each message.
// routes.changing must be held.
func (b *Bus) spread(h *Handler) func(t dispatch.Turn, batch []*dispatch.Entry) {
	routes, keys, decode := b.laneRoutes(h), b.routes.keysOf(h), h.newDecoder()
	return func(_ dispatch.Turn, batch []*dispatch.Entry) {
		jobs := make([]*dispatch.Entry, 0, len(batch))
		defer func() { b.dispatcher.Dispatch(jobs) }() // also when a key ends the goroutine: what is held must be let go
		for _, e := range batch {
			in := incomingOf(e)
			m, err := in.messageFor(h, decode)
			if err != nil {
				in.unreadable(err)
				continue
			}
			key, err := h.lanes.keyOf(m)
			if err != nil {
				in.handled(h.name, nil, err)
				continue
			}
			lane := routes[keys.enter(key)]
			jobs = append(jobs, in.hold(&laneJob{Entry: dispatch.Entry{Route: lane}, message: m, key: key, keys: keys}))
		}
	}
}

// laneRoutes gives the dispatcher the lanes of a handler, and returns the way into each. routes.changing must be held.
func (b *Bus) laneRoutes(h *Handler) []*dispatch.Route {
	b.routes.spread++ // two handlers may have one name
	routes := make([]*dispatch.Route, h.lanes.count)
	for lane := range routes {
		name := fmt.Sprintf("lane %d of handler %d", lane, b.routes.spread)
		b.dispatcher.Add(name, &dispatch.Invoker{
			Name: h.name, Queue: h.laneName(lane), Serial: h.serial, MaxBatch: h.maxBatch,
			Invoke: func(t dispatch.Turn, batch []*dispatch.Entry) { b.invokeLane(h, t, batch) },
		})
		routes[lane] = b.dispatcher.Resolve(name)
	}
	return routes
}

// keyOf returns the key of a message. A panic on the way to it is the message's own: those that came with it have theirs.
func (l *lanes) keyOf(m Message) (key string, err error) {
	defer func() {
		if value := recover(); value != nil {
			err = dispatch.NewPanicError(value)
		}
	}()
	return l.key(m), nil
}

// hold keeps the message from being done until its job is.
func (in *incoming) hold(job *laneJob) *dispatch.Entry {
	in.remarks.hold(in.epoch)
	job.incoming, job.Job, job.Size = in, job, in.Size
	job.Local = true // what was accepted is not refused at a stop
	return &job.Entry
}

// invokeLane runs the handler on what its lane has.
func (b *Bus) invokeLane(h *Handler, t dispatch.Turn, batch []*dispatch.Entry) {
	messages := make([]Message, len(batch))
	all := make([]*incoming, len(batch))
	for i, e := range batch {
		if job, ok := e.Job.(*laneJob); ok {
			messages[i], all[i] = job.message, job.incoming
		}
	}
	b.run(h, all, messages, newContext(all[0], t))
}
