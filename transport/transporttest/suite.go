package transporttest

import (
	"testing"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

// Features are the abilities in which transports differ, and the hooks by which the suite reaches below them.
type Features struct {
	// EndOfStream says that a transport takes leave of its peers with EndOfStream and waits for their acknowledgement.
	EndOfStream bool

	// SocketLimit says that Options.MaxSockets has an effect.
	SocketLimit bool

	// Reserve returns an endpoint at which the transports of the test may receive, and which nobody else is given until the
	// test ends: what is sent to a peer that has left must not reach another test. Nil for endpoints that only the test has.
	Reserve func(tb testing.TB) (endpoint string)

	// Listen receives at an endpoint without a transport and returns the endpoint. It calls receive with each frame, one
	// at a time, until the test ends. Nil skips the cases that need it.
	Listen func(tb testing.TB, receive func(frame []byte)) (endpoint string)

	// Inject sends one frame to an endpoint without a transport. Frames of one test to one endpoint arrive in order. Nil
	// skips the cases that need it.
	Inject func(tb testing.TB, endpoint string, frame []byte)
}

// Options are what a case asks of a transport. What is zero is up to the implementation, and what it does not have it
// ignores.
type Options struct {
	// Endpoint is where to receive. Empty stands for any that the other transports of the test can reach; the port * for
	// one that is free.
	Endpoint string

	// EndOfStreamAckTimeout is how long Stop waits for peers that do not answer, or do not take what was sent.
	EndOfStreamAckTimeout time.Duration

	SendHighWaterMark         int           // messages that libzmq queues for a peer
	ReceiveHighWaterMark      int           // messages that libzmq queues from a peer
	SendQueueLimit            int           // bytes that may wait for one peer beyond that
	SendRetriesBeforeClosed   int           // failed sends that a peer is forgiven; negative for none
	ClosedAfterSendFailure    time.Duration // how long nothing is tried after too many of them
	ClosedAfterConnectFailure time.Duration // the same after a connection that could not be made
	MaxSockets                int           // the receiving one included
	MaxMessageSize            int           // bytes of a frame
}

// withDefaults makes the durations short: a case that leaves one to the suite does not want to wait for it.
func (o Options) withDefaults() Options {
	const short = 200 * time.Millisecond
	for _, d := range []*time.Duration{&o.EndOfStreamAckTimeout, &o.ClosedAfterSendFailure, &o.ClosedAfterConnectFailure} {
		if *d == 0 {
			*d = short
		}
	}
	return o
}

// A testCase is one promise of the contract.
type testCase struct {
	name  string
	needs func(Features) bool // nil when every transport can do it
	run   func(s *scene)
}

// Run checks a kind of transport. newTransport returns a new one, not started, and fails tb where it cannot.
func Run(t *testing.T, f Features, newTransport func(tb testing.TB, o Options) zebus.Transport) {
	t.Helper()
	groups := map[string][]testCase{
		"life":         lifeCases,
		"delivery":     deliveryCases,
		"persistence":  persistenceCases,
		"peer changes": peerChangeCases,
		"trouble":      troubleCases,
		"raw frames":   rawCases,
		"leave":        leaveCases,
	}
	for group, cases := range groups {
		t.Run(group, func(t *testing.T) {
			for _, c := range cases {
				t.Run(c.name, func(t *testing.T) {
					if c.needs != nil && !c.needs(f) {
						t.Skip("the transport does not announce what this needs")
					}
					c.run(newScene(t, f, newTransport))
				})
			}
		})
	}
}

func needsInject(f Features) bool      { return f.Inject != nil }
func needsSocketLimit(f Features) bool { return f.SocketLimit }

func needsRawEndOfStream(f Features) bool {
	return f.EndOfStream && f.Listen != nil && f.Inject != nil
}
