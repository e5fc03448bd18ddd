package report

import (
	"github.com/zebus-go/zebus/bench/result"
	"github.com/zebus-go/zebus/bench/scenario"
)

// A plot is a picture of some results: for each category, on the horizontal axis, a value of each series.
type plot struct {
	scenario   string // under which it is shown
	file       string
	title      string
	categories []string
	series     []series
	lines      bool // rather than bars, where the categories have an order
}

// A series is what one contender did, by category.
type series struct {
	name   string
	points []*result.Result // nil where nothing was measured
}

// plots are the pictures of a report.
func (r *Report) plots() []plot {
	throughput := []result.Metric{result.Throughput}
	candidates := []struct {
		plot
		metrics []result.Metric // several make a category each
	}{
		{plot{scenario: scenario.OneToOne, file: "one-to-one.svg", lines: true}, throughput},
		{plot{scenario: scenario.OneToTen, file: "one-to-ten.svg"}, throughput},
		{plot{scenario: scenario.TenToOne, file: "ten-to-one.svg"}, throughput},
		{plot{scenario: scenario.RoundTrip, file: "round-trip.svg"}, []result.Metric{result.P50, result.P99, result.P999}},
		{plot{scenario: scenario.Pipelined, file: "pipelined.svg", lines: true}, throughput},
		{plot{scenario: scenario.Routed, file: "routed.svg"}, throughput},
	}
	var all []plot
	for _, c := range candidates {
		for _, m := range c.metrics {
			c.add(tableOf(&r.Results, c.scenario, m))
		}
		if len(c.series) > 0 {
			all = append(all, c.plot)
		}
	}
	return all
}

// add adds the categories of a table: its variants, or its metric where it has none.
func (p *plot) add(t table) {
	p.title = t.scenario + ": " + string(t.metric)
	if len(t.variants) == 1 && t.variants[0] == "" {
		t.variants = []string{string(t.metric)}
		p.title = t.scenario
	}
	for _, row := range t.rows {
		s := p.of(row.contender)
		s.points = append(s.points, row.cells...)
	}
	p.categories = append(p.categories, t.variants...)
	for i := range p.series {
		p.series[i].fill(len(p.categories))
	}
}

// of returns the series of a contender, a new one where there is none.
func (p *plot) of(contender string) *series {
	for i := range p.series {
		if p.series[i].name == contender {
			return &p.series[i]
		}
	}
	p.series = append(p.series, series{name: contender})
	added := &p.series[len(p.series)-1]
	added.fill(len(p.categories))
	return added
}

// fill makes the series say that nothing was measured in its last categories.
func (s *series) fill(categories int) {
	for len(s.points) < categories {
		s.points = append(s.points, nil)
	}
}

// bounds returns the smallest and the largest value.
func (p *plot) bounds() (least, most float64) {
	for _, s := range p.series {
		for _, point := range s.points {
			if point == nil {
				continue
			}
			low, high := point.Range()
			if least == 0 || low < least {
				least = low
			}
			most = max(most, high)
		}
	}
	return least, most
}
