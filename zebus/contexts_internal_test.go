package zebus

import (
	"runtime"
	"testing"
	"weak"

	"github.com/zebus-go/zebus/dispatch"
)

// TestWhatAContextKeepsAlive looks at what is left of the memory of messages while a handler keeps the context of one.
func TestWhatAContextKeepsAlive(t *testing.T) {
	for name, sources := range map[string]int{"of one source": 1, "that have nothing in common": 2 * blockSize} {
		t.Run("a context of a queue, of messages whose IDs are "+name+", keeps none of them", func(t *testing.T) {
			r, from := &run{}, &Originator{}
			kept := make([]messageContext, 2*blockSize)
			var bases contextBases
			var blocks []weak.Pointer[block]
			for i := range kept {
				k := newBlock(new(spares))
				k.renew(r)
				blocks = append(blocks, weak.Make(k))
				in := &k.messages[0]
				in.originator, in.id = from, MessageID{15: byte(i % sources)}
				kept[i].show(bases.restOf(in, nil), in, dispatch.Turn{})
			}
			runtime.GC()
			for i, k := range blocks {
				if k.Value() != nil {
					t.Errorf("the block of message %d is still there", i)
				}
			}
			runtime.KeepAlive(kept)
		})
	}
}

// TestWhatContextsShare looks at how many contexts of one sender share all that they can.
func TestWhatContextsShare(t *testing.T) {
	const messages = 100
	for name, c := range map[string]struct {
		source func(i int) byte // of the ID of a message
		once   int              // what only one context has
	}{
		"of one process":                                {func(int) byte { return 0 }, 0},
		"of one that is started anew":                   {func(i int) byte { return byte(i / 50) }, 1},
		"of one with random IDs":                        {func(i int) byte { return byte(i) }, messages},
		"of one, and one from another of the same name": {func(i int) byte { return byte(i / 99) }, 1},
	} {
		t.Run("contexts of messages "+name, func(t *testing.T) {
			r, from := &run{}, &Originator{}
			var bases contextBases
			shared := map[*contextRest]int{}
			for i := range messages {
				in := &incoming{home: &home{run: r}, originator: from, id: MessageID{15: c.source(i)}}
				shared[bases.restOf(in, nil)]++
			}
			once := 0
			for _, times := range shared {
				if times == 1 {
					once++
				}
			}
			if once != c.once {
				t.Errorf("%d contexts have a rest of their own, want %d", once, c.once)
			}
		})
	}
}

func TestSendersThatAreLongGone(t *testing.T) {
	r, most := &run{}, 0
	var bases contextBases
	for range 10 * mostBases {
		in := &incoming{home: &home{run: r}, originator: &Originator{}}
		bases.restOf(in, nil)
		most = max(most, len(bases.bySender))
	}
	if most > mostBases {
		t.Errorf("a handler remembers %d senders, want %d at most", most, mostBases)
	}
}
