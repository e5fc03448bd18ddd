package directory

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

// Handlers implements [zebus.Directory]. Commands change the books one at a time, on the default queue; events of other
// directories and pings are heard at once.
func (s *Server) Handlers() []zebus.Handler {
	return []zebus.Handler{
		zebus.HandleRequest(timed(s, s.register)).Named("directory.Server.Register"),
		zebus.HandleCommand(timedCommand(s, s.unregister)).Named("directory.Server.Unregister"),
		zebus.HandleCommand(timedCommand(s, s.update)).Named("directory.Server.Update"),
		zebus.HandleCommand(timedCommand(s, s.updateTypes)).Named("directory.Server.UpdateForTypes"),
		zebus.HandleCommand(s.decommission).Named("directory.Server.Decommission"),
		zebus.HandleCommand(s.markResponding).Named("directory.Server.MarkResponding"),
		zebus.HandleCommand(s.markNotResponding).Named("directory.Server.MarkNotResponding"),
		zebus.HandleCommand(s.markRespondingInternal).Named("directory.Server.MarkRespondingInternal"),
		zebus.HandleCommand(s.markNotRespondingInternal).Named("directory.Server.MarkNotRespondingInternal"),
		zebus.HandleEvent(s.peerStarted).Named("directory.Server.PeerStarted").Inline(),
		zebus.HandleEvent(s.peerStopped).Named("directory.Server.PeerStopped").Inline(),
		zebus.HandleEvent(s.peerDecommissioned).Named("directory.Server.PeerDecommissioned").Inline(),
		zebus.HandleEvent(s.peerNotResponding).Named("directory.Server.PeerNotResponding").Inline(),
		zebus.HandleEvent(s.peerResponding).Named("directory.Server.PeerResponding").Inline(),
		zebus.HandleEvent(s.subscriptionsUpdated).Named("directory.Server.PeerSubscriptionsUpdated").Inline(),
		zebus.HandleCommand(s.ping).Named("directory.Server.Ping").Inline(),
	}
}

// timed reports how long a request took.
func timed[C, R any](s *Server, f func(context.Context, *C) (*R, error)) func(context.Context, *C) (*R, error) {
	return func(ctx context.Context, cmd *C) (*R, error) {
		defer s.report(any(cmd), time.Now())
		return f(ctx, cmd)
	}
}

func timedCommand[C any](s *Server, f func(context.Context, *C) error) func(context.Context, *C) error {
	return func(ctx context.Context, cmd *C) error {
		defer s.report(any(cmd), time.Now())
		return f(ctx, cmd)
	}
}

func (s *Server) report(cmd any, start time.Time) {
	if m, ok := cmd.(zebus.Message); ok {
		s.config.OnCommandHandled(m.ZebusType().ID(), time.Since(start))
	}
}

// register enters a peer and tells it who is there.
func (s *Server) register(ctx context.Context, cmd *RegisterPeerCommand) (*RegisterPeerResponse, error) {
	d := cmd.Peer
	if err := s.admit(ctx, &d); err != nil {
		s.config.Logger.WarnContext(ctx, "registration refused", "peer", d.Peer.ID, "endpoint", d.Peer.Endpoint, "error", err)
		return nil, err
	}
	d.Peer.Up, d.Peer.Responding, d.Peer.Persistent = true, true, d.Persistent
	var twin *Record
	err := s.config.Store.Update(ctx, d.Peer.ID, func(r *Record) *Record {
		if twin = nil; r.conflictsWith(d.Peer) {
			twin = r
			return r
		}
		return r.Forget(*d.Timestamp).Put(d)
	})
	if err != nil {
		return nil, err
	}
	if twin != nil {
		return nil, zebus.Fail(zebus.CodePeerAlreadyExists, "Peer %s already exists (running on %s)", d.Peer.ID, twin.Static.Peer.Endpoint)
	}
	s.notify(zebus.PeerStartedChange, d.Peer)
	s.publish(ctx, &PeerStarted{PeerDescriptor: d})
	return &RegisterPeerResponse{PeerDescriptors: s.Peers()}, nil
}

// admit says whether a peer may register.
func (s *Server) admit(ctx context.Context, d *zebus.PeerDescriptor) error {
	if d.Peer.ID == "" {
		return zebus.Fail(zebus.CodeUnknown, "the peer has no ID")
	}
	if machine := s.blacklisted(ctx, d.Peer.Endpoint); machine != "" {
		return zebus.Fail(zebus.CodeUnknown, "peers of machine %s may not register", machine)
	}
	if d.Timestamp == nil {
		return zebus.Fail(zebus.CodeUnknown, "the registration of %s bears no time", d.Peer.ID)
	}
	if most := s.config.MaxClockDifference; most > 0 && time.Until(*d.Timestamp) > most {
		return zebus.Fail(zebus.CodeUnknown, "the clock of %s is %v ahead of the directory's, more than the %v that are allowed",
			d.Peer.ID, time.Until(*d.Timestamp).Round(time.Second), most)
	}
	return nil
}

// blacklisted returns the name under which the machine of the sender is on the black list, "" when it is not.
func (s *Server) blacklisted(ctx context.Context, endpoint string) string {
	names := []string{hostOf(endpoint)}
	if originator, ok := zebus.OriginatorFrom(ctx); ok && originator.MachineName != nil {
		names = append(names, *originator.MachineName)
	}
	for _, machine := range s.config.BlacklistedMachines {
		if slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, machine) }) {
			return machine
		}
	}
	return ""
}

// unregister lets a peer go: a persistent one will be back.
func (s *Server) unregister(ctx context.Context, cmd *UnregisterPeerCommand) error {
	at := wireTime(time.Now())
	if cmd.TimestampUTC != nil {
		at = *cmd.TimestampUTC
	}
	var old, next *Record
	err := s.config.Store.Update(ctx, cmd.PeerID, func(r *Record) *Record {
		old, next = r, r
		if r != nil && !r.newerThan(cmd.TimestampUTC) {
			next = r.left(at)
		}
		return next
	})
	switch {
	case err != nil || next == old:
		return err
	case next == nil:
		s.decommissioned(ctx, old.Static.Peer)
	default:
		s.notify(zebus.PeerStoppedChange, next.Static.Peer)
		stopped := &PeerStopped{
			PeerID: cmd.PeerID, PeerEndpoint: cmp.Or(cmd.PeerEndpoint, &old.Static.Peer.Endpoint), TimestampUTC: &at,
		}
		s.publish(ctx, stopped)
		s.tellUnaware(ctx, stopped, old.Static.Peer)
	}
	return nil
}

// decommission removes a peer on somebody's word.
func (s *Server) decommission(ctx context.Context, cmd *DecommissionPeerCommand) error {
	peer := zebus.Peer{ID: cmd.PeerID}
	err := s.config.Store.Update(ctx, cmd.PeerID, func(r *Record) *Record {
		if r != nil {
			peer = r.Static.Peer
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.decommissioned(ctx, peer)
	return nil
}

// decommissioned publishes that a peer has been removed.
func (s *Server) decommissioned(ctx context.Context, peer zebus.Peer) {
	s.notify(zebus.PeerDecommissionedChange, peer)
	gone := &PeerDecommissioned{PeerID: peer.ID}
	s.publish(ctx, gone)
	s.tellUnaware(ctx, gone, peer)
}

// handover is how long a process that unregisters in the name of another one, which has taken its place, is given to leave before
// that one is told. Told at once, it would register at once, over connections that stand, while the answer to the earlier one still
// waits for the handshake of a new one. A registration makes the transport of the directory drop what it has for the ID, as it is for
// a process that is gone: the earlier one would not get its answer, and wait for it as long as for a directory that is busy. Nor do
// all transports carry what is for two endpoints of one ID: that in memory takes back what is on its way to the one before.
const handover = time.Second

// tellUnaware publishes to the peer that the command being handled has removed or stopped, if it may still run: it shall learn
// that it is lost, and as the books no longer know it, or know it as down, it is told apart from the others. A process that says
// it of itself knows. An earlier process of the same name, at another endpoint, says it of the one that took its place.
func (s *Server) tellUnaware(ctx context.Context, evt zebus.Event, peer zebus.Peer) {
	originator, known := zebus.OriginatorFrom(ctx)
	_, self := s.registration()
	switch {
	case !known, !peer.Up, peer.ID == self.Peer.ID:
	case originator.SenderID != peer.ID:
		s.publishTo(ctx, evt, peer)
	case !strings.EqualFold(originator.SenderEndpoint, peer.Endpoint):
		s.errands.after(handover, func() { s.publishTo(context.WithoutCancel(ctx), evt, peer) })
	}
}

// update replaces what a peer registered with, and what it has said since.
func (s *Server) update(ctx context.Context, cmd *UpdatePeerSubscriptionsCommand) error {
	var old, next *Record
	err := s.config.Store.Update(ctx, cmd.PeerID, func(r *Record) *Record {
		old, next = r, r
		if r != nil && !r.newerThan(cmd.TimestampUTC) {
			next = r.resubscribed(cmd.Subscriptions, cmd.TimestampUTC)
		}
		return next
	})
	switch {
	case err != nil:
		return err
	case old == nil:
		return zebus.Fail(zebus.CodeUnknown, "peer %s is not registered", cmd.PeerID)
	case next == old:
		return nil
	}
	s.notify(zebus.PeerUpdatedChange, next.Static.Peer)
	s.publish(ctx, &PeerSubscriptionsUpdated{PeerDescriptor: next.Static})
	return nil
}

// updateTypes replaces what a peer wants of some types. It is published even when the books know better: those who hear
// it have rules of their own.
func (s *Server) updateTypes(ctx context.Context, cmd *UpdatePeerSubscriptionsForTypesCommand) error {
	if len(cmd.SubscriptionsForTypes) == 0 {
		return nil
	}
	err := s.config.Store.Update(ctx, cmd.PeerID, func(r *Record) *Record {
		return r.Update(cmd.SubscriptionsForTypes, cmd.TimestampUTC)
	})
	if err != nil {
		return err
	}
	s.publish(ctx, &PeerSubscriptionsForTypesUpdated{
		PeerID: cmd.PeerID, SubscriptionsForTypes: cmd.SubscriptionsForTypes, TimestampUTC: cmd.TimestampUTC,
	})
	return nil
}

func (s *Server) markResponding(ctx context.Context, cmd *MarkPeerAsRespondingCommand) error {
	return s.mark(ctx, cmd.PeerID, true, afterKnown)
}

func (s *Server) markNotResponding(ctx context.Context, cmd *MarkPeerAsNotRespondingCommand) error {
	return s.mark(ctx, cmd.PeerID, false, afterKnown)
}

func (s *Server) markRespondingInternal(ctx context.Context, cmd *MarkPeerAsRespondingInternalCommand) error {
	return s.mark(ctx, cmd.PeerID, true, func(time.Time) time.Time { return cmd.TimestampUTC })
}

func (s *Server) markNotRespondingInternal(ctx context.Context, cmd *MarkPeerAsNotRespondingInternalCommand) error {
	return s.mark(ctx, cmd.PeerID, false, func(time.Time) time.Time { return cmd.TimestampUTC })
}

// afterKnown is the time of a mark that bears none of its own: just after what is known.
func afterKnown(known time.Time) time.Time { return known.Add(time.Millisecond) }

// mark notes whether a peer answers, at a time made of the one that is known.
func (s *Server) mark(ctx context.Context, id zebus.PeerID, responding bool, when func(known time.Time) time.Time) error {
	var old, next *Record
	var at time.Time
	err := s.config.Store.Update(ctx, id, func(r *Record) *Record {
		old, next = r, r
		if r != nil && r.Static.Timestamp != nil {
			at = when(*r.Static.Timestamp)
			next = r.SetResponding(responding, at)
		}
		return next
	})
	if err != nil || next == old {
		return err
	}
	s.notify(zebus.PeerUpdatedChange, next.Static.Peer)
	if responding {
		s.publish(ctx, &PeerResponding{PeerID: id, TimestampUTC: &at})
	} else {
		s.publish(ctx, &PeerNotResponding{PeerID: id, TimestampUTC: &at})
	}
	return nil
}
