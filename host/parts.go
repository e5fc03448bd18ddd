package host

import (
	"log/slog"
	"time"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/transport/zmq"
)

// client returns the settings for the directory client.
func (c BusConfig) client(logger *slog.Logger) directory.ClientConfig {
	return directory.ClientConfig{
		Endpoints:                  c.DirectoryEndpoints,
		PickRandom:                 c.PickRandomDirectory,
		RegistrationTimeout:        c.RegistrationTimeout,
		FaultedDirectoryRetryDelay: orNone(c.FaultedDirectoryRetryDelay),
		SilenceTimeout:             orNone(c.DirectorySilenceTimeout),
		Logger:                     logger,
	}
}

// transport returns the settings for the libzmq transport.
func (c ZmqConfig) transport(logger *slog.Logger) zmq.Config {
	return zmq.Config{
		InboundEndpoint:           c.InboundEndpoint,
		AdvertisedEndpoint:        c.AdvertisedEndpoint,
		BindAddress:               c.BindAddress,
		EndOfStreamAckTimeout:     orNone(c.WaitForEndOfStreamAckTimeout),
		SendHighWaterMark:         c.SendHighWatermark,
		ReceiveHighWaterMark:      c.RecvHighWatermark,
		SendTimeout:               c.SendTimeout,
		SendRetriesBeforeClosed:   orNone(c.SendRetriesBeforeSwitchingToClosedState),
		ClosedAfterSendFailure:    orNone(c.ClosedStateDurationAfterSendFailure),
		ClosedAfterConnectFailure: orNone(c.ClosedStateDurationAfterConnectFailure),
		ReceiveTimeout:            c.RecvTimeout,
		MaxSockets:                orNone(c.MaximumSocketCount),
		KeepAlive:                 c.KeepAlive.transport(),
		MaxMessageSize:            int(c.MaxMessageSize),
		SendQueueLimit:            int(c.SendQueueLimit),
		Logger:                    logger,
	}
}

func (c KeepAliveConfig) transport() zmq.KeepAlive {
	return zmq.KeepAlive{Off: !c.Enabled, Idle: orNone(c.Timeout), Interval: orNone(c.Interval)}
}

// orNone says zero as the parts do: there, zero is the default and a negative value is none.
func orNone[T int | time.Duration](v T) T {
	if v == 0 {
		return -1
	}
	return v
}
