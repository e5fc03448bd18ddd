// Package zebusmetrics shows Prometheus what a bus does: messages and bytes, how long handlers and commands take, what
// waits, what fails and what is lost.
//
//	metrics, err := zebusmetrics.New(prometheus.DefaultRegisterer)
//	...
//	bus, err := metrics.Observe(builder).Build()
//
// Every name begins with zebus_ and ends with its unit; docs/observability.md lists them, with a dashboard for Grafana. What
// counts events is counted as they happen, without waiting for anybody; lengths and ages are looked up when Prometheus
// asks.
//
// Several buses may be observed by one [Metrics]: their counters and lengths add up, and the greatest age counts. To tell
// them apart, give each its own, with a label:
//
//	zebusmetrics.New(prometheus.WrapRegistererWith(prometheus.Labels{"bus": "orders"}, registerer))
//
// Labels are bounded, whatever the network says: types that no handler takes are one, and so are peers beyond the
// thousandth.
package zebusmetrics
