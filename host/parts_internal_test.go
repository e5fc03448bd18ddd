package host

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/dispatch"
	"github.com/zebus-go/zebus/transport/zmq"
)

func TestPartsGetWhatTheConfigurationSays(t *testing.T) {
	t.Parallel()
	bus := BusConfig{
		DirectoryEndpoints:         []string{"tcp://a:1", "tcp://b:2"},
		RegistrationTimeout:        1 * time.Second,
		FaultedDirectoryRetryDelay: 2 * time.Second,
		DirectorySilenceTimeout:    3 * time.Second,
		PickRandomDirectory:        true,
		MessageBatchSize:           4,
		DispatchMemoryLimit:        5,
		Queues:                     map[string]QueueConfig{"orders": {MessageLimit: 6, MemoryLimit: 7, Policy: "grow"}, "prices": {}},
	}
	zmqs := ZmqConfig{
		InboundEndpoint:                         "tcp://a:*",
		AdvertisedEndpoint:                      "b:1",
		BindAddress:                             "127.0.0.1",
		WaitForEndOfStreamAckTimeout:            1 * time.Second,
		MaxMessageSize:                          2,
		SendQueueLimit:                          3,
		SendHighWatermark:                       4,
		SendTimeout:                             5 * time.Second,
		SendRetriesBeforeSwitchingToClosedState: 6,
		ClosedStateDurationAfterSendFailure:     7 * time.Second,
		ClosedStateDurationAfterConnectFailure:  8 * time.Second,
		RecvHighWatermark:                       9,
		RecvTimeout:                             10 * time.Second,
		MaximumSocketCount:                      11,
		KeepAlive:                               KeepAliveConfig{Enabled: true, Timeout: 12 * time.Second, Interval: 13 * time.Second},
	}
	t.Run("the directory client", func(t *testing.T) {
		t.Parallel()
		want := directory.ClientConfig{
			Endpoints:                  []string{"tcp://a:1", "tcp://b:2"},
			PickRandom:                 true,
			RegistrationTimeout:        1 * time.Second,
			FaultedDirectoryRetryDelay: 2 * time.Second,
			SilenceTimeout:             3 * time.Second,
		}
		if diff := cmp.Diff(want, bus.client(nil)); diff != "" {
			t.Errorf("want -, got +:\n%s", diff)
		}
	})
	t.Run("the queues", func(t *testing.T) {
		t.Parallel()
		want := dispatch.Config{BatchSize: 4, MemoryLimit: 5, Queues: map[string]dispatch.QueueConfig{
			"orders": {MaxMessages: 6, MaxBytes: 7, Policy: dispatch.Grow}, "prices": {},
		}}
		if diff := cmp.Diff(want, bus.dispatch()); diff != "" {
			t.Errorf("want -, got +:\n%s", diff)
		}
	})
	t.Run("the transport", func(t *testing.T) {
		t.Parallel()
		want := zmq.Config{
			InboundEndpoint:           "tcp://a:*",
			AdvertisedEndpoint:        "b:1",
			BindAddress:               "127.0.0.1",
			EndOfStreamAckTimeout:     1 * time.Second,
			MaxMessageSize:            2,
			SendQueueLimit:            3,
			SendHighWaterMark:         4,
			SendTimeout:               5 * time.Second,
			SendRetriesBeforeClosed:   6,
			ClosedAfterSendFailure:    7 * time.Second,
			ClosedAfterConnectFailure: 8 * time.Second,
			ReceiveHighWaterMark:      9,
			ReceiveTimeout:            10 * time.Second,
			MaxSockets:                11,
			KeepAlive:                 zmq.KeepAlive{Idle: 12 * time.Second, Interval: 13 * time.Second},
		}
		if diff := cmp.Diff(want, zmqs.transport(nil)); diff != "" {
			t.Errorf("want -, got +:\n%s", diff)
		}
	})
}

func TestPartsOfADirectoryGetWhatTheConfigurationSays(t *testing.T) {
	t.Parallel()
	c := DirectoryConfig{
		Endpoint:                                 "tcp://a:1",
		PingPeersInterval:                        1 * time.Second,
		MaxAllowedClockDifferenceWhenRegistering: 2 * time.Second,
		BlacklistedMachines:                      []string{"mallory"},
		DisableDynamicSubscriptionsForDirectoryOutgoingMessages: true,
		Zmq: ZmqConfig{SendTimeout: 3 * time.Second},
	}
	want := directory.ServerConfig{
		MaxClockDifference:          2 * time.Second,
		BlacklistedMachines:         []string{"mallory"},
		DisableDynamicSubscriptions: true,
		PingInterval:                1 * time.Second,
	}
	if diff := cmp.Diff(want, c.Server(nil)); diff != "" {
		t.Errorf("Server, want -, got +:\n%s", diff)
	}
	if got := c.Transport(nil); got.InboundEndpoint != "tcp://a:1" || got.SendTimeout != 3*time.Second {
		t.Errorf("Transport = %+v, want it at tcp://a:1 with a send timeout of 3s", got)
	}
}

// For the parts zero is the default: a zero that was meant must not become it.
func TestPartsUnderstandZero(t *testing.T) {
	t.Parallel()
	client := BusConfig{}.client(nil)
	transport := ZmqConfig{}.transport(nil)
	got := map[string]bool{
		"ping_peers_interval":                           DirectoryConfig{}.Server(nil).PingInterval < 0,
		"faulted_directory_retry_delay":                 client.FaultedDirectoryRetryDelay < 0,
		"directory_silence_timeout":                     client.SilenceTimeout < 0,
		"wait_for_end_of_stream_ack_timeout":            transport.EndOfStreamAckTimeout < 0,
		"send_retries_before_switching_to_closed_state": transport.SendRetriesBeforeClosed < 0,
		"closed_state_duration_after_send_failure":      transport.ClosedAfterSendFailure < 0,
		"closed_state_duration_after_connect_failure":   transport.ClosedAfterConnectFailure < 0,
		"maximum_socket_count":                          transport.MaxSockets < 0,
		"keep_alive.timeout":                            transport.KeepAlive.Idle < 0,
		"keep_alive.interval":                           transport.KeepAlive.Interval < 0,
		"keep_alive.enabled":                            transport.KeepAlive.Off,
	}
	for key, none := range got {
		if !none {
			t.Errorf("%s = 0 becomes the default", key)
		}
	}
}
