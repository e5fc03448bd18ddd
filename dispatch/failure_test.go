package dispatch_test

import (
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/zebus-go/zebus/dispatch"
)

var errBoom = errors.New("boom")

func wantFailed(t *testing.T, n *note, want error) {
	t.Helper()
	if failed, _, _ := n.told(); len(failed) != 1 || !errors.Is(failed[0], want) {
		t.Errorf("message %d failed with %v, want %v", n.id, failed, want)
	}
}

func wantRejected(t *testing.T, n *note, want error) {
	t.Helper()
	if _, rejected, _ := n.told(); len(rejected) != 1 || !errors.Is(rejected[0], want) {
		t.Errorf("message %d was rejected with %v, want %v", n.id, rejected, want)
	}
}

func TestFailures(t *testing.T) {
	ends := map[string]struct {
		end  func()
		want error
	}{
		"panics":             {func() { panic(errBoom) }, dispatch.ErrPanic},
		"exits":              {runtime.Goexit, dispatch.ErrExited},
		"panics with nil":    {func() { panic(nil) }, dispatch.ErrPanic}, //nolint:govet // what is tested
		"panics with errors": {func() { panic(errBoom) }, errBoom},
	}
	for name, tc := range ends {
		t.Run("J19 after a handler that "+name+" the next message runs", func(t *testing.T) {
			bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
				r.handle("Bad", "", func(dispatch.Turn, *note) { tc.end() })
				r.handle("Good", "", func(_ dispatch.Turn, n *note) { r.write(n.id) })
				r.Start()
				notes := r.send("Bad", "Good", "Bad", "Good")
				r.stop()
				wantFailed(t, notes[0], tc.want)
				wantFailed(t, notes[2], tc.want)
				if got := r.written(); !slices.Equal(got, []int{1, 3}) {
					t.Errorf("ran %v, want [1 3]", got)
				}
			})
		})
		t.Run("J25 every message of a batch whose handler "+name+" has the error and is done", func(t *testing.T) {
			bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
				r.Add("A", &dispatch.Invoker{MaxBatch: 10, Invoke: func(dispatch.Turn, []*dispatch.Entry) { tc.end() }})
				notes := r.send("A", "A", "A")
				r.Start()
				r.stop()
				for _, n := range notes {
					wantFailed(t, n, tc.want)
				}
			})
		})
		t.Run("the rest of a batch is dispatched when an inline handler "+name, func(t *testing.T) {
			bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
				r.Add("Bad", &dispatch.Invoker{Inline: true, Invoke: func(dispatch.Turn, []*dispatch.Entry) { tc.end() }})
				r.Add("Bad", &dispatch.Invoker{Inline: true, Invoke: func(_ dispatch.Turn, b []*dispatch.Entry) { r.write(noteOf(b[0]).id) }})
				r.handle("Good", "", func(_ dispatch.Turn, n *note) { r.write(n.id) })
				r.Start()
				notes := []*note{r.note("Bad"), r.note("Good"), r.note("Bad"), r.note("Good")}
				go r.dispatch(notes...) // a goroutine that may exit
				synctest.Wait()
				r.stop()
				wantFailed(t, notes[0], tc.want)
				wantFailed(t, notes[2], tc.want)
				got := r.written()
				slices.Sort(got)
				if !slices.Equal(got, []int{0, 1, 2, 3}) {
					t.Errorf("ran %v, want all four", got)
				}
			})
		})
		t.Run("J19 after a job whose Done "+name+" the next message runs", func(t *testing.T) {
			var reported []error
			config := dispatch.Config{OnPanic: func(_ string, err error) { reported = append(reported, err) }}
			bubble(t, config, func(t *testing.T, r *rig) {
				r.handle("A", "", func(_ dispatch.Turn, n *note) { r.write(n.id) })
				r.Start()
				bad := r.note("A")
				bad.onDone = tc.end
				r.dispatch(bad, r.note("A"))
				r.stop()
				if got := r.written(); !slices.Equal(got, []int{0, 1}) {
					t.Errorf("ran %v, want [0 1]", got)
				}
				if !errors.Is(tc.want, dispatch.ErrExited) && (len(reported) != 1 || !errors.Is(reported[0], tc.want)) {
					t.Errorf("OnPanic was told %v, want %v", reported, tc.want)
				}
			})
		})
	}
	t.Run("the error of a panic shows its value and where it was", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			r.handle("A", "", func(dispatch.Turn, *note) { explode() })
			r.Start()
			n := r.send("A")[0]
			r.stop()
			failed, _, _ := n.told()
			pe, ok := errors.AsType[*dispatch.PanicError](failed[0])
			if !ok || pe.Error() != "dispatch: handler panicked: boom" || !strings.Contains(string(pe.Stack), "explode") {
				t.Errorf("error = %v, want a PanicError with value and stack", failed[0])
			}
		})
	})
	t.Run("a predicate that panics declines and is told", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			r.Add("A", &dispatch.Invoker{
				Accepts: func(*dispatch.Entry) bool { panic(errBoom) },
				Invoke:  func(dispatch.Turn, []*dispatch.Entry) { t.Error("invoked") },
			})
			r.Start()
			n := r.send("A")[0]
			r.stop()
			wantFailed(t, n, errBoom)
		})
	})
}

func explode() { panic(errBoom) }
