package zebus_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

func TestSubscribe(t *testing.T) {
	inTown(t, "I03 I04 I05 I07 I09 I11 I12 the directory hears of each type that changed, with every key it has now", func(t *testing.T, town *town) {
		s := town.subscriber("A.0")
		eu := s.to(prices("EU", "*"))
		s.want("first key", "PriceChanged: EU.*")
		us := s.to(prices("US", "7"))
		s.want("second key", "PriceChanged: EU.* US.7")
		notes := s.to(zebus.SubscribeTo(notesType))
		s.want("another type", "Note: #")
		three := s.to(prices("a", "1"), prices("b", "2"), prices("c", "3"))
		s.want("three keys", "PriceChanged: EU.* US.7 a.1 b.2 c.3")
		s.stop(three)
		s.want("three keys less", "PriceChanged: EU.* US.7")
		s.stop(eu)
		s.want("first key ends", "PriceChanged: US.7")
		s.stop(notes)
		s.want("other type ends", "Note:")
		s.stop(us)
		s.want("last key ends", "PriceChanged:")
	})
	inTown(t, "I06 what is subscribed twice is counted, and told once", func(t *testing.T, town *town) {
		s := town.subscriber("A.0")
		one := s.to(prices("EU", "*"))
		s.want("first", "PriceChanged: EU.*")
		two := s.to(prices("EU", "*"))
		s.want("the same again", "")
		s.stop(one)
		s.stop(one)
		s.want("one of two ends, twice", "")
		s.stop(two)
		s.want("the other ends", "PriceChanged:")
	})
	inTown(t, "I08 nothing subscribed is nothing told", func(t *testing.T, town *town) {
		s := town.subscriber("A.0")
		s.stop(s.to())
		s.want("an empty list", "")
	})
	inTown(t, "I10 what a handler subscribed to stays", func(t *testing.T, town *town) {
		s := town.subscriber("A.0", zebus.HandleEvent(func(context.Context, *interop.PriceChanged) error { return nil }).Mode(zebus.SubscribeAuto))
		eu := s.to(prices("EU", "*"))
		s.want("a key beside everything", "PriceChanged: # EU.*")
		s.stop(eu)
		s.want("the key ends", "PriceChanged: #")
	})
	inTown(t, "I14 I20 a subscription of one run is not part of the next, and ends without a word", func(t *testing.T, town *town) {
		s := town.subscriber("A.0")
		eu := s.to(prices("EU", "*"))
		s.want("subscribed", "PriceChanged: EU.*")
		if err := s.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := s.registered(); got != "" {
			t.Errorf("registered %q", got)
		}
		s.stop(eu)
		s.want("ended", "")
	})
	inTown(t, "I14 one with a handler ends with its run, and its handler with it", func(t *testing.T, town *town) {
		s := town.subscriber("A.0", zebus.HandleEvent(func(context.Context, *interop.Note) error { return nil }))
		publisher := town.peer("B.0")
		seen := 0
		sub, err := zebus.Subscribe(t.Context(), s.Bus, zebus.Key(), func(context.Context, *interop.Note) error { seen++; return nil })
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := publisher.Publish(t.Context(), &interop.Note{}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			s.restart()
		}
		<-sub.Done()
		if seen != 1 {
			t.Errorf("seen %d, want that of the first run", seen)
		}
		s.stop(sub)
	})
	inTown(t, "one that is under way when the bus stops is not made", func(t *testing.T, town *town) {
		s := town.subscriber("A.0")
		s.book.holdUpdate = make(chan struct{})
		made := make(chan error, 2)
		for _, key := range []string{"EU", "US"} { // the second waits for the first
			go func() {
				_, err := s.Subscribe(t.Context(), prices(key))
				made <- err
			}()
			synctest.Wait()
		}
		if err := s.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		close(s.book.holdUpdate)
		wantError(t, <-made, nil)
		wantError(t, <-made, zebus.ErrNotRunning, "A.0")
		s.want("the first", "PriceChanged: EU")
	})
	inTown(t, "nor is one that a handler makes while the bus stops, for this run or for others", func(t *testing.T, town *town) {
		var s *subscriber
		release := make(chan struct{})
		s = town.subscriber("A.0", zebus.HandleCommand(func(ctx context.Context, _ *interop.Fail) error {
			<-release
			_, err := s.Subscribe(ctx, prices("EU"))
			wantError(t, err, zebus.ErrNotRunning, "A.0")
			return nil
		}))
		p := s.SendAsync(t.Context(), &interop.Fail{})
		synctest.Wait()
		stopped := make(chan error, 1)
		go func() { stopped <- s.Stop(t.Context()) }()
		synctest.Wait()
		close(release)
		if err := errors.Join(p.Wait(t.Context()), <-stopped); err != nil {
			t.Error(err)
		}
		if got := s.registered(); got != "" {
			t.Errorf("registered %q at the next start", got)
		}
	})
	inTown(t, "I21 a start that failed leaves the bus stopped for subscriptions too", func(t *testing.T, town *town) {
		s := town.stopped("A.0")
		refused := errors.New("refused")
		s.book.failNext = refused
		wantError(t, s.Start(t.Context()), refused)
		eu := s.to(prices("EU"))
		s.want("while stopped", "")
		if got, want := s.registered(), "PriceChanged: EU"; got != want {
			t.Errorf("registered %q, want %q", got, want)
		}
		s.stop(eu)
	})
	inTown(t, "I16 I17 requests made together are told in one update", func(t *testing.T, town *town) {
		s := town.subscriber("A.0")
		made, err := s.SubscribeAll(t.Context(), zebus.To(prices("EU", "*"), prices("US", "*")), zebus.To(prices("US", "*"), zebus.SubscribeTo(notesType)))
		if err != nil {
			t.Fatal(err)
		}
		s.want("together", "Note: #; PriceChanged: EU.* US.*")
		s.stop(made[0])
		s.want("the shared key stays", "PriceChanged: US.*")
		if _, err := s.SubscribeAll(t.Context()); err != nil {
			t.Errorf("nothing at all: %v", err)
		}
		s.want("nothing at all", "")
	})
	inTown(t, "I21 I22 I23 what is subscribed while stopped is part of every registration, until it ends", func(t *testing.T, town *town) {
		s := town.stopped("A.0")
		eu, us := s.to(prices("EU", "*")), s.to(prices("US", "*"))
		s.want("while stopped", "")
		for range 2 {
			if got, want := s.registered(), "PriceChanged: EU.*; PriceChanged: US.*"; got != want {
				t.Errorf("registered %q, want %q", got, want)
			}
		}
		s.stop(us)
		if got, want := s.registered(), "PriceChanged: EU.*"; got != want {
			t.Errorf("registered %q, want %q", got, want)
		}
		if err := s.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.stop(eu)
		s.want("ended while running", "PriceChanged:")
		if err := s.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := s.registered(); got != "" {
			t.Errorf("registered %q", got)
		}
	})
	inTown(t, "I25 a type that nobody here handles is refused", func(t *testing.T, town *town) {
		_, err := town.peer("A.0").Subscribe(t.Context(), prices("EU"))
		wantError(t, err, zebus.ErrUnknownType, "PriceChanged")
	})
	inTown(t, "an update that fails leaves nothing subscribed", func(t *testing.T, town *town) {
		s := town.subscriber("A.0")
		down := errors.New("directory is down")
		s.book.failUpdate = down
		_, err := s.Subscribe(t.Context(), prices("EU", "*"))
		wantError(t, err, down)
		s.to(prices("EU", "*"))
		s.want("again", "PriceChanged: EU.*")
	})
}

// TestOwnCommands is about commands to this peer, for which the directory is asked only while it is not subscribed to them.
func TestOwnCommands(t *testing.T) {
	knocks := zebus.SubscribeTo((*interop.Knock)(nil).ZebusType().ID())
	handler := zebus.HandleCommand(func(context.Context, *interop.Knock) error { return nil }).Mode(zebus.SubscribeManual)
	for name, h := range map[string]zebus.Handler{"inline": handler.Inline(), "queued": handler} {
		inTown(t, "a command comes here for as long as this peer is subscribed to it, "+name, func(t *testing.T, w *town) {
			s := w.subscriber("A.0", h)
			sent := func() error { return s.Send(t.Context(), &interop.Knock{}) }
			wantError(t, sent(), zebus.ErrNoPeer)

			away := errors.New("the directory is away")
			s.book.failUpdate = away
			_, err := s.Subscribe(t.Context(), knocks)
			wantError(t, err, away)
			wantError(t, sent(), zebus.ErrNoPeer)

			first, second := s.to(knocks), s.to(knocks)
			wantError(t, sent(), nil)
			s.stop(first)
			wantError(t, sent(), nil)
			s.stop(second)
			wantError(t, sent(), zebus.ErrNoPeer)

			s.to(knocks) // ends with the run
			wantError(t, sent(), nil)
			s.restart()
			wantError(t, sent(), zebus.ErrNoPeer)
		})
	}
}

func TestUpdatesGoOneAfterTheOther(t *testing.T) {
	inTown(t, "I15 a subscription made while another ends waits for it, even if that fails", func(t *testing.T, town *town) {
		s := town.subscriber("A.0")
		eu := s.to(prices("EU", "*"))
		s.want("subscribed", "PriceChanged: EU.*")
		s.book.holdUpdate = make(chan struct{})
		s.book.failUpdate = errors.New("directory is down")
		eu.Close()
		synctest.Wait()
		made := make(chan error, 1)
		go func() {
			_, err := s.Subscribe(t.Context(), prices("US", "*"))
			made <- err
		}()
		synctest.Wait()
		select {
		case err := <-made:
			t.Errorf("did not wait: %v", err)
		default:
		}
		close(s.book.holdUpdate)
		if err := <-made; err != nil {
			t.Error(err)
		}
		s.want("after both", "PriceChanged: US.*")
	})
}
