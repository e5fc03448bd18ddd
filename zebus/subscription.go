package zebus

// A Subscription is the wish of a peer to receive messages of one type, narrowed by a binding key.
//
//zebus:message namespace=Abc.Zebus
type Subscription struct {
	Type MessageTypeID `zebus:"1"`
	Key  BindingKey    `zebus:"2"`
}

// SubscribeTo returns the subscription to every message of a type.
func SubscribeTo(t MessageTypeID) Subscription {
	return Subscription{Type: t}
}

// Equal says whether two subscriptions have the same type and the same key.
func (s Subscription) Equal(other Subscription) bool {
	return s.Type == other.Type && s.Key.Equal(other.Key)
}

// Matches says whether a message of the given type and routing content is wanted; see [BindingKey.Matches].
func (s Subscription) Matches(t MessageTypeID, content RoutingContent) bool {
	return s.Type == t && s.Key.Matches(content)
}

// String returns type and key for logs.
func (s Subscription) String() string {
	return string(s.Type) + "(" + s.Key.String() + ")"
}

// SubscriptionsForType lists every binding key that a peer has for one type; none means that the peer does not want
// the type any more.
//
//zebus:message namespace=Abc.Zebus.Directory
type SubscriptionsForType struct {
	Type MessageTypeID `zebus:"1"`
	Keys []BindingKey  `zebus:"2"`
}
