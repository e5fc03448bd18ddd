package zebustest

import (
	"context"

	"github.com/zebus-go/zebus/zebus"
)

// A Script says how a fake answers the commands of one type: see [Reply], [Accept], [Network.Script] and [NewRecorder].
type Script struct {
	handler zebus.Handler
	answer  func(zebus.Command) (zebus.Message, error)
}

type commandPointer[C any] interface {
	*C
	zebus.Command
}

type messagePointer[M any] interface {
	*M
	zebus.Message
}

// Reply answers commands with what f returns: a reply, or an error, of which the sender learns what [zebus.Fail] put
// into it.
//
//	zebustest.Reply(func(*CheckStock) (*Stock, error) { return &Stock{Count: 3}, nil })
func Reply[C, R any, CP commandPointer[C], RP messagePointer[R]](f func(CP) (RP, error)) Script {
	return Script{
		handler: zebus.HandleRequest[C, R, CP, RP](func(_ context.Context, cmd CP) (RP, error) { return f(cmd) }),
		answer: func(cmd zebus.Command) (zebus.Message, error) {
			reply, err := f(cmd.(CP)) //nolint:forcetypeassert // found by its type
			if reply == nil {
				return nil, err // a typed nil must not become a reply
			}
			return reply, err
		},
	}
}

// Accept answers commands that have no reply: by having been done, or with an error.
func Accept[C any, CP commandPointer[C]](f func(CP) error) Script {
	return Script{
		handler: zebus.HandleCommand[C, CP](func(_ context.Context, cmd CP) error { return f(cmd) }),
		answer: func(cmd zebus.Command) (zebus.Message, error) {
			return nil, f(cmd.(CP)) //nolint:forcetypeassert // found by its type
		},
	}
}
