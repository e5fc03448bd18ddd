// Package echo is what the echo service and its client agree on: the messages, and the service's answer to them.
//
//zebus:package namespace=Abc.Echo
package echo

import (
	"context"
	"log/slog"

	"github.com/zebus-go/zebus/zebus"
)

//go:generate go run github.com/zebus-go/zebus/cmd/zebusgen

// EchoCommand asks the echo service to say a text.
//
//zebus:command reply=EchoReply
type EchoCommand struct { //nolint:revive // the name on the wire is that of Zebus's own example
	Msg string `zebus:"1,required"`
}

// EchoReply is the text that was said.
//
//zebus:message
type EchoReply struct { //nolint:revive // as above
	Msg string `zebus:"1,required"`
}

// CodeTooLong is the error code for a text of [MaxBytes] or more.
const CodeTooLong = 10

// MaxBytes is the length from which on a text is too long.
const MaxBytes = 20

// Service says what it is told.
type Service struct {
	Log *slog.Logger
}

// Echo logs the text and replies with it, unless it is too long.
//
//zebus:handler
func (s *Service) Echo(ctx context.Context, cmd *EchoCommand) (*EchoReply, error) {
	if n := len(cmd.Msg); n >= MaxBytes {
		return nil, zebus.Fail(CodeTooLong, "message is too long to be echoed: %d bytes, want less than %d", n, MaxBytes)
	}
	s.Log.InfoContext(ctx, "echo", "msg", cmd.Msg)
	return &EchoReply{Msg: cmd.Msg}, nil
}
