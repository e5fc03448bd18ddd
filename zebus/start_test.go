package zebus_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/transport/memory"
	"github.com/zebus-go/zebus/zebus"
)

func TestLife(t *testing.T) {
	inTown(t, "E05 E06 E07 started twice, stopped twice, and again", func(t *testing.T, town *town) {
		svc := town.peer("Svc.0", zebus.HandleRequest(echo))
		wantError(t, svc.Start(t.Context()), zebus.ErrAlreadyRunning)
		client := town.peer("Client.0")
		for range 3 {
			if err := svc.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
			wantError(t, svc.Stop(t.Context()), zebus.ErrNotRunning)
			wantError(t, client.Send(t.Context(), &interop.Echo{}), zebus.ErrNoPeer)
			if err := svc.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := client.Send(t.Context(), &interop.Echo{}); err != nil {
				t.Error(err)
			}
		}
	})
	inTown(t, "E03 E04 a registration that fails undoes the start", func(t *testing.T, town *town) {
		refused := errors.New("refused")
		book := &phoneBook{town: town, failNext: refused}
		running := false
		bus, err := town.builder("Svc.0").WithDirectory(book).Build()
		if err != nil {
			t.Fatal(err)
		}
		book.whileRegister = func(zebus.PeerSender) { running = bus.IsRunning() }
		wantError(t, bus.Start(t.Context()), refused, "Svc.0")
		if !running || bus.IsRunning() {
			t.Errorf("running while registering %t, afterwards %t", running, bus.IsRunning())
		}
		if err := bus.Start(t.Context()); err != nil {
			t.Fatalf("second start: %v", err)
		}
		if err := bus.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	})
	inTown(t, "a stop during a start interrupts it", func(t *testing.T, town *town) {
		book := &phoneBook{town: town}
		registering := make(chan struct{})
		bus, err := town.builder("Svc.0").WithDirectory(waitingDirectory{book, registering}).Build()
		if err != nil {
			t.Fatal(err)
		}
		started := make(chan error, 1)
		go func() { started <- bus.Start(t.Context()) }()
		<-registering
		if err := bus.Stop(t.Context()); err != nil {
			t.Errorf("Stop() = %v", err)
		}
		wantError(t, <-started, context.Canceled)
		if bus.IsRunning() {
			t.Error("still running")
		}
	})
	inTown(t, "E13 J13 a handler that runs while the bus stops may still publish, and is waited for", func(t *testing.T, town *town) {
		heard := make(chan struct{}, 1)
		town.peer("Ear.0", zebus.HandleEvent(func(context.Context, *interop.Note) error {
			heard <- struct{}{}
			return nil
		}))
		var svc *zebus.Bus
		release := make(chan struct{})
		svc = town.peer("Svc.0", zebus.HandleCommand(func(ctx context.Context, _ *interop.Fail) error {
			<-release
			return svc.Publish(ctx, &interop.Note{})
		}))
		p := svc.SendAsync(t.Context(), &interop.Fail{})
		synctest.Wait()
		stop := make(chan error, 1)
		go func() { stop <- svc.Stop(t.Context()) }()
		synctest.Wait()
		close(release)
		if err := <-stop; err != nil {
			t.Fatal(err)
		}
		<-heard
		if err := p.Wait(t.Context()); err != nil {
			t.Errorf("the command that was under way: %v", err)
		}
	})
	inTown(t, "a stop that is too short names the handlers that run, and the next one goes on", func(t *testing.T, town *town) {
		release := make(chan struct{})
		svc := town.peer("Svc.0", zebus.HandleCommand(func(context.Context, *interop.Fail) error {
			<-release
			return nil
		}).Named("Svc.Sleepy"))
		_ = svc.SendAsync(t.Context(), &interop.Fail{})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		wantError(t, svc.Stop(ctx), context.DeadlineExceeded, "Svc.Sleepy")
		close(release)
		if err := svc.Stop(t.Context()); err != nil {
			t.Errorf("second Stop() = %v", err)
		}
	})
	t.Run("E01 a builder reports everything that is missing", func(t *testing.T) {
		_, err := zebus.NewBuilder("").Build()
		for _, part := range []string{"peer ID", "transport", "directory"} {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("error %v does not mention the %s", err, part)
			}
		}
		bus, err := zebus.NewBuilder("A.0").WithEnvironment("Test").
			WithTransport((&town{t: t, network: memory.NewNetwork()}).transport()).WithDirectory(&phoneBook{}).Build()
		if err != nil || bus.ID() != "A.0" || bus.Environment() != "Test" {
			t.Errorf("bus %v, error %v", bus, err)
		}
	})
}

// waitingDirectory registers for as long as the context lasts.
type waitingDirectory struct {
	*phoneBook
	registering chan struct{}
}

func (d waitingDirectory) Register(ctx context.Context, _ zebus.PeerSender, _ zebus.PeerDescriptor) error {
	close(d.registering)
	<-ctx.Done()
	return ctx.Err()
}

func TestPings(t *testing.T) {
	inTown(t, "X21 a ping is answered while the peer registers, before its handlers run", func(t *testing.T, town *town) {
		ping := zebus.HandleCommand(func(context.Context, *directory.PingPeerCommand) error { return nil })
		book := &phoneBook{town: town}
		svc, err := town.builder("Svc.0", ping).WithDirectory(book).Build()
		if err != nil {
			t.Fatal(err)
		}
		sender := town.peer("Directory.0")
		answered := errors.New("not asked")
		book.whileRegister = func(zebus.PeerSender) {
			answered = sender.SendTo(t.Context(), &directory.PingPeerCommand{}, zebus.Peer{ID: "Svc.0", Endpoint: svc.Endpoint()})
		}
		if err := errors.Join(svc.Start(t.Context()), svc.Stop(t.Context())); err != nil {
			t.Fatal(err)
		}
		if answered != nil {
			t.Errorf("the ping: %v", answered)
		}
	})
}

// stepped is a transport that notes the calls that matter for the order of a start and a stop.
type stepped struct {
	zebus.Transport
	mu    sync.Mutex
	steps []string
	acked []zebus.MessageID
}

func (s *stepped) note(step string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.steps = append(s.steps, step)
}

func (s *stepped) Start(ctx context.Context, self zebus.Self, in zebus.Inbound) (string, error) {
	s.note("transport started as " + string(self.ID) + " in " + self.Environment)
	return s.Transport.Start(ctx, self, in)
}

func (s *stepped) Registered() { s.note("told of the registration"); s.Transport.Registered() }

func (s *stepped) PeerChanged(c zebus.PeerChange) {
	s.note("told that " + string(c.Peer.ID) + " " + c.Kind.String())
	s.Transport.PeerChanged(c)
}

func (s *stepped) Ack(m *zebus.TransportMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acked = append(s.acked, m.ID)
}

func (s *stepped) Stop(ctx context.Context) error {
	s.note("transport stopped")
	return s.Transport.Stop(ctx)
}

func TestOrderOfStartAndStop(t *testing.T) {
	inTown(t, "E01 E02 E10 E14 transport, directory, word of it; unregister, handlers, transport", func(t *testing.T, town *town) {
		s := &stepped{Transport: town.transport()}
		book := &phoneBook{town: town, whileRegister: func(zebus.PeerSender) { s.note("registering") }}
		release := make(chan struct{})
		bus, err := town.builder("A.0", zebus.HandleCommand(func(context.Context, *interop.Fail) error {
			<-release
			s.note("handler done")
			return nil
		})).WithTransport(s).WithDirectory(book).Build()
		if err != nil {
			t.Fatal(err)
		}
		if err := bus.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		other := town.peer("B.0")
		book.watch(zebus.PeerChange{Kind: zebus.PeerUpdatedChange, Peer: zebus.Peer{ID: "B.0"}})
		_ = other.SendAsync(t.Context(), &interop.Fail{})
		synctest.Wait()
		stop := make(chan error, 1)
		go func() { stop <- bus.Stop(t.Context()) }()
		synctest.Wait()
		close(release)
		if err := <-stop; err != nil {
			t.Fatal(err)
		}
		want := []string{
			"transport started as A.0 in Test", "registering", "told of the registration", "told that B.0 started", "told that B.0 updated", "handler done",
			"transport stopped",
		}
		if !slices.Equal(s.steps, want) {
			t.Errorf("steps %q,\n want %q", s.steps, want)
		}
	})
	inTown(t, "E11 an unregistration that fails does not keep the bus from stopping", func(t *testing.T, town *town) {
		bus, err := town.builder("A.0").WithDirectory(stuckDirectory{&phoneBook{town: town}}).Build()
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(bus.Start(t.Context()), bus.Stop(t.Context())); err != nil {
			t.Error(err)
		}
		if bus.IsRunning() {
			t.Error("still runs")
		}
	})
}

// stuckDirectory cannot unregister.
type stuckDirectory struct{ *phoneBook }

func (d stuckDirectory) Unregister(ctx context.Context) error {
	return errors.Join(errors.New("directory is down"), d.phoneBook.Unregister(ctx))
}
