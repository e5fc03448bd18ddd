package dispatch

// A sorting is one Dispatch at work: it puts the entries of a batch into one parcel per
// queue, and hands the parcels over with one lock each. Inline invokers run in between,
// after the parcels so far have been handed over: so everybody sees the messages
// that came before an inline one as queued, and those behind it as not yet there.
//
// Like a worker it writes down how far it has come, for an inline handler may end the
// goroutine.
type sorting struct {
	dispatcher *Dispatcher
	state      state // when Dispatch was called
	batch      []*Entry
	at         int       // batch[:at] is sorted
	asked      int       // of the inline invokers of batch[at]
	now        *invokers // of batch[at], while asked > 0

	parcels []parcel // parcels[:used] are in use, the others keep their room
	used    int
	slots   []int // of a queue's index: that of its parcel + 1, or 0
	refused []refusal
	idle    func() // runs a queue that was idle; nil where there was none
}

// A parcel is what is on its way to one queue.
type parcel struct {
	queue *queue
	items []item
}

// run sorts what is left of the batch. When a handler ends the goroutine, what it leaves is
// run while the goroutine unwinds, as often as it takes.
func (s *sorting) run() {
	defer s.resume()
	for s.at < len(s.batch) {
		e := s.batch[s.at]
		if !s.state.accepts(e) {
			s.at++
			s.dispatcher.turnAway(e)
			continue
		}
		if s.used == 0 && s.enqueueAlike() {
			continue
		}
		s.runInline(e)
		s.enqueue(e)
	}
	s.handOver()
}

// enqueueAlike hands over entries that follow each other and are for one and the same invoker, on a queue. It returns false where
// there are none, or they need a closer look.
func (s *sorting) enqueueAlike() bool {
	to, entries := s.alike()
	if len(entries) < 2 {
		return false
	}
	for _, e := range entries {
		if !e.alone {
			e.alone = true
		}
	}
	run, ok := to.queue.pushAll(entries, to)
	if ok {
		s.at += len(entries)
		s.wake(run)
	}
	return ok
}

// alike returns the entries from the next one on that have but one invoker, which is the same, on a queue, and takes all.
func (s *sorting) alike() (to *queued, entries []*Entry) {
	rest := s.batch[s.at:]
	route := rest[0].Route
	now := route.load()
	if len(now.inline) > 0 || len(now.queued) != 1 || now.queued[0].inv.Accepts != nil || s.state == stopping {
		return nil, nil
	}
	n := 1
	for n < len(rest) && rest[n].Route == route {
		n++
	}
	return now.queued[0], rest[:n]
}

func (s *sorting) resume() {
	if s.at < len(s.batch) || s.used > 0 {
		s.run()
	}
}

// end counts Dispatch out and keeps s for another one.
func (s *sorting) end() {
	d := s.dispatcher
	if s.idle != nil { // an inline handler has ended the goroutine that would have run it
		go s.idle()
	}
	s.batch, s.now, s.at, s.idle = nil, nil, 0, nil
	d.sortings.Put(s)
	d.life.leave()
}

// runInline runs the inline invokers of e.
func (s *sorting) runInline(e *Entry) {
	if s.asked == 0 {
		s.now = e.Route.load()
	}
	for s.asked < len(s.now.inline) {
		inv := s.now.inline[s.asked]
		s.asked++
		if s.dispatcher.wants(inv, e) {
			s.handOver()
			s.invoke(inv, e)
		}
	}
	s.asked = 0
}

// invoke runs inv on this goroutine.
func (s *sorting) invoke(inv *Invoker, e *Entry) {
	returned := false
	defer func() {
		if value := recover(); !returned {
			s.dispatcher.failed(e, inv, endOf(value))
		}
	}()
	inv.Invoke(inlineTurn, s.batch[s.at:s.at+1:s.at+1])
	returned = true
}

// enqueue puts e into the parcels of the queues that want it.
func (s *sorting) enqueue(e *Entry) {
	wanted := 0
	for _, to := range s.now.queued {
		if s.dispatcher.wants(to.inv, e) {
			wanted++
			p := s.parcel(to.queue)
			p.items = append(p.items, item{e, to})
		}
	}
	s.at++
	e.alone = wanted == 1
	switch {
	case wanted == 0:
		s.dispatcher.done(e)
	case wanted > 1:
		e.left.Store(int32(wanted))
	}
}

// parcel returns the parcel for q.
func (s *sorting) parcel(q *queue) *parcel {
	for q.index >= len(s.slots) {
		s.slots = append(s.slots, 0)
	}
	if i := s.slots[q.index]; i > 0 {
		return &s.parcels[i-1]
	}
	if s.used == len(s.parcels) {
		s.parcels = append(s.parcels, parcel{})
	}
	s.used++
	s.slots[q.index] = s.used
	p := &s.parcels[s.used-1]
	p.queue = q
	return p
}

// wake makes a queue run that was idle until now, if that is so. The newest one is left to the caller of DispatchHere.
func (s *sorting) wake(run func()) {
	if run == nil {
		return
	}
	if s.idle != nil {
		go s.idle()
	}
	s.idle = run
}

// handOver gives the parcels to their queues, and tells those for whom there was no room.
func (s *sorting) handOver() {
	for s.used > 0 {
		s.used--
		p := &s.parcels[s.used]
		s.slots[p.queue.index] = 0
		s.wake(p.queue.push(p.items, &s.refused))
		clear(p.items)
		p.items = p.items[:0]
	}
	s.dispatcher.refuse(s.refused)
	clear(s.refused)
	s.refused = s.refused[:0]
}
