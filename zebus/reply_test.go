package zebus_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"testing"
	"time"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

// A replying is a handler that answers by Reply. wait is a wait of a second inside the bus.
type replying func(ctx context.Context, code int, wait func(context.Context) error) error

func reply(ctx context.Context, code int) error {
	return zebus.Reply(ctx, code, fmt.Sprint("said ", code))
}

// replies are the ways to answer that must count.
var replies = map[string]replying{
	"before it waits": func(ctx context.Context, code int, wait func(context.Context) error) error {
		return errors.Join(reply(ctx, code), wait(ctx))
	},
	"after it has waited": func(ctx context.Context, code int, wait func(context.Context) error) error {
		return errors.Join(wait(ctx), reply(ctx, code))
	},
	"before and after, of which the later one counts": func(ctx context.Context, code int, wait func(context.Context) error) error {
		return errors.Join(reply(ctx, code+1000), wait(ctx), wait(ctx), reply(ctx, code))
	},
	"on another goroutine, while it waits": func(ctx context.Context, code int, wait func(context.Context) error) error {
		said := make(chan error, 1)
		go func() {
			<-time.After(time.Second / 2) // of the bubble: the wait has begun, and others may run
			said <- reply(ctx, code)
		}()
		return errors.Join(wait(ctx), <-said)
	},
	"on another goroutine, for which it waits with its turn": func(ctx context.Context, code int, wait func(context.Context) error) error {
		said := make(chan error)
		go func() { said <- reply(ctx, code) }()
		return errors.Join(<-said, wait(ctx))
	},
	"on another goroutine, that waits as well": func(ctx context.Context, code int, wait func(context.Context) error) error {
		said := make(chan error)
		go func() { said <- errors.Join(wait(ctx), reply(ctx, code), wait(ctx)) }()
		return errors.Join(wait(ctx), <-said)
	},
	"with a context that is derived from its own": func(ctx context.Context, code int, wait func(context.Context) error) error {
		derived, cancel := context.WithTimeout(context.WithoutCancel(zebus.WithInitiator(ctx, "ann")), time.Hour)
		defer cancel()
		return errors.Join(wait(derived), reply(derived, code))
	},
	"when it is about to return": func(ctx context.Context, code int, wait func(context.Context) error) (err error) {
		defer func() { err = errors.Join(err, reply(ctx, code)) }()
		return wait(ctx)
	},
}

// repliers are the kinds of handlers.
var repliers = map[string]func(zebus.Handler) zebus.Handler{
	"on a queue":                  func(h zebus.Handler) zebus.Handler { return h },
	"that is serial":              zebus.Handler.Serial,
	"inline":                      zebus.Handler.Inline,
	"in a lane":                   func(h zebus.Handler) zebus.Handler { return h.Concurrency(2, byTextOfFail) },
	"with something around it":    surrounded,
	"serial, something around it": func(h zebus.Handler) zebus.Handler { return surrounded(h).Serial() },
}

func byTextOfFail(m zebus.Message) string { return m.(*interop.Fail).Text }

func surrounded(h zebus.Handler) zebus.Handler {
	return h.Around(func(ctx context.Context, batch []zebus.Message, invoke zebus.Invoke) (zebus.Message, error) {
		return invoke(ctx, batch)
	})
}

// triedAgain puts a first try of every message, which answers and fails, before those of a handler.
func triedAgain(h zebus.Handler) zebus.Handler {
	tried := map[zebus.MessageID]bool{}
	first := h.Around(func(ctx context.Context, batch []zebus.Message, invoke zebus.Invoke) (zebus.Message, error) {
		if id, _ := zebus.MessageIDFrom(ctx); !tried[id] {
			tried[id] = true
			return nil, errors.Join(errors.New("at first"), reply(ctx, 1))
		}
		return invoke(ctx, batch)
	})
	return first.Retry(zebus.RetryPolicy{Attempts: 1})
}

func TestReply(t *testing.T) {
	kinds := maps.Clone(repliers)
	kinds["that is tried again"] = triedAgain
	for kind, with := range kinds {
		for how, f := range replies {
			inTown(t, "T14 what a handler "+kind+" says "+how+" is the answer to its command", func(t *testing.T, town *town) {
				town.peer("Wait.0", zebus.HandleCommand(func(context.Context, *interop.Knock) error {
					<-time.After(time.Second)
					return nil
				}))
				var svc *zebus.Bus
				wait := func(ctx context.Context) error {
					if err := svc.Send(ctx, &interop.Knock{}); !errors.Is(err, zebus.ErrInlineWait) {
						return err
					}
					return nil
				}
				svc = town.peer("Svc.0", with(zebus.HandleCommand(func(ctx context.Context, cmd *interop.Fail) error {
					return f(ctx, int(cmd.Code), wait)
				})))
				wantReplies(t, town.peer("Client.0"))
				wantReplies(t, svc)
			})
		}
	}
}

// wantReplies sends several commands at a time, some with a deadline, and wants each to be answered by its own code.
func wantReplies(t *testing.T, from *zebus.Bus) {
	t.Helper()
	limited, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	var pending []*zebus.Pending
	for code := range int32(6) {
		ctx := t.Context()
		if code%3 == 0 {
			ctx = limited
		}
		pending = append(pending, from.SendAsync(ctx, &interop.Fail{Code: 2 + code, Text: strconv.Itoa(int(code % 2))}))
	}
	for code, p := range pending {
		wantCommandError(t, p.Wait(t.Context()), zebus.CommandError{Code: 2 + code, Message: fmt.Sprint("said ", 2+code)})
	}
}

// TestReplyOfAGoroutineLeftBehind lets goroutines speak of a command that is over, while the next ones run.
func TestReplyOfAGoroutineLeftBehind(t *testing.T) {
	for kind, with := range repliers {
		inTown(t, "what a goroutine says that a handler "+kind+" left behind is said of no other command", func(t *testing.T, town *town) {
			over := make(chan struct{})
			svc := town.peer("Svc.0", with(zebus.HandleCommand(func(ctx context.Context, cmd *interop.Fail) error {
				if cmd.Code > 2 {
					<-time.After(time.Second)
					return nil
				}
				go func() {
					<-over
					for range 100 {
						_ = reply(ctx, 99)
						<-time.After(100 * time.Millisecond)
					}
				}()
				return nil
			})))
			if err := svc.SendAsync(t.Context(), &interop.Fail{Code: 2, Text: "1"}).Wait(t.Context()); err != nil {
				t.Error(err)
			}
			close(over)
			for code := range int32(5) {
				if err := svc.SendAsync(t.Context(), &interop.Fail{Code: 3 + code, Text: "1"}).Wait(t.Context()); err != nil {
					t.Errorf("command %d = %v", code, err)
				}
			}
			<-time.After(time.Minute) // until nobody speaks any more
		})
	}
}
