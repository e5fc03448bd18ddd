package directory_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/zebus"
)

func TestUpdatesAreReadable(t *testing.T) {
	at := time.Date(2024, 3, 15, 13, 45, 30, 123_456_700, time.UTC)
	taken, shipped := zebus.MessageTypeID("Shop.OrderTaken"), zebus.MessageTypeID("Shop.OrderShipped")
	tests := map[string]struct {
		update fmt.Stringer
		want   string
	}{
		"D12 an update prints peer, time with milliseconds and each subscription": {
			&directory.UpdatePeerSubscriptionsCommand{
				PeerID: "Shop.0", TimestampUTC: &at,
				Subscriptions: []zebus.Subscription{{Type: taken, Key: zebus.Key("FR", "*")}, zebus.SubscribeTo(shipped)},
			},
			"Shop.0 at 2024-03-15T13:45:30.123Z: Shop.OrderTaken(FR.*), Shop.OrderShipped(#)",
		},
		"D12 so does one for types": {
			&directory.UpdatePeerSubscriptionsForTypesCommand{
				PeerID: "Shop.0", TimestampUTC: at,
				SubscriptionsForTypes: []zebus.SubscriptionsForType{
					{Type: taken, Keys: []zebus.BindingKey{zebus.Key("FR", "*"), zebus.Key("BE", "*")}}, {Type: shipped},
				},
			},
			"Shop.0 at 2024-03-15T13:45:30.123Z: Shop.OrderTaken(FR.*), Shop.OrderTaken(BE.*), no Shop.OrderShipped",
		},
		"one of an old peer may have no time": {
			&directory.UpdatePeerSubscriptionsCommand{PeerID: "Shop.0"}, "Shop.0 at an unknown time: ",
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tc.update.String(); got != tc.want {
				t.Errorf("%s, want %s", got, tc.want)
			}
		})
	}
}
