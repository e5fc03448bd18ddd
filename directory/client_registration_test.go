package directory_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/transport/memory"
	"github.com/zebus-go/zebus/zebus"
)

func TestRegister(t *testing.T) {
	for _, persistent := range []bool{true, false} {
		name := map[bool]string{true: "persistent", false: "transient"}[persistent]
		inTown(t, "L01 a "+name+" peer tells the first directory of itself", func(t *testing.T, w *town) {
			office := w.office(0)
			m := w.member(directory.ClientConfig{})
			before := time.Now()
			err := m.Register(t.Context(), m.bus, zebus.PeerDescriptor{
				Peer: zebus.Peer{ID: selfID, Endpoint: "tcp://self:1"}, Persistent: persistent, Subscriptions: []zebus.Subscription{sub(typeA), sub(typeB, "x")},
			})
			if err != nil {
				t.Fatal(err)
			}
			defer m.Unregister(t.Context()) //nolint:errcheck // ends the client's goroutine
			heard := office.take()
			if len(heard) != 1 {
				t.Fatalf("heard %v, want one command", heard)
			}
			got := heard[0].(*directory.RegisterPeerCommand).Peer
			if got.Timestamp == nil || got.Timestamp.Before(before) {
				t.Errorf("timestamp %v, want %v or later", got.Timestamp, before)
			}
			got.Timestamp = nil
			want := zebus.PeerDescriptor{
				Peer:          zebus.Peer{ID: selfID, Endpoint: "tcp://self:1", Up: true, Responding: true},
				Persistent:    persistent,
				Subscriptions: []zebus.Subscription{sub(typeA), sub(typeB, "x")},
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("registered (-want +got):\n%s", diff)
			}
		})
	}
	inTown(t, "L02 a second registration forgets the peers of the first", func(t *testing.T, w *town) {
		office := w.office(0)
		m := w.member(directory.ClientConfig{})
		office.know(other("Old.0", at(0), sub(typeA)))
		m.join()
		m.finds(typeA, nil, "Old.0")
		if err := m.Unregister(t.Context()); err != nil {
			t.Fatal(err)
		}
		office.know(other("New.0", at(0), sub(typeA)))
		m.join()
		m.finds(typeA, nil, "New.0")
		if _, known := m.Peer("Old.0"); known {
			t.Error("Old.0 is still known")
		}
	})
	inTown(t, "a peer whose clock is behind that of its last run registers once more, just after that", func(t *testing.T, w *town) {
		office := w.office(0)
		last := time.Now().Add(time.Hour)
		kept := other(selfID, &last, sub(typeA))
		office.know(kept)
		m := w.member(directory.ClientConfig{})
		m.join(sub(typeB))
		heard := office.take()
		if len(heard) != 2 {
			t.Fatalf("the directory heard %v, want two registrations", heard)
		}
		second := heard[1].(*directory.RegisterPeerCommand).Peer
		if !second.Timestamp.After(last) || len(second.Subscriptions) != 1 {
			t.Errorf("registered with %v, want a time after %v", second, last)
		}
		if err := m.Update(t.Context(), types(typeB)); err != nil {
			t.Fatal(err)
		}
		if update := office.take()[0].(*directory.UpdatePeerSubscriptionsForTypesCommand); !update.TimestampUTC.After(*second.Timestamp) {
			t.Errorf("updated at %v, want a time after %v", update.TimestampUTC, *second.Timestamp)
		}
	})
	inTown(t, "L04 a peer that exists is refused at once, and no other directory is asked", func(t *testing.T, w *town) {
		first, second := w.office(0), w.office(1)
		first.answer(func(context.Context, zebus.Command) error {
			return zebus.Fail(zebus.CodePeerAlreadyExists, "Peer %s already exists (running on tcp://elsewhere:1)", selfID)
		})
		m := w.member(directory.ClientConfig{Endpoints: []string{endpointOf(0), endpointOf(1)}})
		err := m.register()
		if !errors.Is(err, directory.ErrAlreadyExists) || !strings.Contains(err.Error(), "tcp://elsewhere:1") {
			t.Errorf("Register() = %v, want ErrAlreadyExists with the place", err)
		}
		if heard := second.take(); heard != nil {
			t.Errorf("the second directory heard %v", heard)
		}
	})
	inTown(t, "L13 the peer's own subscriptions are found", func(t *testing.T, w *town) {
		w.office(0)
		m := w.member(directory.ClientConfig{})
		m.join(sub(typeA, "10", "#"), sub(typeB))
		m.finds(typeA, content("10", "name"), selfID)
		m.finds(typeA, content("5", "name"))
		m.finds(typeB, nil, selfID)
	})
	inTown(t, "L14 the peers of the answer are known", func(t *testing.T, w *town) {
		office := w.office(0)
		down := other("Down.0", at(0), sub(typeA))
		down.Peer.Up, down.Peer.Responding, down.Persistent = false, false, true
		office.know(other("Up.0", at(0), sub(typeA)), down)
		m := w.member(directory.ClientConfig{})
		m.join()
		m.finds(typeA, nil, "Up.0", "Down.0")
		want := zebus.Peer{ID: "Down.0", Endpoint: "tcp://other:1", Persistent: true}
		if got, known := m.Peer("Down.0"); !known || got != want {
			t.Errorf("Peer(Down.0) = %v, %t, want %v", got, known, want)
		}
		if changes := m.take(); changes != nil {
			t.Errorf("changes %v, want none for peers that were there before", changes)
		}
	})
	inTown(t, "L23 all descriptors, the peer's own included", func(t *testing.T, w *town) {
		office := w.office(0)
		office.know(other("Other.0", at(0), sub(typeA, "x")))
		m := w.member(directory.ClientConfig{})
		m.join(sub(typeB))
		got := m.Peers()
		if len(got) != 2 || got[0].Peer.ID != "Other.0" || got[1].Peer.ID != selfID {
			t.Fatalf("Peers() = %v, want Other.0 and %s", got, selfID)
		}
		if diff := cmp.Diff(other("Other.0", at(0), sub(typeA, "x")), got[0]); diff != "" {
			t.Errorf("descriptor (-want +got):\n%s", diff)
		}
	})
	inTown(t, "X24 an answer of five thousand peers", func(t *testing.T, w *town) {
		crowd := make([]zebus.PeerDescriptor, 5000)
		for i := range crowd {
			d := other(zebus.PeerID(fmt.Sprint("Crowd.", i)), at(0))
			for _, m := range messageTypes() {
				d.Subscriptions = append(d.Subscriptions, zebus.SubscribeTo(m.ID()))
			}
			crowd[i] = d
		}
		w.office(0).know(crowd...)
		m := w.member(directory.ClientConfig{})
		m.join()
		if n := len(m.AppendPeers(nil, messageTypes()[0].ID(), nil)); n != 5000 {
			t.Errorf("%d peers found, want 5000", n)
		}
	})
}

func TestFailover(t *testing.T) {
	both := []string{endpointOf(0), endpointOf(1)}
	inTown(t, "L03 random picking uses every directory", func(t *testing.T, w *town) {
		offices := []*office{w.office(0), w.office(1)}
		m := w.member(directory.ClientConfig{Endpoints: both, PickRandom: true})
		for range 25 {
			if err := m.register(); err != nil {
				t.Fatal(err)
			}
			_ = m.Unregister(t.Context())
		}
		for i, o := range offices {
			if len(o.take()) == 0 {
				t.Errorf("directory %d was never asked", i)
			}
		}
	})
	failures := map[string]func(w *town) func(context.Context, zebus.Command) error{
		"an error": func(*town) func(context.Context, zebus.Command) error { return unwell },
		"silence":  (*town).silence,
	}
	for what, failure := range failures {
		inTown(t, "L06 a directory that answers with "+what+" is asked once", func(t *testing.T, w *town) {
			bad, good := w.office(0), w.office(1)
			bad.answer(failure(w))
			m := w.member(directory.ClientConfig{Endpoints: both, PickRandom: true})
			for range 25 {
				m.join()
			}
			good.take()
			for range 25 {
				if err := m.Update(t.Context(), types(typeA)); err != nil {
					t.Fatal(err)
				}
			}
			// Chance may have kept the bad one out of the first round, but not out of fifty.
			if n := len(bad.take()); n != 1 {
				t.Errorf("the bad directory was asked %d times, want once", n)
			}
			if n := len(good.take()); n != 25 {
				t.Errorf("the good directory got %d updates, want 25", n)
			}
		})
	}
	inTown(t, "L07 a failure is forgotten after its time", func(t *testing.T, w *town) {
		first, second := w.office(0), w.office(1)
		m := w.member(directory.ClientConfig{Endpoints: both, FaultedDirectoryRetryDelay: 30 * time.Second})
		first.answer(unwell)
		m.join()
		first.answer(well)
		count := func() (int, int) {
			if err := m.Update(t.Context(), types(typeA)); err != nil {
				t.Fatal(err)
			}
			return len(first.take()), len(second.take())
		}
		first.take()
		second.take()
		time.Sleep(29 * time.Second) //nolint:forbidigo // of the bubble's time
		if a, b := count(); a != 0 || b != 1 {
			t.Errorf("after 29 s the directories got %d and %d updates, want 0 and 1", a, b)
		}
		time.Sleep(2 * time.Second) //nolint:forbidigo // of the bubble's time
		if a, b := count(); a != 1 || b != 0 {
			t.Errorf("after 31 s the directories got %d and %d updates, want 1 and 0", a, b)
		}
	})
	inTown(t, "L21 a directory that is silent is passed over", func(t *testing.T, w *town) {
		first, second := w.office(0), w.office(1)
		first.answer(w.silence())
		m := w.member(directory.ClientConfig{Endpoints: both, RegistrationTimeout: 10 * time.Second})
		start := time.Now()
		m.join()
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("registered after %v, want 10s", took)
		}
		a, b := first.take(), second.take()
		if len(a) != 1 || len(b) != 1 {
			t.Fatalf("the directories heard %v and %v", a, b)
		}
		if diff := cmp.Diff(a[0], b[0]); diff != "" {
			t.Errorf("the second directory heard something else:\n%s", diff)
		}
	})
	inTown(t, "a directory that is not there is passed over at once", func(t *testing.T, w *town) {
		w.office(1)
		m := w.member(directory.ClientConfig{Endpoints: both})
		start := time.Now()
		m.join()
		if took := time.Since(start); took != 0 {
			t.Errorf("registered after %v, want at once", took)
		}
	})
	inTown(t, "no directory is there: the error names each, and the three causes", func(t *testing.T, w *town) {
		m := w.member(directory.ClientConfig{Endpoints: both, RegistrationTimeout: 5 * time.Second})
		w.network.Hang(endpointOf(1))
		stop, err := w.network.Listen(endpointOf(1), func([]byte) {})
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
		start := time.Now()
		err = m.register()
		if !errors.Is(err, directory.ErrNoDirectory) || !errors.Is(err, zebus.ErrPeerUnreachable) && !errors.Is(err, memory.ErrNobodyThere) {
			t.Errorf("Register() = %v, want ErrNoDirectory and the reason of the first", err)
		}
		if took := time.Since(start); took != 5*time.Second {
			t.Errorf("failed after %v, want 5s", took)
		}
		for _, want := range []string{
			"Abc.Zebus.DirectoryService.0 at tcp://dir0:1", "Abc.Zebus.DirectoryService.1 at tcp://dir1:1: no answer within 5s",
			"no directory runs there", "another environment", "cannot reach this peer at tcp://self:1",
		} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%q does not say %q", err, want)
			}
		}
	})
	inTown(t, "a directory that answers is there: its error is told without guesses", func(t *testing.T, w *town) {
		w.office(0).answer(unwell)
		err := w.member(directory.ClientConfig{}).register()
		if ce, ok := errors.AsType[*zebus.CommandError](err); !ok || ce.Code != 7 || strings.Contains(err.Error(), "environment") {
			t.Errorf("Register() = %v, want the error of the directory", err)
		}
	})
	inTown(t, "a caller that gives up ends the registration", func(t *testing.T, w *town) {
		bad := w.office(0)
		bad.answer(w.silence())
		m := w.member(directory.ClientConfig{Endpoints: both})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := m.Register(ctx, m.bus, zebus.PeerDescriptor{Peer: zebus.Peer{ID: selfID}})
		if !errors.Is(err, context.DeadlineExceeded) || m.SincePing() != zebus.NeverPinged {
			t.Errorf("Register() = %v, since ping %v", err, m.SincePing())
		}
	})
	inTown(t, "a bus that does not run ends the registration", func(t *testing.T, w *town) {
		m := w.member(directory.ClientConfig{})
		w.stop(m.bus)
		if err := m.register(); !errors.Is(err, zebus.ErrNotRunning) {
			t.Errorf("Register() = %v, want ErrNotRunning", err)
		}
	})
}

func TestUpdate(t *testing.T) {
	inTown(t, "L05 an update has the peer and the lists", func(t *testing.T, w *town) {
		office := w.office(0)
		m := w.member(directory.ClientConfig{})
		m.join(sub(typeA))
		registered := office.take()[0].(*directory.RegisterPeerCommand)
		lists := []zebus.SubscriptionsForType{{Type: typeA}, {Type: typeB, Keys: []zebus.BindingKey{zebus.Key("x", "*"), {}}}}
		if err := m.Update(t.Context(), lists); err != nil {
			t.Fatal(err)
		}
		got := office.take()[0].(*directory.UpdatePeerSubscriptionsForTypesCommand)
		if diff := cmp.Diff(lists, got.SubscriptionsForTypes); diff != "" || got.PeerID != selfID {
			t.Errorf("update of %s (-want +got):\n%s", got.PeerID, diff)
		}
		if !got.TimestampUTC.After(*registered.Peer.Timestamp) {
			t.Errorf("the update of %v is not after the registration of %v", got.TimestampUTC, registered.Peer.Timestamp)
		}
		m.finds(typeA, nil, selfID) // until the directory publishes it
	})
	inTown(t, "L08 an empty update is not sent", func(t *testing.T, w *town) {
		office := w.office(0)
		m := w.member(directory.ClientConfig{})
		m.join()
		office.take()
		if err := m.Update(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if heard := office.take(); heard != nil {
			t.Errorf("heard %v", heard)
		}
	})
	inTown(t, "L09 the times of updates are a microsecond apart at least", func(t *testing.T, w *town) {
		office := w.office(0)
		m := w.member(directory.ClientConfig{})
		m.join()
		office.take()
		for range 100 {
			if err := m.Update(t.Context(), types(typeA)); err != nil {
				t.Fatal(err)
			}
		}
		var last time.Time
		for i, cmd := range office.take() {
			now := cmd.(*directory.UpdatePeerSubscriptionsForTypesCommand).TimestampUTC
			if now.Sub(last) < time.Microsecond {
				t.Errorf("update %d is %v after the one before", i, now.Sub(last))
			}
			last = now
		}
	})
	t.Run("an update before the registration is an error", func(t *testing.T) {
		client, err := directory.NewClient(directory.ClientConfig{Endpoints: []string{"tcp://a:1"}})
		if err != nil {
			t.Fatal(err)
		}
		if err := client.Update(t.Context(), types(typeA)); !errors.Is(err, directory.ErrNotRegistered) {
			t.Errorf("Update() = %v, want ErrNotRegistered", err)
		}
	})
}

func TestUnregister(t *testing.T) {
	inTown(t, "L15 unregistering twice sends two commands in order of time", func(t *testing.T, w *town) {
		office := w.office(0)
		m := w.member(directory.ClientConfig{})
		m.join()
		office.take()
		for range 2 {
			if err := m.Unregister(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		heard := office.take()
		a, b := heard[0].(*directory.UnregisterPeerCommand), heard[1].(*directory.UnregisterPeerCommand)
		if a.PeerID != selfID || a.PeerEndpoint == nil || *a.PeerEndpoint != "tcp://self:1" || !b.TimestampUTC.After(*a.TimestampUTC) {
			t.Errorf("unregistered %+v, then %+v", a, b)
		}
	})
	inTown(t, "L16 unregistering waits for the directory", func(t *testing.T, w *town) {
		office := w.office(0)
		m := w.member(directory.ClientConfig{})
		m.join()
		release := make(chan struct{})
		office.answer(func(context.Context, zebus.Command) error {
			<-release
			return nil
		})
		done := make(chan error, 1)
		go func() { done <- m.Unregister(t.Context()) }()
		synctest.Wait()
		select {
		case err := <-done:
			t.Errorf("Unregister() = %v before the directory had answered", err)
		default:
		}
		close(release)
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// errDied is why a directory answers nothing more.
var errDied = errors.New("died")

// dying is a directory that dies whenever it hears something. It counts what it hears.
func (w *town) dying(m *member, position int) *atomic.Int32 {
	w.t.Helper()
	heard := &atomic.Int32{}
	stop, err := w.network.Listen(endpointOf(position), func([]byte) {
		heard.Add(1)
		m.PeerParted(directory.PeerID(position), errDied)
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(stop)
	return heard
}

// A directory whose connection is lost is known to give no answer. Its time is not waited for.
func TestDirectoryParts(t *testing.T) {
	inTown(t, "unregistering from one that dies ends at once, having tried whether it is back", func(t *testing.T, w *town) {
		office := w.office(0)
		m := w.member(directory.ClientConfig{})
		m.join()
		w.stop(office.Bus)
		heard := w.dying(m, 0)
		start := time.Now()
		err := m.Unregister(t.Context())
		if !errors.Is(err, directory.ErrNoDirectory) || !errors.Is(err, zebus.ErrPeerUnreachable) || !errors.Is(err, errDied) {
			t.Errorf("Unregister() = %v, want ErrNoDirectory, ErrPeerUnreachable and the reason", err)
		}
		if took, n := time.Since(start), heard.Load(); took != 0 || n != 2 {
			t.Errorf("asked %d times in %v, want twice at once", n, took)
		}
	})
	inTown(t, "the next directory is asked when one dies", func(t *testing.T, w *town) {
		second := w.office(1)
		m := w.member(directory.ClientConfig{Endpoints: []string{endpointOf(0), endpointOf(1)}})
		heard := w.dying(m, 0)
		start := time.Now()
		m.join()
		if took := time.Since(start); took != 0 || heard.Load() != 2 || len(second.take()) != 1 {
			t.Errorf("took %v, want the second directory to be asked at once", took)
		}
	})
	inTown(t, "another peer that parts changes nothing", func(t *testing.T, w *town) {
		office := w.office(0)
		m := w.member(directory.ClientConfig{})
		office.answer(func(context.Context, zebus.Command) error {
			m.PeerParted("Test.Other.0", errDied)
			synctest.Wait()
			return nil
		})
		m.join()
		if n := len(office.take()); n != 1 {
			t.Errorf("the directory was asked %d times, want once", n)
		}
	})
	inTown(t, "news of a process that was replaced does no harm", func(t *testing.T, w *town) {
		office := w.office(0)
		m := w.member(directory.ClientConfig{})
		m.join()
		once := sync.OnceFunc(func() { m.PeerParted(directory.PeerID(0), errDied) })
		office.answer(func(context.Context, zebus.Command) error {
			once()
			return nil
		})
		if err := m.Update(t.Context(), types(typeA)); err != nil {
			t.Errorf("Update() = %v", err)
		}
	})
}

func TestConfiguration(t *testing.T) {
	t.Run("O07 a client without a directory says all that is wrong", func(t *testing.T) {
		_, err := directory.NewClient(directory.ClientConfig{RegistrationTimeout: -1})
		if err == nil || !strings.Contains(err.Error(), "endpoint") || !strings.Contains(err.Error(), "timeout") {
			t.Errorf("NewClient() = %v", err)
		}
		_, err = directory.NewClient(directory.ClientConfig{Endpoints: []string{"tcp://a:1", " "}})
		if err == nil || !strings.Contains(err.Error(), "endpoint 1") {
			t.Errorf("NewClient() = %v", err)
		}
	})
	t.Run("O07 a server with a negative clock difference says so", func(t *testing.T) {
		_, err := directory.NewServer(directory.ServerConfig{MaxClockDifference: -1})
		if err == nil || !strings.Contains(err.Error(), "clock difference -1ns is negative") {
			t.Errorf("NewServer() = %v", err)
		}
	})
}
