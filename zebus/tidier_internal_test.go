package zebus

import "testing"

func TestTidier(t *testing.T) {
	const blocks = 4
	r := &run{bus: &Bus{}}
	rt := &route{messageType: failedType, untold: true}
	var back spares
	s := supply{spares: &back}
	var all []*incoming
	for range blocks * blockSize {
		in := s.next(r)
		in.route, in.Job = rt, in
		all = append(all, in)
	}
	spare := func() (n int) {
		for k := back.top.Load(); k != nil; k = k.next {
			n++
		}
		return n
	}
	t.Run("blocks whose messages went to two queues come back when both are through with them", func(t *testing.T) {
		var queues [2]tidier
		for i, in := range all[:3*blockSize] {
			queues[i%2].over(&in.Entry)
		}
		if got := spare(); got != 2 {
			t.Errorf("%d blocks came back of three, want 2: a queue keeps its last one for a while", got)
		}
	})
	t.Run("a block comes back with its last message, whatever had to be done for others", func(t *testing.T) {
		var queue tidier
		for i, in := range all[3*blockSize:] {
			if i == 5 {
				in.remarks.setCode(in.epoch, 1, "says something")
			}
			queue.over(&in.Entry)
		}
		queue.giveBack()
		if got := spare(); got != 3 {
			t.Errorf("%d blocks came back, want 3", got)
		}
		if all[3*blockSize+5].remarks.of(0).code != 0 {
			t.Error("what a handler said is still there")
		}
	})
}
