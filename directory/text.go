package directory

import (
	"strings"

	"github.com/zebus-go/zebus/zebus"
)

const milliseconds = "2006-01-02T15:04:05.000Z07:00"

// String returns the command for logs: whose it is, of when, and each subscription.
func (m *UpdatePeerSubscriptionsCommand) String() string {
	texts := make([]string, len(m.Subscriptions))
	for i, s := range m.Subscriptions {
		texts[i] = s.String()
	}
	at := "an unknown time"
	if m.TimestampUTC != nil {
		at = m.TimestampUTC.Format(milliseconds)
	}
	return updateText(m.PeerID, at, texts)
}

// String returns the command for logs: whose it is, of when, and each subscription. A type without keys is one that the
// peer does not want any more.
func (m *UpdatePeerSubscriptionsForTypesCommand) String() string {
	var texts []string
	for _, t := range m.SubscriptionsForTypes {
		if len(t.Keys) == 0 {
			texts = append(texts, "no "+t.Type.String())
		}
		for _, key := range t.Keys {
			texts = append(texts, zebus.Subscription{Type: t.Type, Key: key}.String())
		}
	}
	return updateText(m.PeerID, m.TimestampUTC.Format(milliseconds), texts)
}

func updateText(peer zebus.PeerID, at string, subscriptions []string) string {
	return peer.String() + " at " + at + ": " + strings.Join(subscriptions, ", ")
}
