package zebus_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

func echo(_ context.Context, cmd *interop.Echo) (*interop.EchoReply, error) {
	return &interop.EchoReply{Text: cmd.Text, Number: cmd.Number + 1}, nil
}

func fail(ctx context.Context, cmd *interop.Fail) error {
	switch cmd.Code {
	case 0:
		return nil
	case 1:
		return errors.New(cmd.Text)
	case 2:
		panic(cmd.Text)
	case 3:
		return zebus.Reply(ctx, 456, cmd.Text)
	default:
		return zebus.Fail(int(cmd.Code), "%s", cmd.Text)
	}
}

func heard(context.Context, *interop.Note) error { return nil }

// answering is a handler that replies with a text.
func answering(text string) zebus.Handler {
	return zebus.HandleRequest(func(context.Context, *interop.Echo) (*interop.EchoReply, error) {
		return &interop.EchoReply{Text: text}, nil
	})
}

// stubborn handles a command until the test ends, whatever its context says.
func stubborn(t *testing.T) zebus.Handler {
	t.Helper()
	return zebus.HandleCommand(func(context.Context, *interop.Fail) error {
		<-t.Context().Done() // before the cleanup, which stops the bus
		return nil
	})
}

func wantError(t *testing.T, err, want error, texts ...string) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("error = %v, want %v", err, want)
		return
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("error %q does not say %q", err, text)
		}
	}
}

// wantCommandError wants err to be what a handler reported, and nothing else.
func wantCommandError(t *testing.T, err error, want zebus.CommandError) {
	t.Helper()
	if got, ok := errors.AsType[*zebus.CommandError](err); !ok || *got != want {
		t.Errorf("got %v, want %+v", err, want)
	}
}

// untold is what the sender of a command learns of an error that the handler gave no code, and of a panic.
var untold = zebus.CommandError{Code: zebus.CodeUnknown}
