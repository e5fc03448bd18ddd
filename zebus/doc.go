// Package zebus is a brokerless service bus: peers register what they handle with a directory and then send commands
// and events straight to each other.
//
// A [Bus] is one peer. It is built from a [Transport], which carries messages, a [Directory], which knows who handles
// them, and the [Handler] values of the service; package host assembles the usual set.
//
//	bus, err := zebus.NewBuilder("Acme.Echo.0").
//		WithTransport(transport).
//		WithDirectory(directory).
//		WithHandlers(service.Handlers()...).
//		Build()
//
// A [Command] goes to the one peer that handles it and is always answered: [Bus.Send] waits for it to be done,
// [Request] for its reply, and [Bus.SendAsync] for nothing. An [Event] goes to every peer that subscribed to it:
// [Bus.Publish]. What the other side reports is a [*CommandError]; what went wrong on the way is one of the errors of
// this package.
//
// Handlers run on named queues, one at a time on each, in the order in which each sender sent. A handler may send,
// wait for a reply, publish what it handles itself, and subscribe. While it waits with the context it was given, its
// queue goes on with the next message, so a handler must expect that others ran meanwhile; [Handler.Serial] turns that
// off.
//
// Delivery is at most once. A command that cannot reach its peer fails its sender with the reason as soon as it is known,
// and every pending command ends. An event that does not arrive is reported to the [Observer]. For peers that are
// persistent, the persistence keeps what they miss.
//
// Messages are structs annotated for zebusgen, which writes their wire code; package wire has the rules.
package zebus

//go:generate go run github.com/zebus-go/zebus/cmd/zebusgen
