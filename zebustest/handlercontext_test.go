package zebustest_test

import (
	"testing"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
	"github.com/zebus-go/zebus/zebustest"
)

func TestHandlerContext(t *testing.T) {
	m := zebustest.Envelope("Client.0", &interop.Echo{Text: "x"})
	ctx, answer := zebustest.HandlerContext(t.Context(), m)
	if o, ok := zebus.OriginatorFrom(ctx); !ok || o.SenderID != "Client.0" {
		t.Errorf("originator %v, %t", o, ok)
	}
	if id, ok := zebus.MessageIDFrom(ctx); !ok || id != m.ID {
		t.Errorf("ID %v, %t", id, ok)
	}
	if code, text := answer(); code != 0 || text != "" {
		t.Errorf("answered %d %q before the handler did", code, text)
	}
	if err := zebus.Reply(ctx, 7, "seven"); err != nil {
		t.Error(err)
	}
	if code, text := answer(); code != 7 || text != "seven" {
		t.Errorf("answered %d %q, want 7 seven", code, text)
	}
}
