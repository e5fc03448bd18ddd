package zebus

import (
	"context"
	"errors"
	"fmt"

	"github.com/zebus-go/zebus/dispatch"
)

// A SnapshotSource gives new subscribers of a type what they have missed.
type SnapshotSource struct {
	messageType *MessageType
	make        func(ctx context.Context, subscriber PeerID, key BindingKey) ([]Event, error)
}

// Snapshot makes a source of a function that is called when another peer subscribes to events of type E, once for each
// binding key; what it returns is published to that peer alone. It runs on the default queue, and may wait with its context as a
// handler may.
//
//	zebus.Snapshot[Measured](func(ctx context.Context, subscriber zebus.PeerID, key zebus.BindingKey) ([]zebus.Event, error) {
//		return station.latest(key), nil
//	})
func Snapshot[E any, EP eventPointer[E]](f func(ctx context.Context, subscriber PeerID, key BindingKey) ([]Event, error)) SnapshotSource {
	return SnapshotSource{messageType: EP(nil).ZebusType(), make: f}
}

func (s SnapshotSource) validate() error {
	switch {
	case s.messageType == nil:
		return errors.New("zebus: a zero SnapshotSource was given to WithSnapshots")
	case s.make == nil:
		return fmt.Errorf("zebus: snapshots of %s: no function", s.messageType.ID())
	default:
		return nil
	}
}

// WithSnapshots adds sources of snapshots.
func (b *Builder) WithSnapshots(sources ...SnapshotSource) *Builder {
	b.config.snapshots = append(b.config.snapshots, sources...)
	return b
}

// snapshotJob is the news that a peer subscribed, on its way to a source. It never leaves this peer.
type snapshotJob struct {
	dispatch.Entry

	bus          *Bus
	run          *run
	subscriber   PeerID
	subscription Subscription
	news         TransportMessage // as observers see it
}

var _ dispatch.Job = (*snapshotJob)(nil)

// snapshotRoute is the name under which the dispatcher knows the news about a type.
func snapshotRoute(t MessageTypeID) string { return "snapshot of " + string(t) }

// observe asks the directory for news about the types that have sources, and lets these run on the default queue.
func (b *Bus) observe() {
	types := []MessageTypeID{}
	for _, source := range b.config.snapshots {
		t := source.messageType.ID()
		types = append(types, t)
		b.dispatcher.Add(snapshotRoute(t), &dispatch.Invoker{
			Name: snapshotRoute(t),
			Invoke: func(t dispatch.Turn, batch []*dispatch.Entry) {
				for _, e := range batch {
					if job, ok := e.Job.(*snapshotJob); ok {
						job.publish(job.context(t), source)
					}
				}
			},
		})
	}
	b.config.directory.Observe(types, b.subscribed)
}

// subscribed hands the news on, one for each subscription.
func (b *Bus) subscribed(subscriber PeerID, subs []Subscription) {
	r := b.running.Load()
	if r == nil || subscriber == b.ID() {
		return
	}
	for _, s := range subs {
		job := &snapshotJob{bus: b, run: r, subscriber: subscriber, subscription: s}
		job.begin()
		job.Entry = dispatch.Entry{Route: b.dispatcher.Resolve(snapshotRoute(s.Type)), Job: job, Size: entryOverhead, Local: true}
		b.dispatcher.Dispatch([]*dispatch.Entry{&job.Entry})
	}
}

// context returns what a handler would get: a source that waits with it lends the queue.
func (j *snapshotJob) context(t dispatch.Turn) context.Context {
	in := &incoming{home: &home{run: j.run}, originator: &j.run.originator}
	return newContext(in, t)
}

// publish makes the snapshot and sends it to the subscriber, if that is still there.
func (j *snapshotJob) publish(ctx context.Context, source SnapshotSource) {
	events, err := source.make(ctx, j.subscriber, j.subscription.Key)
	if err != nil {
		j.report(sound(err))
		return
	}
	to, known := j.bus.config.directory.Peer(j.subscriber)
	if !known {
		return
	}
	for _, e := range events {
		if e == nil {
			continue // nothing is nothing, in a list too
		}
		if err := j.bus.PublishTo(ctx, e, to); err != nil {
			j.report(err)
		}
	}
}

func (j *snapshotJob) report(err error) {
	j.bus.config.observer.handlerFailed(snapshotRoute(j.subscription.Type), &j.news, err)
	j.bus.config.logger.Error("snapshot", "message", j.subscription.Type, "peer", j.subscriber, "error", err)
}

// Failed implements [dispatch.Job]: the source panicked.
func (j *snapshotJob) Failed(_ *dispatch.Invoker, err error) { j.report(err) }

// Rejected implements [dispatch.Job].
func (j *snapshotJob) Rejected(err error) { j.report(err) }

// Done implements [dispatch.Job].
func (j *snapshotJob) Done() {
	if finished := j.bus.config.observer.Finished; finished != nil {
		finished(&j.news)
	}
}

// begin shows the news to observers: who counts what the bus has in hand must not miss a snapshot in the making.
func (j *snapshotJob) begin() {
	j.news = TransportMessage{Type: MessageTypeID(snapshotRoute(j.subscription.Type)), Originator: j.run.originator}
	if accepted := j.bus.config.observer.Accepted; accepted != nil {
		accepted(&j.news)
	}
}
