package zebus_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

var (
	pricesType = (*interop.PriceChanged)(nil).ZebusType().ID()
	notesType  = (*interop.Note)(nil).ZebusType().ID()
)

func prices(parts ...string) zebus.Subscription {
	return zebus.Subscription{Type: pricesType, Key: zebus.Key(parts...)}
}

// subscriber is a bus whose handlers subscribe to nothing by themselves.
type subscriber struct {
	*zebus.Bus
	t    *testing.T
	book *phoneBook
}

func (w *town) subscriber(id zebus.PeerID, handlers ...zebus.Handler) *subscriber {
	w.t.Helper()
	s := w.stopped(id, handlers...)
	if err := s.Start(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if s.IsRunning() {
			_ = s.Stop(context.Background())
		}
	})
	return s
}

func (w *town) stopped(id zebus.PeerID, handlers ...zebus.Handler) *subscriber {
	w.t.Helper()
	book := &phoneBook{town: w}
	bus, err := w.builder(id, append(handlers, manualPrices, manualNotes)...).WithDirectory(book).Build()
	if err != nil {
		w.t.Fatal(err)
	}
	return &subscriber{bus, w.t, book}
}

var (
	manualPrices = zebus.HandleEvent(func(context.Context, *interop.PriceChanged) error { return nil })
	manualNotes  = zebus.HandleEvent(func(context.Context, *interop.Note) error { return nil }).Mode(zebus.SubscribeManual)
)

func (s *subscriber) to(subs ...zebus.Subscription) *zebus.ActiveSubscription {
	s.t.Helper()
	a, err := s.Subscribe(s.t.Context(), subs...)
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

// updates returns what the directory was told since the last call, an update a line.
func (s *subscriber) updates() string {
	var lines []string
	for _, update := range s.book.updates {
		var types []string
		for _, u := range update {
			words := []string{u.Type.Name() + ":"}
			for _, k := range u.Keys {
				words = append(words, k.String())
			}
			types = append(types, strings.Join(words, " "))
		}
		slices.Sort(types)
		lines = append(lines, strings.Join(types, "; "))
	}
	s.book.updates = nil
	return strings.Join(lines, "\n")
}

func (s *subscriber) want(step, updates string) {
	s.t.Helper()
	synctest.Wait()
	if got := s.updates(); got != updates {
		s.t.Errorf("%s: the directory heard %q, want %q", step, got, updates)
	}
}

func (s *subscriber) stop(a *zebus.ActiveSubscription) {
	s.t.Helper()
	if err := a.Stop(s.t.Context()); err != nil {
		s.t.Error(err)
	}
	<-a.Done()
}

// registered returns what the bus registers at its next start, and stops it again.
func (s *subscriber) registered() string {
	s.t.Helper()
	if err := s.Start(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	var texts []string
	for _, sub := range s.book.subs {
		if sub.Type == pricesType || sub.Type == notesType {
			texts = append(texts, sub.Type.Name()+": "+sub.Key.String())
		}
	}
	if err := s.Stop(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	slices.Sort(texts)
	return strings.Join(texts, "; ")
}

func (s *subscriber) restart() {
	s.t.Helper()
	if err := errors.Join(s.Stop(s.t.Context()), s.Start(s.t.Context())); err != nil {
		s.t.Fatal(err)
	}
}
