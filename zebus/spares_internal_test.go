package zebus

import (
	"sync"
	"testing"
)

func TestSpares(t *testing.T) {
	t.Run("no more are kept than the most, and those that are not hold on to nobody", func(t *testing.T) {
		var s spares
		var last *block
		for range mostSpares + 3 {
			last = &block{}
			s.put(last)
		}
		kept := 0
		for k := s.takeAll(); k != nil; k = k.next {
			kept++
		}
		if kept != mostSpares || last.next != nil {
			t.Errorf("%d are kept, want %d; who was turned away knows of one: %t", kept, mostSpares, last.next != nil)
		}
	})
	t.Run("many put back what one takes, and each is in one place", func(t *testing.T) {
		const blocks, queues, rounds = 8, 4, 20_000
		var s spares
		handled := make(chan *block, blocks)
		var workers sync.WaitGroup
		for range queues {
			workers.Go(func() {
				for k := range handled {
					s.put(k)
				}
			})
		}
		for range blocks {
			handled <- &block{}
		}
		for taken := 0; taken < rounds; {
			for k := s.takeAll(); k != nil; {
				next := k.next
				k.renew(nil)
				k.usedSpecials++ // a write by its owner, which nobody else may be
				handled <- k
				k, taken = next, taken+1
			}
		}
		close(handled)
		workers.Wait()
		left := 0
		for k := s.takeAll(); k != nil; k = k.next {
			left++
		}
		if left != blocks {
			t.Errorf("%d blocks are left of %d", left, blocks)
		}
	})
}
