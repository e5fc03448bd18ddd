package zebus_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
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

func TestRegisteredSubscriptions(t *testing.T) {
	note := func(context.Context, *interop.Note) error { return nil }
	price := func(context.Context, *interop.PriceChanged) error { return nil }
	cases := map[string]struct {
		handlers []zebus.Handler
		want     string
	}{
		"I01 J02 a handler subscribes to its type":            {[]zebus.Handler{zebus.HandleEvent(note)}, "Note: #"},
		"I01 a manual one does not":                           {[]zebus.Handler{zebus.HandleEvent(note).Mode(zebus.SubscribeManual)}, ""},
		"J02 nor does that of a message with routing members": {[]zebus.Handler{zebus.HandleEvent(price)}, ""},
		"J02 unless it says so":                               {[]zebus.Handler{zebus.HandleEvent(price).Mode(zebus.SubscribeAuto)}, "PriceChanged: #"},
		"I02 J01 two handlers of a type register it once":     {[]zebus.Handler{zebus.HandleEvent(note), zebus.HandleEvent(note)}, "Note: #"},
		"I26 startup keys replace the default and know the peer": {[]zebus.Handler{zebus.HandleEvent(price).Startup(func(id zebus.PeerID) []zebus.BindingKey {
			return []zebus.BindingKey{zebus.Key(string(id), "*"), zebus.Key("EU", "7")}
		})}, "PriceChanged: A.0.*; PriceChanged: EU.7"},
	}
	for name, c := range cases {
		inTown(t, name, func(t *testing.T, town *town) {
			if got := town.stopped("A.0", c.handlers...).registered(); got != c.want {
				t.Errorf("registered %q, want %q", got, c.want)
			}
		})
	}
}

// TestModes is the table of who subscribes when the bus starts: what the handler says comes before what the message says, and
// that before whether the message is routed.
func TestModes(t *testing.T) {
	const byDefault, auto, manual = zebus.SubscribeDefault, zebus.SubscribeAuto, zebus.SubscribeManual
	for name, c := range map[string]struct {
		routed  bool
		message zebus.SubscribeMode
		of      map[zebus.SubscribeMode]bool // whether a handler of that mode subscribes
	}{
		"J02 a message that is not routed":     {false, byDefault, map[zebus.SubscribeMode]bool{byDefault: true, auto: true, manual: false}},
		"J02 one that is":                      {true, byDefault, map[zebus.SubscribeMode]bool{byDefault: false, auto: true, manual: false}},
		"J02 one that is, and subscribes":      {true, auto, map[zebus.SubscribeMode]bool{byDefault: true, auto: true, manual: false}},
		"J02 one that is not, and need be not": {false, manual, map[zebus.SubscribeMode]bool{byDefault: false, auto: true, manual: false}},
	} {
		inTown(t, name, func(t *testing.T, town *town) {
			config := zebus.MessageTypeConfig{ID: "Test.Chosen", Kind: zebus.KindEvent, Subscribe: c.message, New: func() zebus.Message { return &chosen{} }}
			if c.routed {
				config.Routing = []string{"Market"}
			}
			chosenType = zebus.NewMessageType(config)
			for mode, want := range c.of {
				book := &phoneBook{town: town}
				bus, err := town.builder("A.0", zebus.HandleEvent(func(context.Context, *chosen) error { return nil }).Mode(mode)).WithDirectory(book).Build()
				if err != nil {
					t.Fatal(err)
				}
				if err := errors.Join(bus.Start(t.Context()), bus.Stop(t.Context())); err != nil {
					t.Fatal(err)
				}
				if got := slices.ContainsFunc(book.subs, zebus.SubscribeTo("Test.Chosen").Equal); got != want {
					t.Errorf("a handler of mode %d subscribes: %t, want %t", mode, got, want)
				}
			}
		})
	}
}

// chosen is an event of the type that a test has chosen.
type chosen struct{ interop.Note }

var chosenType *zebus.MessageType

func (*chosen) ZebusType() *zebus.MessageType { return chosenType }

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

func TestDynamicHandlers(t *testing.T) {
	inTown(t, "I13 H13 X23 each sees what it asked for, and declining is no answer", func(t *testing.T, town *town) {
		s := town.subscriber("A.0")
		publisher := town.peer("B.0")
		got := map[string][]int32{}
		on := func(name string, key ...string) zebus.SubscriptionRequest {
			return zebus.On(zebus.Key(key...), func(_ context.Context, e *interop.PriceChanged) error {
				got[name] = append(got[name], e.ID)
				return nil
			})
		}
		made, err := s.SubscribeAll(t.Context(), on("EU", "EU", "*"), on("seven", "*", "7"))
		if err != nil {
			t.Fatal(err)
		}
		send := func(market string, id int32) {
			if err := publisher.Publish(t.Context(), &interop.PriceChanged{Market: market, ID: id}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		send("EU", 1)
		send("EU", 7)
		send("US", 7)
		send("US", 8)
		s.stop(made[0])
		send("EU", 2)
		send("EU", 7)
		if want := []int32{1, 7}; !slices.Equal(got["EU"], want) {
			t.Errorf("EU saw %v, want %v", got["EU"], want)
		}
		if want := []int32{7, 7, 7}; !slices.Equal(got["seven"], want) {
			t.Errorf("seven saw %v, want %v", got["seven"], want)
		}
		made[1].Close()
		<-made[1].Done()
	})
	inTown(t, "H13 one handler for two keys accepts what either wants, once, and declines the rest", func(t *testing.T, town *town) {
		s := town.subscriber("A.0")
		publisher := town.peer("B.0")
		var got []string
		made, err := s.SubscribeAll(t.Context(), zebus.On(zebus.Key("EU", "*"), func(_ context.Context, e *interop.PriceChanged) error {
			got = append(got, e.Market+" "+strconv.Itoa(int(e.ID)))
			return nil
		}).Also(zebus.Key("*", "7"), zebus.Key("US", "1")))
		if err != nil {
			t.Fatal(err)
		}
		s.want("subscribed", "PriceChanged: *.7 EU.* US.1")
		for _, e := range []*interop.PriceChanged{{Market: "EU", ID: 7}, {Market: "US", ID: 7}, {Market: "US", ID: 1}, {Market: "US", ID: 2}, {Market: "EU", ID: 2}} {
			if err := publisher.PublishTo(t.Context(), e, zebus.Peer{ID: s.ID(), Endpoint: s.Endpoint()}); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if want := []string{"EU 7", "US 7", "US 1", "EU 2"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		s.stop(made[0])
		s.want("ended", "PriceChanged:")
	})
	inTown(t, "a binding of another type, or none, is refused", func(t *testing.T, town *town) {
		svc := town.peer("A.0")
		note := func(context.Context, *interop.Note) error { return nil }
		for want, request := range map[string]zebus.SubscriptionRequest{
			"binding is one for Interop.Messages.PriceChanged": zebus.On(interop.PriceChangedBinding{}, note),
			"Interop.Messages.Note: no binding":                zebus.On(nil, note),
			"made by On":                                       zebus.To(prices("EU")).Also(zebus.Key("US")),
			"its function is nil":                              zebus.On[interop.Note](zebus.Key(), nil),
		} {
			if _, err := svc.SubscribeAll(t.Context(), request); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v, want %q in it", err, want)
			}
		}
	})
	inTown(t, "of several requests none is served when middleware spoils the handler of one", func(t *testing.T, town *town) {
		s, seen := town.stopped("A.0"), 0
		spoiled, err := town.builder("B.0").WithMiddleware(0, func(next zebus.Handler) zebus.Handler {
			if next.Type() == (*interop.PriceChanged)(nil).ZebusType() {
				return zebus.Handler{}
			}
			return next
		}).Build()
		if err != nil {
			t.Fatal(err)
		}
		_, err = spoiled.SubscribeAll(t.Context(),
			zebus.On(zebus.Key(), func(context.Context, *interop.Note) error { seen++; return nil }),
			zebus.On(interop.PriceChangedBinding{}, func(context.Context, *interop.PriceChanged) error { return nil }))
		if err == nil || !strings.Contains(err.Error(), "subscribe to Interop.Messages.PriceChanged: zebus: middleware of") {
			t.Errorf("SubscribeAll() = %v, want an error that names the type and the middleware", err)
		}
		for _, bus := range []*zebus.Bus{s.Bus, spoiled} {
			if err := bus.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = bus.Stop(context.Background()) }()
		}
		if err := s.Publish(t.Context(), &interop.Note{}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if seen != 0 {
			t.Errorf("the handler of the first request ran %d times", seen)
		}
	})
	inTown(t, "I24 one made while stopped works in every run", func(t *testing.T, town *town) {
		s := town.stopped("A.0")
		publisher := town.peer("B.0")
		seen := 0
		sub, err := zebus.Subscribe(t.Context(), s.Bus, zebus.Key(), func(context.Context, *interop.Note) error {
			seen++
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := s.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := publisher.Publish(t.Context(), &interop.Note{}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait() // what arrives during a stop is refused
			if err := s.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		s.stop(sub)
		if seen != 2 {
			t.Errorf("seen %d, want 2", seen)
		}
	})
	for name, c := range map[string]struct {
		end  func(*zebus.ActiveSubscription)
		want int
	}{
		"Stop finishes what is in hand": {func(a *zebus.ActiveSubscription) { _ = a.Stop(context.Background()) }, 3},
		"Close drops it":                {func(a *zebus.ActiveSubscription) { a.Close() }, 1},
	} {
		inTown(t, name, func(t *testing.T, town *town) {
			s := town.subscriber("A.0")
			publisher := town.peer("B.0")
			release := make(chan struct{})
			seen := 0
			sub, err := zebus.Subscribe(t.Context(), s.Bus, zebus.Key(), func(context.Context, *interop.Note) error {
				seen++
				<-release
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				if err := publisher.Publish(t.Context(), &interop.Note{}); err != nil {
					t.Fatal(err)
				}
			}
			synctest.Wait()
			go c.end(sub)
			synctest.Wait()
			select {
			case <-sub.Done():
				t.Error("done while its handler runs")
			default:
			}
			close(release)
			<-sub.Done()
			if seen != c.want {
				t.Errorf("seen %d, want %d", seen, c.want)
			}
		})
	}
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

func (s *subscriber) restart() {
	s.t.Helper()
	if err := errors.Join(s.Stop(s.t.Context()), s.Start(s.t.Context())); err != nil {
		s.t.Fatal(err)
	}
}
