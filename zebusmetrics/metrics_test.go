package zebusmetrics_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/zebus-go/zebus/dispatch"
	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
	"github.com/zebus-go/zebus/zebusmetrics"
	"github.com/zebus-go/zebus/zebustest"
)

// observed is a network with metrics over some of its buses.
type observed struct {
	*zebustest.Network

	t        *testing.T
	registry *prometheus.Registry
	metrics  *zebusmetrics.Metrics
}

// watched runs f in a bubble.
func watched(t *testing.T, name string, f func(t *testing.T, o *observed)) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		zebustest.Run(t, func(t *testing.T, network *zebustest.Network) {
			o := &observed{Network: network, t: t, registry: prometheus.NewPedanticRegistry()}
			metrics, err := zebusmetrics.New(o.registry)
			if err != nil {
				t.Fatal(err)
			}
			o.metrics = metrics
			f(t, o)
		})
	})
}

// join starts a bus that has the metrics.
func (o *observed) join(id zebus.PeerID, handlers ...zebus.Handler) *zebus.Bus {
	return o.Join(o.metrics.Observe(o.Builder(id).WithHandlers(handlers...)))
}

// want compares metrics with text in the format of Prometheus, less the lines that begin with #.
func (o *observed) want(text string, names ...string) {
	o.t.Helper()
	if err := testutil.GatherAndCompare(o.registry, strings.NewReader(o.withHeads(text)), names...); err != nil {
		o.t.Error(err)
	}
}

// withHeads puts the lines with # in front of each metric, as the registry has them.
func (o *observed) withHeads(text string) string {
	families, err := o.registry.Gather()
	if err != nil {
		o.t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range families {
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n", f.GetName(), f.GetHelp(), f.GetName(), strings.ToLower(f.GetType().String()))
		for line := range strings.Lines(text) {
			if rest, ok := strings.CutPrefix(strings.TrimSpace(line), f.GetName()); ok && strings.ContainsAny(rest[:1], "{ _") {
				b.WriteString(strings.TrimSpace(line) + "\n")
			}
		}
	}
	return b.String()
}

func knocked(f func() error) zebus.Handler {
	return zebus.HandleCommand(func(context.Context, *interop.Knock) error { return f() }).Named("Door")
}

func TestTraffic(t *testing.T) {
	watched(t, "messages and the bytes of their contents, by type", func(t *testing.T, o *observed) {
		noted := zebus.HandleEvent(func(context.Context, *interop.Note) error { return nil })
		a := o.join("A.0")
		o.Start("B.0", noted)
		o.Start("C.0", noted, knocked(func() error { return nil }))
		if err := errors.Join(a.Publish(t.Context(), &interop.Note{Text: "12345678"}), a.Send(t.Context(), &interop.Knock{})); err != nil {
			t.Fatal(err)
		}
		o.WaitQuiet()
		o.want(`
			zebus_messages_sent_total{type="Interop.Messages.Knock"} 1
			zebus_messages_sent_total{type="Interop.Messages.Note"} 2
			zebus_bytes_sent_total{type="Interop.Messages.Knock"} 0
			zebus_bytes_sent_total{type="Interop.Messages.Note"} 20
			zebus_messages_received_total{type="Abc.Zebus.Core.MessageExecutionCompleted"} 1
			zebus_bytes_received_total{type="Abc.Zebus.Core.MessageExecutionCompleted"} 28
			zebus_connected_peers 2
		`, "zebus_messages_sent_total", "zebus_bytes_sent_total", "zebus_messages_received_total", "zebus_bytes_received_total", "zebus_connected_peers")
	})
	watched(t, "types that nobody here handles are one, however many there are", func(t *testing.T, o *observed) {
		a := o.join("A.0", knocked(func() error { return nil }))
		b := o.Start("B.0")
		to := zebus.Peer{ID: a.ID(), Endpoint: a.Endpoint(), Up: true, Responding: true}
		if err := errors.Join(b.PublishTo(t.Context(), &interop.Note{}, to), b.PublishTo(t.Context(), &interop.PriceChanged{}, to)); err != nil {
			t.Fatal(err)
		}
		o.WaitQuiet()
		o.want(`
			zebus_messages_received_total{type="unknown"} 2
			zebus_dropped_total{reason="unknown_type"} 2
		`, "zebus_messages_received_total", "zebus_dropped_total")
	})
}

func TestWork(t *testing.T) {
	watched(t, "a panic is one, also where something goes on after it", func(t *testing.T, o *observed) {
		handler := knocked(func() error { panic("empty") }).Retry(zebus.RetryPolicy{Attempts: 1})
		a := o.Join(o.metrics.Observe(o.Builder("A.0").WithHandlers(handler).WithDeadLetters(func(context.Context, zebus.DeadLetter) {})))
		_ = a.Send(t.Context(), &interop.Knock{})
		o.Problems()
		o.want(`zebus_handler_failures_total{handler="Door",reason="panic",type="Interop.Messages.Knock"} 1`, "zebus_handler_failures_total")
	})
	watched(t, "tries that failed, the last one apart, which is a failure", func(t *testing.T, o *observed) {
		a := o.join("A.0", knocked(func() error { return errors.New("broken") }).Retry(zebus.RetryPolicy{Attempts: 2}))
		_ = a.Send(t.Context(), &interop.Knock{})
		o.Problems()
		o.want(`
			zebus_handler_retries_total{handler="Door",type="Interop.Messages.Knock"} 2
			zebus_handler_failures_total{handler="Door",reason="error",type="Interop.Messages.Knock"} 1
		`, "zebus_handler_retries_total", "zebus_handler_failures_total")
	})
	watched(t, "handlers and commands, their durations and failures", func(t *testing.T, o *observed) {
		outcomes := []error{nil, errors.New("broken"), zebus.Fail(3, "no")}
		a := o.join("A.0", knocked(func() error {
			if len(outcomes) == 0 {
				panic("empty")
			}
			err := outcomes[0]
			outcomes = outcomes[1:]
			<-time.After(20 * time.Millisecond)
			return err
		}))
		for range 4 {
			_ = a.Send(t.Context(), &interop.Knock{})
		}
		_ = a.Send(t.Context(), &interop.Fail{})
		o.Problems()
		o.want(`
			zebus_handler_failures_total{handler="Door",reason="answer",type="Interop.Messages.Knock"} 1
			zebus_handler_failures_total{handler="Door",reason="error",type="Interop.Messages.Knock"} 1
			zebus_handler_failures_total{handler="Door",reason="panic",type="Interop.Messages.Knock"} 1
			zebus_command_failures_total{reason="handler",type="Interop.Messages.Knock"} 3
			zebus_command_failures_total{reason="no_peer",type="Interop.Messages.Fail"} 1
			zebus_handler_duration_seconds_bucket{handler="Door",type="Interop.Messages.Knock",le="0.0001"} 1
			zebus_handler_duration_seconds_bucket{handler="Door",type="Interop.Messages.Knock",le="0.0005"} 1
			zebus_handler_duration_seconds_bucket{handler="Door",type="Interop.Messages.Knock",le="0.001"} 1
			zebus_handler_duration_seconds_bucket{handler="Door",type="Interop.Messages.Knock",le="0.005"} 1
			zebus_handler_duration_seconds_bucket{handler="Door",type="Interop.Messages.Knock",le="0.01"} 1
			zebus_handler_duration_seconds_bucket{handler="Door",type="Interop.Messages.Knock",le="0.05"} 4
			zebus_handler_duration_seconds_bucket{handler="Door",type="Interop.Messages.Knock",le="0.1"} 4
			zebus_handler_duration_seconds_bucket{handler="Door",type="Interop.Messages.Knock",le="0.5"} 4
			zebus_handler_duration_seconds_bucket{handler="Door",type="Interop.Messages.Knock",le="1"} 4
			zebus_handler_duration_seconds_bucket{handler="Door",type="Interop.Messages.Knock",le="5"} 4
			zebus_handler_duration_seconds_bucket{handler="Door",type="Interop.Messages.Knock",le="10"} 4
			zebus_handler_duration_seconds_bucket{handler="Door",type="Interop.Messages.Knock",le="60"} 4
			zebus_handler_duration_seconds_bucket{handler="Door",type="Interop.Messages.Knock",le="+Inf"} 4
			zebus_handler_duration_seconds_sum{handler="Door",type="Interop.Messages.Knock"} 0.06
			zebus_handler_duration_seconds_count{handler="Door",type="Interop.Messages.Knock"} 4
		`, "zebus_handler_failures_total", "zebus_command_failures_total", "zebus_handler_duration_seconds")
		if got := testutil.CollectAndCount(o.metrics, "zebus_command_duration_seconds"); got != 2 {
			t.Errorf("%d types of commands were timed, want 2", got)
		}
	})
	watched(t, "what waits, how much of it and for how long, over two buses", func(t *testing.T, o *observed) {
		release := make(chan struct{})
		slow := knocked(func() error { <-release; return nil }).OnQueue("doors")
		for _, id := range []zebus.PeerID{"A.0", "B.0"} {
			bus := o.join(id, slow)
			for range 2 {
				bus.SendAsync(t.Context(), &interop.Knock{})
				<-time.After(10 * time.Second)
			}
		}
		o.want(`
			zebus_queue_length{queue="doors"} 2
			zebus_queue_length{queue="DefaultQueue"} 0
			zebus_queue_age_seconds{queue="doors"} 30
			zebus_queue_age_seconds{queue="DefaultQueue"} 0
			zebus_pending_commands 4
		`, "zebus_queue_length", "zebus_queue_age_seconds", "zebus_pending_commands")
		close(release)
		o.WaitQuiet()
		o.want(`
			zebus_queue_length{queue="doors"} 0
			zebus_queue_length{queue="DefaultQueue"} 0
			zebus_queue_age_seconds{queue="doors"} 0
			zebus_queue_age_seconds{queue="DefaultQueue"} 0
			zebus_queue_bytes{queue="doors"} 0
			zebus_queue_bytes{queue="DefaultQueue"} 0
			zebus_pending_commands 0
			zebus_pending_command_age_seconds 0
		`, "zebus_queue_length", "zebus_queue_age_seconds", "zebus_queue_bytes", "zebus_pending_commands", "zebus_pending_command_age_seconds")
	})
}

func TestLosses(t *testing.T) {
	watched(t, "by peer and by reason", func(t *testing.T, o *observed) {
		release := make(chan struct{})
		limits := dispatch.Config{Queues: map[string]dispatch.QueueConfig{"doors": {MaxMessages: 1}}}
		door := zebus.HandleEvent(func(context.Context, *interop.Note) error { <-release; return nil }).OnQueue("doors")
		a := o.Join(o.metrics.Observe(o.Builder("A.0").WithDispatch(limits).WithHandlers(door)))
		for range 3 { // one at work, one that waits, one too many
			if err := a.Publish(t.Context(), &interop.Note{}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		gone := zebus.Peer{ID: "Gone.0", Endpoint: "tcp://gone:1", Up: true, Responding: true}
		if err := a.PublishTo(t.Context(), &interop.PriceChanged{}, gone); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		o.Problems()
		o.want(`
			zebus_dropped_total{reason="queue_full"} 1
			zebus_send_failures_total{peer="Gone.0"} 1
		`, "zebus_dropped_total", "zebus_send_failures_total", "zebus_send_uncertain_total")
		close(release)
	})
}

func TestRejectedFrames(t *testing.T) {
	watched(t, "frames that are not for this peer count as dropped, by reason", func(t *testing.T, o *observed) {
		o.join("A.0")
		for range 2 {
			o.DeliverFrame("A.0", []byte("garbage"))
		}
		stray, elsewhere := zebustest.Envelope("B.0", &interop.Note{}), "Elsewhere"
		stray.Environment = &elsewhere
		o.Deliver("A.0", stray)
		o.WaitQuiet()
		o.want(`
			zebus_dropped_total{reason="bad_frame"} 2
			zebus_dropped_total{reason="other_environment"} 1
		`, "zebus_dropped_total", "zebus_messages_received_total")
	})
}

func TestNew(t *testing.T) {
	registry := prometheus.NewRegistry()
	if _, err := zebusmetrics.New(registry); err != nil {
		t.Fatal(err)
	}
	if _, err := zebusmetrics.New(registry); !errors.As(err, new(prometheus.AlreadyRegisteredError)) {
		t.Errorf("a second New = %v, want an AlreadyRegisteredError", err)
	}
	labelled := prometheus.WrapRegistererWith(prometheus.Labels{"bus": "second"}, prometheus.NewRegistry())
	if _, err := zebusmetrics.New(labelled); err != nil {
		t.Errorf("New with a label = %v", err)
	}
	if _, err := zebusmetrics.New(nil); err == nil {
		t.Error("New(nil) gave no error")
	}
}

// TestNames holds names and help texts to the conventions of Prometheus.
func TestNames(t *testing.T) {
	watched(t, "units and suffixes", func(t *testing.T, o *observed) {
		o.join("A.0")
		problems, err := testutil.GatherAndLint(o.registry)
		if err != nil || len(problems) > 0 {
			t.Errorf("%v, %v", problems, err)
		}
	})
}
