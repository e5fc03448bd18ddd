package zebustest_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
	"github.com/zebus-go/zebus/zebustest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// trial is a test inside a test, that may fail.
type trial struct {
	mu       sync.Mutex
	failures []string
	cleanups []func()
}

var _ zebustest.TB = (*trial)(nil)

// try runs f as a test of its own, its cleanups included, and returns what it failed with.
func try(f func(t zebustest.TB)) []string {
	trial := &trial{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer trial.cleanUp()
		f(trial)
	}()
	<-done
	return trial.failures
}

func (t *trial) cleanUp() {
	for _, f := range slices.Backward(t.cleanups) {
		f()
	}
}

func (t *trial) Helper()                  {}
func (t *trial) Context() context.Context { return context.Background() }
func (t *trial) Cleanup(f func())         { t.cleanups = append(t.cleanups, f) }

func (t *trial) Errorf(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failures = append(t.failures, fmt.Sprintf(format, args...))
}

func (t *trial) Fatalf(format string, args ...any) {
	t.Errorf(format, args...)
	runtime.Goexit()
}

// wantFailure wants one failure that contains all texts, and none without a text.
func wantFailure(t *testing.T, failures []string, texts ...string) {
	t.Helper()
	if len(texts) == 0 {
		if len(failures) > 0 {
			t.Errorf("failed with %q, want no failure", failures)
		}
		return
	}
	if len(failures) != 1 {
		t.Fatalf("%d failures, want 1: %q", len(failures), failures)
	}
	for _, text := range texts {
		if !strings.Contains(failures[0], text) {
			t.Errorf("the failure lacks %q:\n%s", text, failures[0])
		}
	}
}

// echo answers an Echo.
func echo(_ context.Context, cmd *interop.Echo) (*interop.EchoReply, error) {
	return &interop.EchoReply{Text: cmd.Text, Number: cmd.Number + 1}, nil
}

// hear returns a handler of Notes, and what it heard so far.
func hear() (zebus.Handler, func() []string) {
	var mu sync.Mutex
	var heard []string
	h := zebus.HandleEvent(func(_ context.Context, evt *interop.Note) error {
		mu.Lock()
		defer mu.Unlock()
		heard = append(heard, evt.Text)
		return nil
	})
	return h.Named("hear"), func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(heard)
	}
}

// both runs a test in real time and in fake time.
func both(t *testing.T, name string, f func(t *testing.T, network *zebustest.Network)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { f(t, zebustest.NewNetwork(t)) })
	t.Run(name+", in a bubble", func(t *testing.T) { zebustest.Run(t, f) })
}

func publish(t *testing.T, bus *zebus.Bus, text string) {
	t.Helper()
	if err := bus.Publish(t.Context(), &interop.Note{Text: text}); err != nil {
		t.Fatal(err)
	}
}
