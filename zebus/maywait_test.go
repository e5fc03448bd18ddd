package zebus_test

import (
	"context"
	"testing"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

// A patientStub tells which messages may wait.
type patientStub struct {
	stub

	mayWait map[zebus.MessageTypeID]bool
}

func (s *patientStub) Send(d zebus.Delivery) error {
	s.mayWait[d.Message.Type] = d.MayWait
	return s.stub.Send(d)
}

func TestOnlyEventsMayWait(t *testing.T) {
	t.Parallel()
	s := &patientStub{mayWait: map[zebus.MessageTypeID]bool{}}
	bus, err := zebus.NewBuilder("Bench.0").WithEnvironment("Bench").WithTransport(s).WithDirectory(&remote{}).Build()
	if err != nil {
		t.Fatal(err)
	}
	if err := bus.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = bus.Stop(context.Background()) }()
	if err := bus.Publish(t.Context(), &interop.PriceChanged{Market: "EU"}); err != nil {
		t.Fatal(err)
	}
	bus.SendAsync(t.Context(), &interop.Echo{})
	if id := (*interop.PriceChanged)(nil).ZebusType().ID(); !s.mayWait[id] {
		t.Errorf("the event must not wait: %v", s.mayWait)
	}
	if wait, sent := s.mayWait[(*interop.Echo)(nil).ZebusType().ID()]; wait || !sent {
		t.Errorf("the command may wait, or was not sent: %v", s.mayWait)
	}
}
