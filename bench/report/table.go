package report

import (
	"slices"

	"github.com/zebus-go/zebus/bench/contender"
	"github.com/zebus-go/zebus/bench/result"
)

// A table is the results of one metric in one scenario: a row per contender, a column per variant.
type table struct {
	scenario string
	metric   result.Metric
	variants []string
	rows     []row
}

// A row is what one contender did.
type row struct {
	contender string
	cells     []*result.Result // one per variant; nil where nothing was measured
}

// tables returns the tables of the results, in their order.
func tables(results *result.Results) []table {
	var all []table
	for _, r := range results.List {
		same := func(t table) bool { return t.scenario == r.Scenario && t.metric == r.Metric }
		if !slices.ContainsFunc(all, same) {
			all = append(all, tableOf(results, r.Scenario, r.Metric))
		}
	}
	return all
}

func tableOf(results *result.Results, scenario string, m result.Metric) table {
	t := table{scenario: scenario, metric: m}
	var contenders []string
	for _, r := range results.List {
		if r.Scenario == scenario && r.Metric == m {
			t.variants = appendNew(t.variants, r.Variant)
			contenders = appendNew(contenders, r.Contender)
		}
	}
	slices.SortStableFunc(contenders, func(a, b string) int { return rank(a) - rank(b) })
	for _, c := range contenders {
		row := row{contender: c}
		for _, v := range t.variants {
			row.cells = append(row.cells, results.Find(scenario, v, m, c))
		}
		t.rows = append(t.rows, row)
	}
	return t
}

// rank is where a contender stands in every table, and which colour it has in every plot.
func rank(name string) int {
	return slices.IndexFunc(contender.All(), func(c contender.Contender) bool { return c.Name == name })
}

func appendNew(words []string, word string) []string {
	if slices.Contains(words, word) {
		return words
	}
	return append(words, word)
}

// ratio returns what a contender did beside the raw sockets of the same round; 0 where either is missing or nothing.
func (t table) ratio(r row, column int) float64 {
	for _, reference := range t.rows {
		if reference.contender == raw && r.cells[column] != nil && reference.cells[column] != nil && t.metric.Compared() {
			return r.cells[column].Beside(reference.cells[column]).Median()
		}
	}
	return 0
}
