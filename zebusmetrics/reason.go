package zebusmetrics

import (
	"context"
	"errors"

	"github.com/zebus-go/zebus/dispatch"
	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/zebus"
)

// otherReason is the label of errors that are in no table: their texts have no bound.
const otherReason = "other"

// A reason is the label of an error.
type reason struct {
	err   error
	label string
}

const badFrame = "bad_frame"

// drops are the reasons why messages are not handled, and frames not handed up.
var drops = []reason{
	{zebus.ErrUnknownType, "unknown_type"},
	{zebus.ErrUnreadable, "unreadable"},
	{dispatch.ErrStopped, "stopped"},
	{dispatch.ErrPurged, "purged"},
	{transport.ErrOtherEnvironment, "other_environment"},
	{transport.ErrFrame, badFrame},
	{transport.ErrZeroID, badFrame},
	{transport.ErrNoType, badFrame},
	{transport.ErrNoSender, badFrame},
	{transport.ErrLongName, badFrame},
	{zebus.ErrTooLarge, "too_large"},
}

func reasonOfDrop(err error) string {
	if _, full := errors.AsType[*dispatch.LimitError](err); full {
		return "queue_full"
	}
	return labelOf(err, drops)
}

// failures are the reasons why commands have no answer.
var failures = []reason{
	{zebus.ErrNoPeer, "no_peer"},
	{zebus.ErrManyPeers, "many_peers"},
	{zebus.ErrPeerNotResponding, "peer_not_responding"},
	{zebus.ErrPeerBusy, "peer_busy"},
	{zebus.ErrPeerUnreachable, "peer_unreachable"},
	{zebus.ErrPeerGone, "peer_gone"},
	{zebus.ErrPeerRestarted, "peer_restarted"},
	{zebus.ErrTooLarge, "too_large"},
	{zebus.ErrNotRunning, "not_running"},
	{zebus.ErrCommandTimeout, "timeout"},
	{context.DeadlineExceeded, "timeout"},
	{context.Canceled, "canceled"},
}

func reasonOfCommand(err error) string {
	if isAnswer(err) {
		return "handler"
	}
	return labelOf(err, failures)
}

func reasonOfHandler(err error) string {
	switch {
	case errors.Is(err, zebus.ErrNotReturned), errors.Is(err, dispatch.ErrPanic): // the latter where it is retried, or buried
		return "panic"
	case isAnswer(err):
		return "answer"
	default:
		return "error"
	}
}

// isAnswer says whether the error is one that a handler gave as its answer.
func isAnswer(err error) bool {
	_, answer := errors.AsType[*zebus.CommandError](err)
	return answer
}

func labelOf(err error, table []reason) string {
	for _, r := range table {
		if errors.Is(err, r.err) {
			return r.label
		}
	}
	return otherReason
}
