package directory

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

// A pinger asks the peers, each once in an interval, whether they are there. It does not judge who is silent; a peer that was
// taken for silent and answers is marked as responding.
type pinger struct {
	done context.CancelFunc // nil before the first start
	wg   sync.WaitGroup
}

// pingRound is the time between two looks at who is due, which is how long a new peer waits for its first ping at most. It is
// shorter where pings are.
const pingRound = 5 * time.Second

// start begins to ping until stop.
func (p *pinger) start(s *Server) {
	ctx, cancel := context.WithCancel(context.Background())
	p.done = cancel
	if s.config.PingInterval < 0 {
		return
	}
	p.wg.Go(func() { p.run(ctx, s) })
}

// stop waits until nobody is being pinged. It may be called at any time.
func (p *pinger) stop() {
	if p.done != nil {
		p.done()
	}
	p.wg.Wait()
}

func (p *pinger) run(ctx context.Context, s *Server) {
	ticker := time.NewTicker(min(pingRound, max(s.config.PingInterval/2, time.Millisecond)))
	defer ticker.Stop()
	schedule := pingSchedule{}
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			p.round(ctx, s, schedule.due(now, s.config.PingInterval, s.pingable()))
		}
	}
}

// round pings some peers. A ping has the time until the next one to be answered.
func (p *pinger) round(ctx context.Context, s *Server, due []zebus.Peer) {
	if len(due) == 0 {
		return
	}
	limited, cancel := context.WithTimeout(ctx, s.config.PingInterval)
	context.AfterFunc(limited, cancel)
	bus, _ := s.registration()
	for _, peer := range due {
		pending := bus.SendToAsync(limited, &PingPeerCommand{}, peer)
		if !peer.Responding {
			p.wg.Go(func() { s.awaken(limited, peer.ID, pending) })
		}
	}
}

// awaken marks a silent peer as responding when it answers.
func (s *Server) awaken(ctx context.Context, id zebus.PeerID, ping *zebus.Pending) {
	if ping.Wait(ctx) != nil {
		return
	}
	r := s.record(id)
	if r == nil || r.Static.Peer.Responding || r.Static.Timestamp == nil {
		return
	}
	bus, self := s.registration()
	cmd := &MarkPeerAsRespondingInternalCommand{PeerID: id, TimestampUTC: afterKnown(*r.Static.Timestamp)}
	if err := bus.SendToAsync(ctx, cmd, self.Peer).Wait(ctx); err != nil {
		s.config.Logger.WarnContext(ctx, "marking a peer as responding", "peer", id, "error", err)
	}
}

// pingable returns the peers to ping: those that are up, but for directories.
func (s *Server) pingable() []zebus.Peer {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var peers []zebus.Peer
	for _, e := range s.mu.entries {
		if r := e.record; r.Static.Peer.Up && !r.isDirectory() {
			peers = append(peers, r.Static.Peer)
		}
	}
	return peers
}

var registerType = (*RegisterPeerCommand)(nil).ZebusType().ID()

// isDirectory says whether the peer takes registrations, which is how directories know each other.
func (r *Record) isDirectory() bool {
	return slices.ContainsFunc(r.Static.Subscriptions, func(sub zebus.Subscription) bool { return sub.Type == registerType })
}

// A pingSchedule remembers when each peer was pinged last.
type pingSchedule map[zebus.PeerID]time.Time

// due returns those of the peers whose time has come, and takes them for pinged. Peers that are not listed any more are
// forgotten.
func (p pingSchedule) due(now time.Time, interval time.Duration, peers []zebus.Peer) []zebus.Peer {
	var due []zebus.Peer
	listed := make(map[zebus.PeerID]bool, len(peers))
	for _, peer := range peers {
		listed[peer.ID] = true
		if last, pinged := p[peer.ID]; !pinged || now.Sub(last) >= interval {
			p[peer.ID] = now
			due = append(due, peer)
		}
	}
	for id := range p {
		if !listed[id] {
			delete(p, id)
		}
	}
	return due
}
