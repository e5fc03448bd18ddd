package zebus_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

// TestKeptContext keeps the context of a handler beyond its end, as a goroutine does that the handler leaves behind. The bus
// uses its memory of a message for later ones; the context must not follow.
func TestKeptContext(t *testing.T) {
	senders := map[string]func(town *town, handler zebus.Handler) zebus.Sender{
		"of a message from another peer": func(town *town, handler zebus.Handler) zebus.Sender {
			town.peer("Svc.0", handler)
			return town.peer("Client.0")
		},
		"of a message that did not leave its peer": func(town *town, handler zebus.Handler) zebus.Sender {
			return town.peer("Svc.0", handler)
		},
		"of a message that ran inline": func(town *town, handler zebus.Handler) zebus.Sender {
			return town.peer("Svc.0", handler.Inline())
		},
	}
	for name, start := range senders {
		inTown(t, "the context "+name+" shows that message for ever, and changes no later one", func(t *testing.T, town *town) {
			var kept []context.Context
			handler := zebus.HandleCommand(func(ctx context.Context, _ *interop.Knock) error {
				kept = append(kept, ctx)
				return zebus.Reply(kept[0], len(kept)-1, "said of the first")
			})
			sender := start(town, handler)
			for i := range 3 {
				user := string(rune('a' + i))
				if err := sender.SendAsync(zebus.WithInitiator(t.Context(), user), &interop.Knock{}).Wait(t.Context()); err != nil {
					t.Errorf("command %d = %v, want the code of no other", i, err)
				}
			}
			seen := map[zebus.MessageID]bool{}
			for i, ctx := range kept {
				id, _ := zebus.MessageIDFrom(ctx)
				again, _ := zebus.MessageIDFrom(ctx)
				o, _ := zebus.OriginatorFrom(ctx)
				if id.IsZero() || seen[id] || id != again || *o.InitiatorUserName != string(rune('a'+i)) {
					t.Errorf("message %d has the ID %s, then %s, and user %s", i, id, again, *o.InitiatorUserName)
				}
				seen[id] = true
			}
		})
	}
}

func TestContextWithDeadline(t *testing.T) {
	inTown(t, "a handler's context ends with the wait of the sender, or else with the handler", func(t *testing.T, town *town) {
		kept := make(chan context.Context, 2)
		svc := town.peer("Svc.0", zebus.HandleCommand(func(ctx context.Context, _ *interop.Knock) error {
			derived, cancel := context.WithTimeout(ctx, time.Hour)
			defer cancel()
			kept <- derived
			kept <- ctx
			<-derived.Done()
			return errors.Join(ctx.Err(), derived.Err())
		}))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := svc.Send(ctx, &interop.Knock{}); err == nil {
			t.Error("Send() = nil, want an error")
		}
		for range 2 {
			end := <-kept
			<-end.Done() // at the moment at which the wait ends, which the sender may notice first
			wantError(t, end.Err(), context.DeadlineExceeded)
		}
	})
	inTown(t, "a context that nobody looked at has ended when its handler has", func(t *testing.T, town *town) {
		kept := make(chan context.Context, 1)
		svc := town.peer("Svc.0", zebus.HandleCommand(func(ctx context.Context, _ *interop.Knock) error {
			kept <- ctx
			return nil
		}))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := svc.Send(ctx, &interop.Knock{}); err != nil {
			t.Fatal(err)
		}
		wantError(t, (<-kept).Err(), context.Canceled)
	})
}

func TestContextsOfMessagesInMemoryThatIsUsedAgain(t *testing.T) {
	var contexts []context.Context
	_, s := benchBus(t, zebus.HandleCommand(func(ctx context.Context, _ *interop.Knock) error {
		contexts = append(contexts, ctx)
		return nil
	}).Inline())
	const rounds, messages = 4, 100
	for round := range rounds {
		batch := received(t, &interop.Knock{})[:messages]
		for i := range batch {
			switch i % 3 {
			case round % 3:
				batch[i].Extensions = &zebus.Extensions{TimeLeft: time.Duration(1+i+messages*round) * time.Hour}
			case (round + 1) % 3: // no less special
				batch[i].Extensions = &zebus.Extensions{TraceParent: "00-1-2-3"}
			}
		}
		s.in.Receive(batch)
	}
	now := time.Now()
	for k, ctx := range contexts {
		round, i := k/messages, k%messages
		until, limited := ctx.Deadline()
		if want := i%3 == round%3; limited != want {
			t.Fatalf("message %d of round %d has a deadline: %t, want %t", i, round, limited, want)
		}
		if left := until.Sub(now); limited && (left > time.Duration(1+k)*time.Hour || left < time.Duration(k)*time.Hour) {
			t.Fatalf("message %d of round %d has %v left", i, round, left)
		}
	}
	if len(contexts) != rounds*messages {
		t.Fatalf("%d messages were handled", len(contexts))
	}
}

// TestContextsOfSeveralSenders takes in messages of many senders in turn, as they come from the network: what contexts of one
// sender share must not reach those of another, nor be made for each message anew.
func TestContextsOfSeveralSenders(t *testing.T) {
	const rounds = 4
	for _, senders := range []int{1, 2, 63, 64, 65, perBatch} {
		t.Run(strconv.Itoa(senders)+" senders: each context says who sent its message, for ever", func(t *testing.T) {
			var contexts []context.Context
			done := make(chan struct{})
			_, s := benchBus(t, zebus.HandleEvent(func(ctx context.Context, _ *interop.Note) error {
				if contexts = append(contexts, ctx); len(contexts) == rounds*perBatch {
					close(done)
				}
				return nil
			}))
			for range rounds {
				s.in.Receive(receivedFrom(t, senders))
			}
			<-done
			for k, ctx := range contexts {
				if o, _ := zebus.OriginatorFrom(ctx); o.SenderID != sender(k%perBatch%senders) {
					t.Fatalf("message %d is from %s", k, o.SenderID)
				}
			}
		})
	}
}

// TestContextsOfIDs takes in messages whose IDs have much in common, as those that one process makes, or nothing.
func TestContextsOfIDs(t *testing.T) {
	kinds := map[string]func(i int) (source byte){
		"all of one source":                        func(int) byte { return 1 },
		"of a sender that is started anew":         func(i int) byte { return byte(i / 20) },
		"of two processes that have the same name": func(i int) byte { return byte(i % 2) },
		"with nothing in common":                   func(i int) byte { return byte(i) },
		"with nothing in common, later":            func(i int) byte { return byte(max(0, i-50)) },
	}
	for name, source := range kinds {
		t.Run("IDs "+name+": each context tells that of its message, for ever", func(t *testing.T) {
			var contexts []context.Context
			done := make(chan struct{})
			_, s := benchBus(t, zebus.HandleEvent(func(ctx context.Context, _ *interop.Note) error {
				if contexts = append(contexts, ctx); len(contexts) == perBatch {
					close(done)
				}
				return nil
			}))
			messages := received(t, &interop.Note{Number: 7})
			for i := range messages {
				messages[i].ID = zebus.MessageID{0: byte(i), 7: 0x10, 8: 0x80, 15: source(i)}
			}
			s.in.Receive(messages)
			<-done
			for i, ctx := range contexts {
				if id, _ := zebus.MessageIDFrom(ctx); id != messages[i].ID {
					t.Fatalf("the context of message %s has ID %s", messages[i].ID, id)
				}
			}
		})
	}
}

// TestLateIDs has a handler with messages whose IDs are made when it asks, and others whose IDs somebody else had made before.
func TestLateIDs(t *testing.T) {
	inTown(t, "all inline handlers of a command see one ID, whoever asks first", func(t *testing.T, town *town) {
		var ids [2][]zebus.MessageID
		see := func(i int, ctx context.Context) {
			id, _ := zebus.MessageIDFrom(ctx)
			ids[i] = append(ids[i], id)
		}
		svc := town.peer("Svc.0",
			zebus.HandleCommand(func(ctx context.Context, cmd *interop.Fail) error {
				if cmd.Code > 1 {
					see(0, ctx)
				}
				return fail(ctx, cmd) // the log says of which message
			}).Inline(),
			zebus.HandleCommand(func(ctx context.Context, _ *interop.Fail) error { see(1, ctx); return nil }).Inline())
		seen := map[zebus.MessageID]bool{{}: true}
		for _, code := range []int32{1, 0, 1, 0, 0, 1, 3, 0, 1, 1, 3} {
			if err := svc.Send(t.Context(), &interop.Fail{Code: code}); (err == nil) != (code == 0) {
				t.Errorf("command with code %d = %v", code, err)
			}
			last := ids[1][len(ids[1])-1]
			if seen[last] || last[8]>>6 != 2 || code == 3 && ids[0][len(ids[0])-1] != last {
				t.Errorf("command with code %d has the ID %s, after %s", code, last, ids[0])
			}
			seen[last] = true
		}
	})
}

func TestContextsOfRuns(t *testing.T) {
	kinds := map[string]func(zebus.Handler) zebus.Handler{
		"on a queue": func(h zebus.Handler) zebus.Handler { return h }, "with something around it": surrounded, "inline": zebus.Handler.Inline,
	}
	for name, with := range kinds {
		t.Run("a handler "+name+" gets contexts of the run in which its message came, also when the bus was started anew", func(t *testing.T) {
			contexts := make(chan context.Context, perBatch)
			bus, s := benchBus(t, with(zebus.HandleEvent(func(ctx context.Context, _ *interop.Note) error {
				contexts <- ctx
				return nil
			})))
			for range 3 {
				s.in.Receive(received(t, &interop.Note{}))
				var ctx context.Context
				for range perBatch {
					if ctx = <-contexts; ctx.Err() != nil {
						t.Fatalf("the context of a message says %v while the bus runs", ctx.Err())
					}
				}
				if err := bus.Stop(t.Context()); err != nil {
					t.Fatal(err)
				}
				if wantError(t, ctx.Err(), context.Canceled); bus.Start(t.Context()) != nil {
					t.Fatal("it does not start again")
				}
			}
		})
	}
}

// TestContextsOnSeveralGoroutines sends commands to an inline handler of the same peer, which runs on the goroutines of all senders.
func TestContextsOnSeveralGoroutines(t *testing.T) {
	const senders, commands = 4, 500
	var mu sync.Mutex
	contexts := map[string][]context.Context{} // by user
	bus, _ := benchBus(t, zebus.HandleCommand(func(ctx context.Context, cmd *interop.Fail) error {
		mu.Lock()
		defer mu.Unlock()
		contexts[cmd.Text] = append(contexts[cmd.Text], ctx)
		return nil
	}).Inline())
	var sending sync.WaitGroup
	for i := range senders {
		sending.Go(func() {
			user := string(sender(i))
			ctx := zebus.WithInitiator(t.Context(), user)
			for range commands {
				if err := bus.Send(ctx, &interop.Fail{Text: user}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	sending.Wait()
	seen := map[zebus.MessageID]bool{}
	for user, all := range contexts {
		for _, ctx := range all {
			o, _ := zebus.OriginatorFrom(ctx)
			id, _ := zebus.MessageIDFrom(ctx)
			if *o.InitiatorUserName != user || seen[id] {
				t.Fatalf("a command of %s has the context of one of %s, with the ID %s", user, *o.InitiatorUserName, id)
			}
			seen[id] = true
		}
	}
	if len(seen) != senders*commands {
		t.Errorf("%d commands were handled", len(seen))
	}
}

// receivedFrom returns a batch of events of that many senders in turn.
func receivedFrom(tb testing.TB, senders int) []zebus.TransportMessage {
	tb.Helper()
	messages := received(tb, &interop.Note{Number: 7})
	for i := range messages {
		messages[i].Originator.SenderID = sender(i % senders)
	}
	return messages
}

// sender returns the ID of one of several senders.
func sender(i int) zebus.PeerID { return zebus.PeerID("Sender." + strconv.Itoa(i)) }

func TestContextOfAMessage(t *testing.T) {
	inTown(t, "T14 sending, sending to a peer, publishing and replying work on the message that the context is of", func(t *testing.T, town *town) {
		var got []string
		hear := func(what string) func(ctx context.Context) {
			return func(ctx context.Context) {
				o, _ := zebus.OriginatorFrom(ctx)
				got = append(got, what+" by "+string(o.SenderID)+" for "+*o.InitiatorUserName)
			}
		}
		end := town.peer("End.0",
			zebus.HandleCommand(func(ctx context.Context, _ *interop.Knock) error { hear("knock")(ctx); return nil }),
			zebus.HandleEvent(func(ctx context.Context, _ *interop.Note) error { hear("note")(ctx); return nil }))
		var relay *zebus.Bus
		relay = town.peer("Relay.0", zebus.HandleCommand(func(ctx context.Context, _ *interop.Fail) error {
			to := zebus.Peer{ID: end.ID(), Endpoint: end.Endpoint(), Responding: true}
			return errors.Join(relay.Send(ctx, &interop.Knock{}), relay.SendTo(ctx, &interop.Knock{}, to),
				relay.Publish(ctx, &interop.Note{}), zebus.Reply(ctx, 7, "done"))
		}))
		err := town.peer("Client.0").Send(zebus.WithInitiator(t.Context(), "ann"), &interop.Fail{})
		wantCommandError(t, err, zebus.CommandError{Code: 7, Message: "done"})
		synctest.Wait()
		want := []string{"knock by Relay.0 for ann", "knock by Relay.0 for ann", "note by Relay.0 for ann"}
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}
