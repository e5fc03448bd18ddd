package worker

import (
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/zebus-go/zebus/zebus"

	"github.com/zebus-go/zebus/bench/contender"
	"github.com/zebus-go/zebus/bench/messages"
)

// IsWorker says whether this process was started by [Start].
func IsWorker() bool { return os.Getenv(environment) != "" }

// Serve carries out orders until there are no more.
func Serve(ctx context.Context, orders io.Reader, answers io.Writer) error {
	p := post{meter: contender.NewMeter()}
	in, out := gob.NewDecoder(orders), gob.NewEncoder(answers)
	for {
		var o order
		if err := in.Decode(&o); errors.Is(err, io.EOF) {
			return p.close()
		} else if err != nil {
			return errors.Join(err, p.close())
		}
		a, err := p.obey(ctx, o)
		if err != nil {
			a.Err = err.Error()
		}
		if err := out.Encode(a); err != nil {
			return errors.Join(err, p.close())
		}
	}
}

// A post is the part that a worker runs.
type post struct {
	meter  *contender.Meter
	part   contender.Part
	source contender.Source // part, when it is one
}

func (p *post) close() error {
	if p.part == nil {
		return nil
	}
	return p.part.Close()
}

func (p *post) obey(ctx context.Context, o order) (a answer, err error) {
	switch o.Do {
	case doStart:
		began := time.Now()
		a.Address, err = p.start(ctx, o)
		a.Elapsed = time.Since(began)
	case doExpect:
		err = p.meter.Expect(o.Load.Count, o.Load.Bytes)
	case doAwait:
		a.Reading, err = p.meter.Await(ctx)
	case doPublish:
		err = p.publish(ctx, o.Load)
	case doRequest:
		a.Latencies, err = p.request(ctx, o.Load)
	case doAsk:
		a.Elapsed, err = p.ask(ctx, o.Load)
	case doUsage:
		a.Usage, err = usage()
	default:
		err = fmt.Errorf("worker: unknown order %q", o.Do)
	}
	return a, err
}

func (p *post) start(ctx context.Context, o order) (address string, err error) {
	c, ok := contender.Find(o.Contender)
	if !ok {
		return "", fmt.Errorf("worker: no contender is called %q", o.Contender)
	}
	switch o.Kind {
	case Broker:
		p.part, err = c.NewBroker(ctx, o.Setup)
	case Sink:
		p.part, err = c.NewSink(ctx, o.Setup, p.meter)
	case Source:
		p.source, err = c.NewSource(ctx, o.Setup)
		p.part = p.source
	}
	if err != nil {
		p.part = nil
		return "", err
	}
	return p.part.Address(), nil
}

// publish sends events, at the pace that the load asks for.
func (p *post) publish(ctx context.Context, l Load) error {
	evt, stamp := eventOf(l)
	began := time.Now()
	for i := range l.Count {
		if l.PerSecond > 0 {
			until(began.Add(time.Duration(i) * time.Second / time.Duration(l.PerSecond)))
		}
		if l.Stamped {
			stamp()
		}
		if err := p.source.Publish(ctx, evt); err != nil && (!l.Hung || !errors.Is(err, zebus.ErrPeerBusy)) {
			return err
		}
		if l.PerSecond > 0 {
			if err := p.source.Flush(ctx); err != nil {
				return err
			}
		}
	}
	return p.source.Flush(ctx)
}

// until waits for a moment. Timers are too coarse for the last stretch, but a machine of two cores has none to spin on:
// events that are late go out together.
func until(moment time.Time) {
	if wait := time.Until(moment); wait > 0 {
		<-time.After(wait)
	}
}

// eventOf returns the event of a load, and what makes it say the time.
func eventOf(l Load) (evt zebus.Event, stamp func()) {
	body := make([]byte, l.Bytes)
	switch l.Event {
	case "Quote":
		return &messages.Quote{Market: messages.WantedMarket, Symbol: messages.WantedSymbol, Body: body}, func() {}
	case "Trade":
		return &messages.Trade{Market: messages.WantedMarket, Symbol: messages.WantedSymbol, Body: body}, func() {}
	default:
		tick := &messages.Tick{Body: body}
		return tick, func() { tick.Sent = time.Now().UnixNano() }
	}
}

// request sends commands one at a time.
func (p *post) request(ctx context.Context, l Load) (contender.Latencies, error) {
	cmd := &messages.Ask{Body: make([]byte, l.Bytes)}
	took := make([]time.Duration, l.Count)
	for i := range took {
		began := time.Now()
		if err := p.source.Request(ctx, cmd); err != nil {
			return contender.Latencies{}, err
		}
		took[i] = time.Since(began)
	}
	return contender.LatenciesOf(took), nil
}

// ask sends commands many at a time.
func (p *post) ask(ctx context.Context, l Load) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	began := time.Now()
	err := p.source.Ask(ctx, &messages.Ask{Body: make([]byte, l.Bytes)}, l.Count, l.Window)
	return time.Since(began), err
}
