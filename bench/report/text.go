// Package report shows results.
package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/zebus-go/zebus/bench/result"
)

// A Table is the results of one metric in one scenario: a row per contender, a column per variant.
type Table struct {
	Scenario string
	Metric   result.Metric
	Variants []string
	Rows     []Row
}

// A Row is what one contender did.
type Row struct {
	Contender string
	Cells     []*result.Result // one per variant; nil where nothing was measured
}

// Tables returns the tables of the results, in their order.
func Tables(results *result.Results) []Table {
	var tables []Table
	for _, r := range results.List {
		same := func(t Table) bool { return t.Scenario == r.Scenario && t.Metric == r.Metric }
		if !slices.ContainsFunc(tables, same) {
			tables = append(tables, tableOf(results, r.Scenario, r.Metric))
		}
	}
	return tables
}

func tableOf(results *result.Results, scenario string, m result.Metric) Table {
	t := Table{Scenario: scenario, Metric: m}
	var contenders []string
	for _, r := range results.List {
		if r.Scenario != scenario || r.Metric != m {
			continue
		}
		if !slices.Contains(t.Variants, r.Variant) {
			t.Variants = append(t.Variants, r.Variant)
		}
		if !slices.Contains(contenders, r.Contender) {
			contenders = append(contenders, r.Contender)
		}
	}
	for _, c := range contenders {
		row := Row{Contender: c}
		for _, v := range t.Variants {
			row.Cells = append(row.Cells, results.Find(scenario, v, m, c))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// WriteText prints the tables for a terminal: median, range, and the ratio to what pebbe/zmq4 did.
func WriteText(out io.Writer, results *result.Results) error {
	for _, t := range Tables(results) {
		if err := t.writeText(out); err != nil {
			return err
		}
	}
	return nil
}

// writeText prints the table with its columns aligned.
func (t Table) writeText(out io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\t\n\t", t.Scenario, t.Metric)
	for _, v := range t.Variants {
		fmt.Fprintf(&b, "%s\trange\tratio\t", v)
	}
	for _, row := range t.Rows {
		fmt.Fprintf(&b, "\n%s\t", row.Contender)
		for i, cell := range row.Cells {
			b.WriteString(text(cell, t.reference(i)))
		}
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	if _, err := io.WriteString(w, b.String()+"\n\n"); err != nil {
		return err
	}
	return w.Flush()
}

func text(cell, reference *result.Result) string {
	if cell == nil {
		return "\t\t\t"
	}
	least, most := cell.Range()
	ratio := ""
	if reference != nil {
		ratio = fmt.Sprintf("%.2f", cell.Median()/reference.Median())
	}
	return fmt.Sprintf("%s\t%s – %s\t%s\t", number(cell.Median()), number(least), number(most), ratio)
}

// reference returns what the others are compared with in a column.
func (t Table) reference(column int) *result.Result {
	for _, row := range t.Rows {
		if row.Contender == "pebbe/zmq4" {
			return row.Cells[column]
		}
	}
	return nil
}

// number writes three digits that count.
func number(v float64) string {
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%.2f M", v/1e6)
	case v >= 1e4:
		return fmt.Sprintf("%.0f k", v/1e3)
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	default:
		return fmt.Sprintf("%.3g", v)
	}
}
