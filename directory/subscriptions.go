package directory

import "github.com/zebus-go/zebus/zebus"

// updated returns what a peer wants after an update of some types.
func updated(subs []zebus.Subscription, types []zebus.SubscriptionsForType) []zebus.Subscription {
	listed := make(map[zebus.MessageTypeID]bool, len(types))
	for _, t := range types {
		listed[t.Type] = true
	}
	var next []zebus.Subscription
	for _, sub := range subs {
		if !listed[sub.Type] {
			next = append(next, sub)
		}
	}
	for _, t := range types {
		for _, key := range t.Keys {
			next = append(next, zebus.Subscription{Type: t.Type, Key: key})
		}
	}
	return next
}

// added returns what an update adds to the subscriptions that there were.
func added(were []zebus.Subscription, update []zebus.SubscriptionsForType) []zebus.Subscription {
	return without(updated(nil, update), were)
}

// without returns the subscriptions that are not among others.
func without(subs, others []zebus.Subscription) []zebus.Subscription {
	among := make(map[string]bool, len(others))
	for _, sub := range others {
		among[identity(sub)] = true
	}
	var rest []zebus.Subscription
	for _, sub := range subs {
		if !among[identity(sub)] {
			rest = append(rest, sub)
		}
	}
	return rest
}

// identity tells subscriptions apart.
func identity(sub zebus.Subscription) string {
	return string(sub.ZebusAppend(nil))
}
