package zebusmetrics_test

import (
	"context"
	"fmt"
	"log"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/transport/memory"
	"github.com/zebus-go/zebus/zebus"
	"github.com/zebus-go/zebus/zebusmetrics"
)

// The registry is what promhttp.HandlerFor serves to Prometheus.
func ExampleMetrics_Observe() {
	registry := prometheus.NewRegistry()
	metrics, err := zebusmetrics.New(registry)
	if err != nil {
		log.Fatal(err)
	}
	transport, err := memory.NewNetwork().NewTransport(memory.Config{})
	if err != nil {
		log.Fatal(err)
	}
	builder := zebus.NewBuilder("Acme.Door.0").
		WithTransport(transport).
		WithDirectory(alone{}).
		WithHandlers(zebus.HandleCommand(func(context.Context, *interop.Knock) error { return nil }).Named("Door.Knock"))
	bus, err := metrics.Observe(builder).Build()
	if err != nil {
		log.Fatal(err)
	}
	run(bus, func(ctx context.Context) error {
		return bus.SendTo(ctx, &interop.Knock{}, zebus.Peer{ID: bus.ID(), Responding: true})
	})

	families, err := registry.Gather()
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "zebus_handler_duration_seconds" {
			fmt.Println(f.GetMetric()[0].GetLabel()[0].GetValue(), "ran", f.GetMetric()[0].GetHistogram().GetSampleCount(), "time")
		}
	}
	// Output: Door.Knock ran 1 time
}
