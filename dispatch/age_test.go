package dispatch_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/zebus-go/zebus/dispatch"
)

func TestAgeOfQueues(t *testing.T) {
	tests := map[string]struct {
		config dispatch.Config
		want   []time.Duration // before each of the handlers has ended, and after the last
	}{
		"the first of those that wait counts, wherever it waits": {
			dispatch.Config{Ages: true, BatchSize: 2}, []time.Duration{4 * time.Minute, 4 * time.Minute, 4 * time.Minute, 4 * time.Minute, 0, 0},
		},
		"nobody looks at the clock unless asked to": {
			dispatch.Config{BatchSize: 2}, []time.Duration{0, 0, 0, 0, 0, 0},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, tc.config, func(t *testing.T, r *rig) {
				next := make(chan struct{})
				r.handle("A", "", func(dispatch.Turn, *note) { <-next })
				r.Start()
				for range 5 { // one is at work; two are taken at a time, the others are in the backlog
					r.send("A")
					synctest.Wait()
					<-time.After(time.Minute)
				}
				for i, want := range tc.want {
					if got := r.Stats().Queues[0].Oldest; got != want {
						t.Errorf("with %d handled the oldest has waited for %v, want %v", i, got, want)
					}
					if i < len(tc.want)-1 {
						next <- struct{}{}
						synctest.Wait()
						<-time.After(time.Minute)
					}
				}
				r.stop()
			})
		})
	}
}
