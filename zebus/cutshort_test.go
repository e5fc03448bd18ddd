package zebus_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

// caught calls f, and returns what it panicked with, or that it ended its goroutine.
func caught(f func()) (how string) {
	done := make(chan string, 1)
	go func() {
		how := "ended its goroutine"
		defer func() { done <- how }()
		defer func() {
			if value := recover(); value != nil {
				how = fmt.Sprint(value)
			}
		}()
		f()
		how = "returned"
	}()
	return <-done
}

// once returns what cuts its caller short the first time.
func once(how func()) func() {
	again := false
	return func() {
		if !again {
			again = true
			how()
		}
	}
}

func TestFunctionsOfTheServiceThatCutAStartOrStopShort(t *testing.T) {
	ways := map[string]func(){"boom": func() { panic("boom") }, "ended its goroutine": runtime.Goexit}
	places := map[string]struct {
		put        func(town *town, b *zebus.Builder, cut func())
		inStop     bool
		runsBehind bool
	}{
		"Starting": {
			put: func(_ *town, b *zebus.Builder, cut func()) {
				b.WithHooks(zebus.Hooks{Starting: func(context.Context) error { cut(); return nil }})
			},
		},
		"Started": {
			put: func(_ *town, b *zebus.Builder, cut func()) {
				b.WithHooks(zebus.Hooks{Started: func(context.Context) { cut() }})
			},
			runsBehind: true,
		},
		"Stopping": {
			put: func(_ *town, b *zebus.Builder, cut func()) {
				b.WithHooks(zebus.Hooks{Stopping: func(context.Context) error { cut(); return nil }})
			},
			inStop: true, runsBehind: true,
		},
		"Stopped": {
			put: func(_ *town, b *zebus.Builder, cut func()) {
				b.WithHooks(zebus.Hooks{Stopped: func(context.Context) { cut() }})
			},
			inStop: true,
		},
		"the keys of a handler": {
			put: func(_ *town, b *zebus.Builder, cut func()) {
				b.WithHandlers(zebus.HandleEvent(func(context.Context, *interop.Note) error { return nil }).
					Startup(func(zebus.PeerID) []zebus.BindingKey { cut(); return nil }))
			},
		},
		"the directory": {
			put: func(town *town, b *zebus.Builder, cut func()) {
				b.WithDirectory(&phoneBook{town: town, whileRegister: func(zebus.PeerSender) { cut() }})
			},
		},
	}
	for place, tc := range places {
		for way, cut := range ways {
			inTown(t, place+": "+way, func(t *testing.T, town *town) {
				b := town.builder("A.0")
				tc.put(town, b, once(cut))
				testCut(t, b, tc.inStop, tc.runsBehind, way)
			})
		}
	}
}

// testCut starts a bus, and stops it, one of which is cut short; what follows must work as if that had failed.
func testCut(t *testing.T, b *zebus.Builder, inStop, runsBehind bool, way string) {
	t.Helper()
	bus, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	how := caught(func() { err = bus.Start(t.Context()) })
	if inStop {
		if how != "returned" || err != nil {
			t.Fatalf("Start %s, %v", how, err)
		}
		how = caught(func() { err = bus.Stop(t.Context()) })
	}
	if how != way {
		t.Errorf("it %s, want the caller to see %s", how, way)
	}
	if bus.IsRunning() != runsBehind {
		t.Errorf("runs behind it: %t, want %t", bus.IsRunning(), runsBehind)
	}
	if !runsBehind {
		if err := bus.Start(t.Context()); err != nil {
			t.Fatalf("Start behind it = %v", err)
		}
	}
	if err := errors.Join(bus.Publish(t.Context(), &interop.Note{}), bus.Stop(t.Context())); err != nil {
		t.Errorf("behind it: %v", err)
	}
}

func TestStopDuringAStartThatIsCutShort(t *testing.T) {
	inTown(t, "it returns when that has ended", func(t *testing.T, town *town) {
		entered := make(chan struct{})
		bus, err := town.builder("A.0").WithHooks(zebus.Hooks{Starting: func(ctx context.Context) error {
			close(entered)
			<-ctx.Done() // of the stop
			panic("boom")
		}}).Build()
		if err != nil {
			t.Fatal(err)
		}
		started := make(chan string, 1)
		go func() { started <- caught(func() { _ = bus.Start(t.Context()) }) }()
		<-entered
		synctest.Wait()
		if err := bus.Stop(t.Context()); err != nil {
			t.Errorf("Stop = %v", err)
		}
		if how := <-started; how != "boom" {
			t.Errorf("Start %s, want boom", how)
		}
	})
}
