package zebus_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

// register is a register of notes that came to a handler: how often each did.
type register struct {
	t *testing.T

	mu   sync.Mutex
	came map[int32]int
	ids  map[zebus.MessageID]int32 // which note has the ID
}

func newRegister(t *testing.T) *register {
	return &register{t: t, came: map[int32]int{}, ids: map[zebus.MessageID]int32{}}
}

// write is a handler. Each note has the text that goes with its number, and each ID is that of one note.
func (r *register) write(ctx context.Context, n *interop.Note) error {
	id, _ := zebus.MessageIDFrom(ctx)
	from, _ := zebus.OriginatorFrom(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.came[n.Number]++
	if n.Text != mixedText(n.Number) {
		r.t.Errorf("note %d has a text of %d bytes", n.Number, len(n.Text))
	}
	if other, known := r.ids[id]; known && other != n.Number || id.IsZero() {
		r.t.Errorf("notes %d and %d have the ID %s", n.Number, other, id)
	}
	if from.SenderID != "A.0" || *from.InitiatorUserName != fmt.Sprint("user ", n.Number%2) {
		r.t.Errorf("note %d is from %s, of %s", n.Number, from.SenderID, *from.InitiatorUserName)
	}
	r.ids[id] = n.Number
	return nil
}

// wantAll wants each note up to a number, so many times.
func (r *register) wantAll(notes, times int) {
	r.t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	for n := range int32(notes) {
		if r.came[n] != times {
			r.t.Errorf("note %d came %d times, want %d", n, r.came[n], times)
		}
	}
}

// publishNotes publishes notes from a number on, in steps, each of which comes from another user than the one before.
func publishNotes(ctx context.Context, t *testing.T, bus *zebus.Bus, from, to, step int) {
	for n := int32(from); n < int32(to); n += int32(step) {
		ctx := zebus.WithInitiator(ctx, fmt.Sprint("user ", n%2))
		if err := bus.Publish(ctx, &interop.Note{Number: n, Text: mixedText(n)}); err != nil {
			t.Error(err)
		}
	}
}

// garbled is an event with an encoding that is none.
type garbled struct{ interop.PriceChanged }

func (*garbled) ZebusSize() int { return 2 }

func (*garbled) ZebusAppend(b []byte) []byte { return append(b, 0x0a, 0x7f) }

func TestEventsToItself(t *testing.T) {
	inTown(t, "those of several goroutines come whole to every queue, small and large ones", func(t *testing.T, town *town) {
		const notes, goroutines = 2000, 4
		r := newRegister(t)
		bus := town.peer("A.0", zebus.HandleEvent(r.write).OnQueue("one"), zebus.HandleEvent(r.write).OnQueue("two"))
		var publishers sync.WaitGroup
		for from := range goroutines {
			publishers.Go(func() { publishNotes(t.Context(), t, bus, from, notes, goroutines) })
		}
		publishers.Wait()
		synctest.Wait()
		r.wantAll(notes, 2)
	})
	inTown(t, "they come in the order of their sender, to one handler and in batches to the other", func(t *testing.T, town *town) {
		const notes = 1000
		var one, several []int32
		bus := town.peer("A.0",
			zebus.HandleEvent(func(_ context.Context, n *interop.Note) error {
				one = append(one, n.Number)
				return nil
			}).OnQueue("one"),
			zebus.HandleEvents(func(_ context.Context, all []*interop.Note) error {
				for _, n := range all {
					several = append(several, n.Number)
				}
				return nil
			}).OnQueue("several"))
		publishNotes(t.Context(), t, bus, 0, notes, 1)
		synctest.Wait()
		if len(one) != notes || len(several) != notes || !slices.IsSorted(one) || !slices.IsSorted(several) {
			t.Errorf("%d came to the one, in order: %v; %d to the other, in order: %v, want %d each",
				len(one), slices.IsSorted(one), len(several), slices.IsSorted(several), notes)
		}
	})
	inTown(t, "what the sender changes afterwards, or a handler, is nobody else's", func(t *testing.T, town *town) {
		var got []string
		spoil := func(_ context.Context, n *interop.Note) error {
			got = append(got, n.Text)
			n.Text = "spoilt"
			return nil
		}
		bus := town.peer("A.0", zebus.HandleEvent(spoil).Named("one"), zebus.HandleEvent(spoil).Named("other"))
		n := &interop.Note{Text: "as it was"}
		if err := bus.Publish(t.Context(), n); err != nil {
			t.Fatal(err)
		}
		n.Text = "changed"
		synctest.Wait()
		if !slices.Equal(got, []string{"as it was", "as it was"}) {
			t.Errorf("handlers got %q", got)
		}
	})
	inTown(t, "a bus that was started anew has them too", func(t *testing.T, town *town) {
		r := newRegister(t)
		bus := town.peer("A.0", zebus.HandleEvent(r.write))
		for life := range 3 {
			publishNotes(t.Context(), t, bus, life*7, life*7+7, 1) // which fills no block
			if err := errors.Join(bus.Stop(t.Context()), bus.Start(t.Context())); err != nil {
				t.Fatal(err)
			}
		}
		r.wantAll(3*7, 1)
	})
	inTown(t, "who hears of failures is shown the event", func(t *testing.T, town *town) {
		var shown zebus.TransportMessage
		bus := town.start(town.builder("A.0", zebus.HandleEvent(func(context.Context, *interop.Note) error { return errors.New("no") })).
			WithObserver(zebus.Observer{HandlerFailed: func(_ string, m *zebus.TransportMessage, _ error) { shown = *m }}))
		if err := bus.Publish(t.Context(), &interop.Note{Text: "failing"}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		var n interop.Note
		if err := n.ZebusUnmarshal(shown.Content); err != nil || n.Text != "failing" {
			t.Errorf("shown %q, error %v", n.Text, err)
		}
		if shown.ID.IsZero() || shown.Originator.SenderID != "A.0" || shown.Environment == nil || *shown.Environment != "Test" {
			t.Errorf("shown %+v", shown)
		}
	})
	inTown(t, "who hears of what is handled is told of every failure, one after the other", func(t *testing.T, town *town) {
		const events = 40
		failed := 0
		bus := town.start(town.builder("A.0", zebus.HandleEvent(func(_ context.Context, n *interop.Note) error {
			if n.Number%3 == 0 {
				return nil
			}
			return errors.New("no")
		})).WithObserver(zebus.Observer{Handled: func(_ *zebus.MessageType, _ *zebus.TransportMessage, _ zebus.Message, err error) {
			if err != nil {
				failed++
			}
		}}))
		for n := range int32(events) {
			if err := bus.Publish(t.Context(), &interop.Note{Number: n}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		if want := events - (events+2)/3; failed != want {
			t.Errorf("told of %d failures, want %d", failed, want)
		}
	})
	inTown(t, "one of no bytes has an empty content for who looks at it, not none", func(t *testing.T, town *town) {
		var letter zebus.TransportMessage
		var failure *zebus.MessageProcessingFailed
		bus := town.start(town.builder("A.0",
			zebus.HandleEvent(func(context.Context, *interop.Note) error { return errors.New("no") }),
			zebus.HandleEvent(func(_ context.Context, f *zebus.MessageProcessingFailed) error {
				failure = f
				return nil
			})).
			WithErrorPublication(true).
			WithDeadLetters(func(_ context.Context, l zebus.DeadLetter) { letter = *l.Message }))
		if err := bus.Publish(t.Context(), &interop.Note{}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if letter.Content == nil || failure == nil || failure.FailingMessage.Content == nil {
			t.Errorf("dead letter %+v, failure %+v", letter, failure)
		}
	})
	inTown(t, "a handler that chooses looks at what was published, as the directory does", func(t *testing.T, town *town) {
		const market = "caf\xe9" // no text that survives the way
		came := 0
		bus := town.subscriber("A.0").Bus
		_, err := zebus.Subscribe(t.Context(), bus, interop.PriceChangedBinding{Market: zebus.Is(market)}, func(context.Context, *interop.PriceChanged) error {
			came++
			return nil
		})
		if err = errors.Join(err, bus.Publish(t.Context(), &interop.PriceChanged{Market: market})); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if came != 1 {
			t.Errorf("it came %d times, want 1", came)
		}
	})
	inTown(t, "one that nobody can read is told of, also where its handler chooses", func(t *testing.T, town *town) {
		var dropped error
		bus := town.start(town.builder("A.0").WithObserver(zebus.Observer{Dropped: func(_ *zebus.TransportMessage, err error) { dropped = err }}))
		_, err := zebus.Subscribe(t.Context(), bus, interop.PriceChangedBinding{Market: zebus.Is("EU")}, func(context.Context, *interop.PriceChanged) error {
			t.Error("it is handled")
			return nil
		})
		if err = errors.Join(err, bus.Publish(t.Context(), &garbled{interop.PriceChanged{Market: "EU"}})); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if !errors.Is(dropped, zebus.ErrUnreadable) {
			t.Errorf("dropped: %v, want %v", dropped, zebus.ErrUnreadable)
		}
	})
	inTown(t, "the transport hears nothing of them, also where it wants to know what is handled", func(t *testing.T, town *town) {
		carrier := &ackCounter{ackFree: &ackFree{Transport: town.transport()}}
		handled := 0
		bus := town.start(town.builder("A.0", zebus.HandleEvent(func(context.Context, *interop.Note) error {
			handled++
			return nil
		})).WithTransport(carrier))
		if err := bus.Publish(t.Context(), &interop.Note{}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if handled != 1 || carrier.acked != 0 {
			t.Errorf("handled %d, acknowledged %d", handled, carrier.acked)
		}
	})
}
