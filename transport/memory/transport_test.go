package memory_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"github.com/zebus-go/zebus/transport/memory"
	"github.com/zebus-go/zebus/transport/transporttest"
	"github.com/zebus-go/zebus/zebus"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestTransport runs the contract of all transports: K01–K12, K14–K16, K18–K24, X11, X12, X28 and X34 by their names.
func TestTransport(t *testing.T) {
	network := memory.NewNetwork()
	var listeners atomic.Int64
	features := transporttest.Features{
		Listen: func(tb testing.TB, receive func([]byte)) string {
			tb.Helper()
			endpoint := fmt.Sprintf("tcp://raw:%d", listeners.Add(1))
			stop, err := network.Listen(endpoint, receive)
			if err != nil {
				tb.Fatal(err)
			}
			tb.Cleanup(stop)
			return endpoint
		},
		Inject: func(tb testing.TB, endpoint string, frame []byte) {
			tb.Helper()
			if err := network.Inject(endpoint, frame); err != nil {
				tb.Error(err)
			}
		},
	}
	transporttest.Run(t, features, func(tb testing.TB, o transporttest.Options) zebus.Transport {
		tb.Helper()
		transport, err := network.NewTransport(memory.Config{
			Endpoint:       o.Endpoint,
			MaxMessageSize: o.MaxMessageSize,
			SendQueueLimit: o.SendQueueLimit,
			StopTimeout:    o.EndOfStreamAckTimeout,
		})
		if err != nil {
			tb.Fatal(err)
		}
		return transport
	})
}
