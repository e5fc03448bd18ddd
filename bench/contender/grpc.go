package contender

import (
	"context"
	"errors"
	"sync"

	"github.com/zebus-go/zebus/zebus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/zebus-go/zebus/bench/messages"
)

// grpcUnary is gRPC with a call per message.
func grpcUnary() Contender {
	return Contender{
		Name:      GRPCUnary,
		About:     "gRPC-Go, a call per message, the same messages through a codec of their own",
		NewSink:   newGRPCSink,
		NewSource: newUnarySource,
	}
}

// grpcStream is gRPC with streams that stay open.
func grpcStream() Contender {
	return Contender{
		Name:      GRPCStream,
		About:     "gRPC-Go, one stream to each peer, the same messages through a codec of their own",
		NewSink:   newGRPCSink,
		NewSource: newStreamSource,
	}
}

// A grpcSource has a connection to each sink.
type grpcSource struct {
	conns []*grpc.ClientConn
}

func dialGRPC(s Setup) (*grpcSource, error) {
	g := &grpcSource{}
	for _, address := range s.Sinks {
		c, err := grpc.NewClient("passthrough:"+address,
			grpc.WithTransportCredentials(insecure.NewCredentials()),
			grpc.WithDefaultCallOptions(grpc.ForceCodec(grpcCodec{})))
		if err != nil {
			return nil, errors.Join(err, g.Close())
		}
		g.conns = append(g.conns, c)
	}
	return g, nil
}

// Address implements [Part].
func (*grpcSource) Address() string { return "" }

// Close implements [Part].
func (g *grpcSource) Close() (err error) {
	for _, c := range g.conns {
		err = errors.Join(err, c.Close())
	}
	return err
}

// A unarySource calls a method for each message. An event is published when its call has returned.
type unarySource struct{ *grpcSource }

func newUnarySource(_ context.Context, s Setup) (Source, error) {
	g, err := dialGRPC(s)
	return unarySource{g}, err
}

// Publish implements [Source].
func (u unarySource) Publish(ctx context.Context, evt zebus.Event) error {
	for _, c := range u.conns {
		if err := c.Invoke(ctx, methodPublish, evt, new(messages.Answer)); err != nil {
			return err
		}
	}
	return nil
}

// Flush implements [Source].
func (unarySource) Flush(context.Context) error { return nil }

// Request implements [Source].
func (u unarySource) Request(ctx context.Context, cmd *messages.Ask) error {
	return u.conns[0].Invoke(ctx, methodAsk, cmd, new(messages.Answer))
}

// Ask implements [Source], with a goroutine for each command under way: gRPC has no other calls.
func (u unarySource) Ask(ctx context.Context, cmd *messages.Ask, n, window int) error {
	var wg sync.WaitGroup
	errs := make([]error, window)
	for i := range window {
		share := n / window
		if i < n%window {
			share++
		}
		wg.Go(func() {
			for range share {
				if errs[i] = u.Request(ctx, cmd); errs[i] != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// A streamSource has a stream of events to each sink, and one of commands to the first.
type streamSource struct {
	*grpcSource

	events []grpc.ClientStream
	asks   grpc.ClientStream
	end    context.CancelFunc // of the streams
}

func newStreamSource(ctx context.Context, s Setup) (Source, error) {
	g, err := dialGRPC(s)
	if err != nil {
		return nil, err
	}
	ctx, end := context.WithCancel(ctx)
	source := &streamSource{grpcSource: g, end: end}
	for _, c := range g.conns {
		events, err := c.NewStream(ctx, &grpc.StreamDesc{ClientStreams: true}, methodEvents)
		if err != nil {
			return nil, errors.Join(err, source.Close())
		}
		source.events = append(source.events, events)
	}
	source.asks, err = g.conns[0].NewStream(ctx, &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}, methodAsks)
	return source, err
}

// Publish implements [Source].
func (s *streamSource) Publish(_ context.Context, evt zebus.Event) error {
	for _, stream := range s.events {
		if err := stream.SendMsg(evt); err != nil {
			return err
		}
	}
	return nil
}

// Flush implements [Source].
func (*streamSource) Flush(context.Context) error { return nil }

// Request implements [Source].
func (s *streamSource) Request(_ context.Context, cmd *messages.Ask) error {
	return errors.Join(s.asks.SendMsg(cmd), s.asks.RecvMsg(new(messages.Answer)))
}

// Ask implements [Source].
func (s *streamSource) Ask(_ context.Context, cmd *messages.Ask, n, window int) error {
	idle := func() error { return nil } // gRPC keeps nothing back
	return overlap(n, window, func() error { return s.asks.SendMsg(cmd) }, idle, func() error { return s.asks.RecvMsg(new(messages.Answer)) })
}

// Close implements [Part].
func (s *streamSource) Close() error {
	s.end()
	return s.grpcSource.Close()
}
