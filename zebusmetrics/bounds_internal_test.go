package zebusmetrics

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/zebus-go/zebus/dispatch"
	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/zebus"
)

func TestBounded(t *testing.T) {
	b := bounded{most: 2}
	for _, tc := range []struct{ name, want string }{
		{"a", "a"}, {"b", "b"}, {"c", otherPeers}, {"a", "a"}, {"d", otherPeers}, {"b", "b"},
	} {
		if got := b.label(tc.name); got != tc.want {
			t.Errorf("label(%s) = %s, want %s", tc.name, got, tc.want)
		}
	}
}

func TestReasons(t *testing.T) {
	for _, tc := range []struct {
		reason func(error) string
		err    error
		want   string
	}{
		{reasonOfDrop, zebus.ErrUnknownType, "unknown_type"},
		{reasonOfDrop, fmt.Errorf("%w: at byte 7", zebus.ErrUnreadable), "unreadable"},
		{reasonOfDrop, &dispatch.LimitError{}, "queue_full"},
		{reasonOfDrop, dispatch.ErrPurged, "purged"},
		{reasonOfDrop, dispatch.ErrStopped, "stopped"},
		{reasonOfDrop, fmt.Errorf("%w: a frame of 200 MB was announced", zebus.ErrTooLarge), "too_large"},
		{reasonOfDrop, transport.ErrZeroID, "bad_frame"},
		{reasonOfDrop, transport.ErrNoType, "bad_frame"},
		{reasonOfDrop, transport.ErrNoSender, "bad_frame"},
		{reasonOfDrop, transport.ErrLongName, "bad_frame"},
		{reasonOfDrop, errors.New("text of the network"), otherReason},
		{reasonOfCommand, &zebus.SendError{To: "A.0", Err: zebus.ErrPeerBusy}, "peer_busy"},
		{reasonOfCommand, fmt.Errorf("no answer: %w", context.DeadlineExceeded), "timeout"},
		{reasonOfCommand, zebus.ErrCommandTimeout, "timeout"},
		{reasonOfCommand, context.Canceled, "canceled"},
		{reasonOfCommand, zebus.Fail(7, "text"), "handler"},
		{reasonOfCommand, errors.New("text"), otherReason},
		{reasonOfHandler, fmt.Errorf("tried 3 times: %w", errors.New("text")), "error"},
		{reasonOfHandler, zebus.Fail(7, "text"), "answer"},
		{reasonOfHandler, zebus.ErrNotReturned, "panic"},
	} {
		if got := tc.reason(tc.err); got != tc.want {
			t.Errorf("%v is %q, want %q", tc.err, got, tc.want)
		}
	}
}

// TestCountingAllocatesNothing holds for what happens once for every message, after the first of its type.
func TestCountingAllocatesNothing(t *testing.T) {
	sent, handlers, commands := newByType("sent", ""), newHandlers(), newCommands()
	of := (*zebus.MessageExecutionCompleted)(nil).ZebusType()
	allocations := testing.AllocsPerRun(100, func() {
		sent.count(of, 2, 100)
		handlers.ran(zebus.HandlerRun{Handler: "Door", Type: of})
		commands.ended(zebus.EndedCommand{Type: of})
	})
	if allocations > 0 {
		t.Errorf("%v allocations per message, want none", allocations)
	}
}
