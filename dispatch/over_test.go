package dispatch_test

import (
	"slices"
	"testing"

	"github.com/zebus-go/zebus/dispatch"
)

func TestOver(t *testing.T) {
	t.Run("it is told of entries with one invoker that just returned, and the job of all others", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			reply := make(chan struct{})
			close(reply)
			var over []int
			for name, handle := range map[string]func(dispatch.Turn, *note){
				"Plain":  func(dispatch.Turn, *note) {},
				"Panics": func(dispatch.Turn, *note) { panic("a handler") },
				"Waits":  func(turn dispatch.Turn, _ *note) { wait(turn, reply) },
				"Shared": func(dispatch.Turn, *note) {},
			} {
				r.Add(name, &dispatch.Invoker{
					Name: name, MaxBatch: 2,
					Invoke: func(turn dispatch.Turn, batch []*dispatch.Entry) { handle(turn, noteOf(batch[0])) },
					Over:   func(e *dispatch.Entry) { over = append(over, noteOf(e).id) },
				})
			}
			r.handle("Shared", "other", func(dispatch.Turn, *note) {})
			r.Start()
			all := r.send("Plain", "Panics", "Plain", "Waits", "Shared", "Plain", "Plain")
			if err := r.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
			r.checkEmpty()
			if want := []int{0, 2, 5, 6}; !slices.Equal(over, want) {
				t.Errorf("over: %v, want %v", over, want)
			}
			for _, n := range all {
				want := 1
				if slices.Contains(over, n.id) {
					want = 0
				}
				if _, _, done := n.told(); done != want {
					t.Errorf("the job of %d heard %d times that it is done, want %d", n.id, done, want)
				}
			}
		})
	})
	t.Run("a panic in it is reported, and costs nobody else anything", func(t *testing.T) {
		var reported []string
		config := dispatch.Config{OnPanic: func(queue string, _ error) { reported = append(reported, queue) }}
		bubble(t, config, func(t *testing.T, r *rig) {
			r.Add("A", &dispatch.Invoker{
				Queue:  "a",
				Invoke: func(_ dispatch.Turn, batch []*dispatch.Entry) { r.write(noteOf(batch[0]).id) },
				Over:   func(*dispatch.Entry) { panic("over") },
			})
			r.Start()
			r.send("A", "A")
			if err := r.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
			r.checkEmpty()
			if got := r.written(); !slices.Equal(got, []int{0, 1}) || !slices.Equal(reported, []string{"a", "a"}) {
				t.Errorf("ran %v, reported %v", got, reported)
			}
		})
	})
}
