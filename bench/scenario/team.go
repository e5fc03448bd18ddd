package scenario

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/zebus-go/zebus/bench/contender"
	"github.com/zebus-go/zebus/bench/worker"
)

// A team is the processes of one contender in a scenario.
type team struct {
	contender contender.Contender
	broker    *worker.Worker // nil where there is none
	sinks     []*worker.Worker
	sources   []*worker.Worker
	hung      []*worker.Worker // sinks that are stuck
}

// A lineup says how large a team is.
type lineup struct {
	sinks, sources int
	setup          contender.Setup // of the broker
}

// assemble starts a team: those who are sent to before those who send.
func assemble(ctx context.Context, c contender.Contender, l lineup) (t *team, err error) {
	t = &team{contender: c}
	defer func() {
		if err != nil {
			err = errors.Join(err, t.close())
		}
	}()
	var s contender.Setup
	if c.NewBroker != nil {
		if t.broker, err = worker.Start(ctx, c, worker.Broker, l.setup); err != nil {
			return t, err
		}
		s.Broker = t.broker.Address
	}
	if t.sinks, err = startAll(ctx, c, worker.Sink, s, l.sinks); err != nil {
		return t, err
	}
	for _, sink := range t.sinks {
		s.Sinks = append(s.Sinks, sink.Address)
	}
	t.sources, err = startAll(ctx, c, worker.Source, s, l.sources)
	return t, err
}

// startAll starts n parts of a kind at the same time.
func startAll(ctx context.Context, c contender.Contender, kind worker.Kind, s contender.Setup, n int) ([]*worker.Worker, error) {
	started, errs := make([]*worker.Worker, n), make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		s := s
		s.Index = i
		wg.Go(func() { started[i], errs[i] = worker.Start(ctx, c, kind, s) })
	}
	wg.Wait()
	return slices.DeleteFunc(started, func(w *worker.Worker) bool { return w == nil }), errors.Join(errs...)
}

// assembleAll starts a team for each contender.
func assembleAll(ctx context.Context, contenders []contender.Contender, l lineup) (teams []*team, err error) {
	for _, c := range contenders {
		t, err := assemble(ctx, c, l)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", c.Name, err), closeAll(teams))
		}
		teams = append(teams, t)
	}
	return teams, nil
}

// close ends the processes, those who send before those who are sent to.
func (t *team) close() (err error) {
	for _, workers := range [][]*worker.Worker{t.sources, t.sinks} {
		for _, w := range workers {
			err = errors.Join(err, w.Close())
		}
	}
	if t.broker != nil {
		err = errors.Join(err, t.broker.Close())
	}
	return err
}

// kill ends the processes at once, for teams of which one cannot end by itself.
func (t *team) kill() (err error) {
	for _, w := range slices.Concat(t.sources, t.sinks, t.hung) {
		err = errors.Join(err, w.Kill())
	}
	if t.broker != nil {
		err = errors.Join(err, t.broker.Kill())
	}
	return err
}

func closeAll(teams []*team) (err error) {
	for _, t := range teams {
		err = errors.Join(err, t.close())
	}
	return err
}

// publish makes the sources publish l.Count events altogether, and every sink count all of them.
func (t *team) publish(l worker.Load) (span, error) {
	return t.deliver(l, func(source *worker.Worker, l worker.Load) error { return source.Publish(l) })
}

// deliver makes the sources send l.Count messages altogether, and every sink count all of them.
func (t *team) deliver(l worker.Load, send func(*worker.Worker, worker.Load) error) (span, error) {
	each := max(l.Count/len(t.sources), 1)
	l.Count = each * len(t.sources)
	for _, sink := range t.sinks {
		if err := sink.Expect(l.Count, l.Bytes); err != nil {
			return span{}, err
		}
	}
	s := span{readings: make([]contender.Reading, len(t.sinks))}
	errs := make([]error, len(t.sources)+len(t.sinks))
	var wg sync.WaitGroup
	for i, source := range t.sources {
		share := l
		share.Count = each
		wg.Go(func() { errs[i] = send(source, share) })
	}
	for i, sink := range t.sinks {
		wg.Go(func() { s.readings[i], errs[len(t.sources)+i] = sink.Await() })
	}
	wg.Wait()
	s.sum()
	return s, errors.Join(errs...)
}
