//go:build cgo

package zmq_test

import (
	"strings"
	"testing"
	"time"

	"github.com/zebus-go/zebus/transport/zmq"
)

func TestConfigIsCheckedAtOnce(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		config zmq.Config
		want   []string // each is in the error; none means no error
	}{
		"the zero Config is good": {zmq.Config{}, nil},
		"negative values stand for zero where that means something": {zmq.Config{
			EndOfStreamAckTimeout: -1, SendRetriesBeforeClosed: -1, ClosedAfterSendFailure: -1, ClosedAfterConnectFailure: -1,
			MaxSockets: -1, KeepAlive: zmq.KeepAlive{Idle: -1, Interval: -1},
		}, nil},
		"an advertised endpoint may leave scheme and port out": {zmq.Config{AdvertisedEndpoint: "gateway.example:*"}, nil},
		"everything that is wrong is reported": {
			zmq.Config{
				InboundEndpoint: "tcp://host", AdvertisedEndpoint: "*:4000", BindAddress: "::1",
				SendHighWaterMark: -1, ReceiveHighWaterMark: -1, SendTimeout: time.Microsecond, ReceiveTimeout: time.Hour,
				MaxSockets: 1, MaxMessageSize: 1 << 28, SendQueueLimit: -1, KeepAlive: zmq.KeepAlive{Idle: 1500 * time.Millisecond, Interval: 1},
			},
			[]string{
				"InboundEndpoint", "AdvertisedEndpoint", "BindAddress", "SendHighWaterMark", "ReceiveHighWaterMark", "SendTimeout",
				"ReceiveTimeout", "MaxSockets", "MaxMessageSize", "SendQueueLimit", "KeepAlive.Idle", "KeepAlive.Interval",
			},
		},
		"a port too large":                                  {zmq.Config{InboundEndpoint: "tcp://*:65536"}, []string{"port 65536 is above 65535"}},
		"an advertised port too large":                      {zmq.Config{AdvertisedEndpoint: "host:65536"}, []string{"port 65536 is not between 1 and 65535"}},
		"an advertised host that stands for all interfaces": {zmq.Config{AdvertisedEndpoint: "0.0.0.0:4000"}, []string{"host 0.0.0.0 tells nobody where to connect"}},
		"an advertised endpoint of IPv6":                    {zmq.Config{AdvertisedEndpoint: "[::1]:4000"}, []string{"AdvertisedEndpoint"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := zmq.New(tc.config)
			if (err != nil) != (tc.want != nil) {
				t.Fatalf("New = %v", err)
			}
			for _, field := range tc.want {
				if !strings.Contains(err.Error(), field) {
					t.Errorf("New says nothing of %s: %v", field, err)
				}
			}
		})
	}
}
