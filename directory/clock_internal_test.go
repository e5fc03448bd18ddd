package directory

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestClock(t *testing.T) {
	t.Run("T10 times are always different, UTC, and increase, although the machine's stands still", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var c clock
			last := time.Time{}
			for range 1000 {
				next := c.next()
				if !next.After(last) || next.Location() != time.UTC {
					t.Fatalf("%v follows %v", next, last)
				}
				last = next
			}
		})
	})
	t.Run("T10 those of several goroutines are different too", func(t *testing.T) {
		var c clock
		var seen sync.Map
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				for range 1000 {
					if at, twice := seen.LoadOrStore(c.next().UnixNano(), true); twice {
						t.Errorf("%v was given twice", at)
					}
				}
			})
		}
		all.Wait()
	})
}
