//go:build cgo

package host_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/zebus-go/zebus/examples/echo"
	"github.com/zebus-go/zebus/host"
	"github.com/zebus-go/zebus/zebus"
)

// What bus.toml says of the publication of errors reaches the bus.
func TestErrorPublicationIsConfigured(t *testing.T) {
	t.Parallel()
	for _, on := range []bool{true, false} {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		config := local("Abc.Echo.0", startDirectory(t))
		config.Bus.EnableErrorPublication = on
		published := make(chan string, 1)
		builder, err := host.NewBuilder(config)
		if err != nil {
			t.Fatal(err)
		}
		bus, err := builder.WithHandlers(
			zebus.HandleRequest(func(context.Context, *echo.EchoCommand) (*echo.EchoReply, error) { return nil, errors.New("boom") }),
			zebus.HandleEvent(func(_ context.Context, e *zebus.MessageProcessingFailed) error {
				published <- e.ExceptionMessage
				return nil
			}).Inline(),
		).Build()
		if err != nil {
			t.Fatal(err)
		}
		if err := bus.Start(ctx); err != nil {
			t.Fatal(err)
		}
		if err := bus.Send(ctx, &echo.EchoCommand{Msg: "x"}); err == nil {
			t.Error("Send() succeeded")
		}
		if err := bus.Stop(ctx); err != nil {
			t.Error(err)
		}
		if got := len(published) == 1; got != on {
			t.Errorf("enable_error_publication=%t: published %t", on, got)
		}
	}
}
