package directory_test

import (
	"context"
	"errors"
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
