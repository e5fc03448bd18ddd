package contender

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/zebus-go/zebus/zebus"
	"google.golang.org/grpc"

	"github.com/zebus-go/zebus/bench/messages"
)

// The methods of the service that sinks offer.
const (
	grpcService   = "bench.Sink"
	methodPublish = "/" + grpcService + "/Publish" // an event, answered by an empty message
	methodAsk     = "/" + grpcService + "/Ask"
	methodEvents  = "/" + grpcService + "/Events" // a stream of events
	methodAsks    = "/" + grpcService + "/Asks"   // streams of commands and replies
)

// A grpcCodec lets gRPC carry the messages that the bus carries.
type grpcCodec struct{}

// Name implements encoding.Codec.
func (grpcCodec) Name() string { return "zebus" }

// Marshal implements encoding.Codec.
func (grpcCodec) Marshal(v any) ([]byte, error) {
	m, ok := v.(zebus.Message)
	if !ok {
		return nil, fmt.Errorf("%w: %T is no message", ErrLost, v)
	}
	return encode(m), nil
}

// Unmarshal implements encoding.Codec.
func (grpcCodec) Unmarshal(data []byte, v any) error {
	m, ok := v.(zebus.Message)
	if !ok {
		return fmt.Errorf("%w: %T is no message", ErrLost, v)
	}
	return m.ZebusUnmarshal(data)
}

// A grpcSink is a server.
type grpcSink struct {
	meter    *Meter
	server   *grpc.Server
	listener net.Listener
	served   chan error // one: what Serve returns
}

func newGRPCSink(ctx context.Context, _ Setup, m *Meter) (Part, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &grpcSink{meter: m, server: grpc.NewServer(grpc.ForceServerCodec(grpcCodec{})), listener: listener, served: make(chan error, 1)}
	s.server.RegisterService(s.service(), s)
	go func() { s.served <- s.server.Serve(listener) }() // Close waits for it
	return s, nil
}

// Address implements [Part].
func (s *grpcSink) Address() string { return s.listener.Addr().String() }

// Close implements [Part].
func (s *grpcSink) Close() error {
	s.server.Stop()
	return <-s.served
}

// service is what protoc-gen-go-grpc would write.
func (s *grpcSink) service() *grpc.ServiceDesc {
	return &grpc.ServiceDesc{
		ServiceName: grpcService,
		HandlerType: (*any)(nil),
		Methods: []grpc.MethodDesc{
			{MethodName: "Publish", Handler: s.publish},
			{MethodName: "Ask", Handler: s.ask},
		},
		Streams: []grpc.StreamDesc{
			{StreamName: "Events", ClientStreams: true, Handler: s.events},
			{StreamName: "Asks", ClientStreams: true, ServerStreams: true, Handler: s.asks},
		},
	}
}

func (s *grpcSink) publish(_ any, _ context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) { //nolint:revive // gRPC's order
	evt := new(messages.Tick)
	if err := decode(evt); err != nil {
		return nil, err
	}
	s.meter.Count(len(evt.Body), evt.Sent)
	return new(messages.Answer), nil
}

func (*grpcSink) ask(_ any, _ context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) { //nolint:revive // gRPC's order
	cmd := new(messages.Ask)
	if err := decode(cmd); err != nil {
		return nil, err
	}
	return &messages.Answer{Body: cmd.Body}, nil
}

func (s *grpcSink) events(_ any, stream grpc.ServerStream) error {
	for {
		evt := new(messages.Tick)
		if err := stream.RecvMsg(evt); errors.Is(err, io.EOF) {
			return stream.SendMsg(new(messages.Answer))
		} else if err != nil {
			return err
		}
		s.meter.Count(len(evt.Body), evt.Sent)
	}
}

func (*grpcSink) asks(_ any, stream grpc.ServerStream) error {
	for {
		cmd := new(messages.Ask)
		if err := stream.RecvMsg(cmd); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := stream.SendMsg(&messages.Answer{Body: cmd.Body}); err != nil {
			return err
		}
	}
}
