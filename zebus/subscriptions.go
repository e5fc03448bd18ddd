package zebus

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// subscriptions counts who wants what in this run of the bus. The directory is told of a subscription when its count
// leaves zero and when it comes back to it, and always of every key of the type.
type subscriptions struct {
	// updating holds a token while no update is under way. Updates go one after the other, because each tells the
	// directory the state of its moment; it is no mutex, because who waits for it may give up.
	updating chan struct{}

	mu struct {
		sync.Mutex
		counts  map[string]*subscriptionCount // by key of the subscription
		version int                           // of the run; a handle of another run does nothing
		open    bool
	}
}

type subscriptionCount struct {
	subscription Subscription
	count        int
}

func newSubscriptions() *subscriptions {
	s := &subscriptions{updating: make(chan struct{}, 1)}
	s.endUpdate()
	return s
}

func (s *subscriptions) beginUpdate(ctx context.Context) error {
	select {
	case <-s.updating:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *subscriptions) endUpdate() { s.updating <- struct{}{} }

// identity tells subscriptions apart: no text of a part can contain the separator twice by chance.
func identity(s Subscription) string {
	var id strings.Builder
	fmt.Fprintf(&id, "%q", string(s.Type))
	for _, part := range s.Key.Parts {
		fmt.Fprintf(&id, " %q", part)
	}
	return id.String()
}

// open begins a run with the subscriptions of the handlers and returns them, each once.
func (s *subscriptions) open(startup []Subscription) []Subscription {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mu.counts = make(map[string]*subscriptionCount)
	s.mu.open = true
	var distinct []Subscription
	for _, sub := range startup {
		if s.changeLocked(sub, 1) {
			distinct = append(distinct, sub)
		}
	}
	return distinct
}

// close ends the run: handles that are still open count for nothing.
func (s *subscriptions) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mu.open = false
	s.mu.version++
	clear(s.mu.counts)
}

// changeLocked adds to the count of a subscription and says whether it left or reached zero. s.mu must be held.
func (s *subscriptions) changeLocked(sub Subscription, by int) bool {
	id := identity(sub)
	c := s.mu.counts[id]
	if c == nil {
		c = &subscriptionCount{subscription: sub}
		s.mu.counts[id] = c
	}
	before := c.count
	c.count += by
	if c.count == 0 {
		delete(s.mu.counts, id)
	}
	return (before == 0) != (c.count == 0)
}

// change adds to the counts of all subs, in the run of the given version, and returns what the directory must hear.
func (s *subscriptions) change(subs []Subscription, by, version int) []SubscriptionsForType {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.mu.open || s.mu.version != version {
		return nil
	}
	var types []MessageTypeID
	for _, sub := range subs {
		if s.changeLocked(sub, by) && !slices.Contains(types, sub.Type) {
			types = append(types, sub.Type)
		}
	}
	return s.ofTypesLocked(types)
}

// ofTypesLocked lists every key of each type, in an order that does not depend on the map. s.mu must be held.
func (s *subscriptions) ofTypesLocked(types []MessageTypeID) []SubscriptionsForType {
	list := make([]SubscriptionsForType, len(types))
	for i, t := range types {
		list[i].Type = t
		for _, c := range s.mu.counts {
			if c.subscription.Type == t {
				list[i].Keys = append(list[i].Keys, c.subscription.Key)
			}
		}
		slices.SortFunc(list[i].Keys, func(a, b BindingKey) int { return slices.Compare(a.Parts, b.Parts) })
	}
	return list
}

func (s *subscriptions) currentVersion() (version int, open bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mu.version, s.mu.open
}

// startupSubscriptions are those of the handlers.
func (b *Bus) startupSubscriptions() []Subscription {
	var subs []Subscription
	for _, h := range b.config.handlers {
		subs = append(subs, h.subscriptions(b.ID())...)
	}
	return subs
}

// ActiveSubscription is a subscription made while the bus runs, until it is closed or the bus stops.
type ActiveSubscription struct {
	bus     *Bus
	subs    []Subscription
	version int
	once    sync.Once
}

// Subscribe makes the peer receive what subs say, from the moment at which every other peer has heard of it: shortly
// after Subscribe has returned. Each type must have a handler. What is subscribed already is counted, and the directory
// hears of it once.
func (b *Bus) Subscribe(ctx context.Context, subs ...Subscription) (*ActiveSubscription, error) {
	version, open := b.subscriptions.currentVersion()
	if !open {
		return nil, ErrNotRunning
	}
	if err := b.handlesAll(subs); err != nil {
		return nil, err
	}
	a := &ActiveSubscription{bus: b, subs: slices.Clone(subs), version: version}
	if err := b.updateSubscriptions(ctx, a, 1); err != nil {
		return nil, err
	}
	return a, nil
}

// Close ends the subscription; closing it again does nothing. It waits for the directory like [Bus.Subscribe]. After
// the bus has stopped there is nothing to end.
func (a *ActiveSubscription) Close(ctx context.Context) (err error) {
	a.once.Do(func() { err = a.bus.updateSubscriptions(ctx, a, -1) })
	return err
}

func (b *Bus) handlesAll(subs []Subscription) error {
	for _, s := range subs {
		if b.routes.byType[s.Type] == nil {
			return fmt.Errorf("subscribe to %s: %w", s.Type, ErrUnknownType)
		}
	}
	return nil
}

// updateSubscriptions counts and tells the directory, one update after the other.
func (b *Bus) updateSubscriptions(ctx context.Context, a *ActiveSubscription, by int) error {
	back, err := lendTurn(ctx)
	if err != nil {
		return err
	}
	defer back()
	if err := b.subscriptions.beginUpdate(ctx); err != nil {
		return err
	}
	defer b.subscriptions.endUpdate()
	changed := b.subscriptions.change(a.subs, by, a.version)
	if len(changed) == 0 {
		return nil
	}
	if err := b.config.directory.Update(ctx, changed); err != nil {
		return fmt.Errorf("update the subscriptions of %s: %w", b.ID(), err)
	}
	return nil
}
