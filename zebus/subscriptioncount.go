package zebus

import (
	"context"
	"fmt"
	"maps"
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
		counts  map[string]*subscriptionCount // by identity of the subscription
		startup []*ActiveSubscription         // made while the bus was stopped: part of every run until they end
		ofRun   map[*ActiveSubscription]bool  // made in this run, with which they end
		version int                           // of the run; a subscription of another run does nothing
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
	s.mu.ofRun = make(map[*ActiveSubscription]bool)
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

// open begins a run with the subscriptions of the handlers and those made before, and returns them, each once.
func (s *subscriptions) open(ofHandlers []Subscription) []Subscription {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mu.counts = make(map[string]*subscriptionCount)
	s.mu.open = true
	all := ofHandlers
	for _, a := range s.mu.startup {
		all = append(all, a.subscriptions...)
	}
	var distinct []Subscription
	for _, sub := range all {
		if s.changeLocked(sub, 1) {
			distinct = append(distinct, sub)
		}
	}
	return distinct
}

// admit takes in a subscription: into every run from the next on when the bus does not run, else into this run. Into a run that
// is ending nothing is taken any more.
func (s *subscriptions) admit(a *ActiveSubscription, running func() bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.mu.open:
		a.version = s.mu.version
		s.mu.ofRun[a] = true
	case running():
		a.version = noVersion
	default:
		a.startup = true
		s.mu.startup = append(s.mu.startup, a)
	}
}

// noVersion is that of no run.
const noVersion = -1

// dismiss forgets a subscription that ends, for this run and for those to come.
func (s *subscriptions) dismiss(a *ActiveSubscription) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mu.startup = slices.DeleteFunc(s.mu.startup, func(other *ActiveSubscription) bool { return other == a })
	delete(s.mu.ofRun, a)
}

// close ends the run: handles that are still open count for nothing.
func (s *subscriptions) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mu.open = false
	s.mu.version++
	clear(s.mu.counts)
}

// endRun ends the subscriptions that were made in the run which has ended: their handlers are none of the next.
func (s *subscriptions) endRun() {
	s.mu.Lock()
	ended := slices.Collect(maps.Keys(s.mu.ofRun))
	s.mu.Unlock()
	for _, a := range ended {
		a.withdraw()
	}
}

// isOver says whether a subscription was made in a run that has ended, or is about to.
func (s *subscriptions) isOver(a *ActiveSubscription) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.isOverLocked(a)
}

func (s *subscriptions) isOverLocked(a *ActiveSubscription) bool {
	return !a.startup && s.mu.version != a.version
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

// change adds to the counts of every subscription that counts in this run, and returns what the directory must hear.
func (s *subscriptions) change(by int, all ...*ActiveSubscription) []SubscriptionsForType {
	s.mu.Lock()
	defer s.mu.Unlock()
	var types []MessageTypeID
	for _, a := range all {
		if !s.mu.open || s.isOverLocked(a) {
			continue
		}
		for _, sub := range a.subscriptions {
			if s.changeLocked(sub, by) && !slices.Contains(types, sub.Type) {
				types = append(types, sub.Type)
			}
		}
	}
	return s.ofTypesLocked(types)
}

// note makes the route of a type know whether this peer is subscribed to the whole type in a run, as the directory knows.
func (s *subscriptions) note(t MessageTypeID, rs *routes, r *run) {
	rt := rs.find(t)
	if rt == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mu.counts[identity(SubscribeTo(t))] == nil {
		r = nil
	}
	rt.ours.Store(r)
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
