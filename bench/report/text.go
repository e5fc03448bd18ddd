package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// WriteText prints the results for a terminal: medians, ranges, and ratios to the raw sockets; then the targets.
func (r *Report) WriteText(out io.Writer) error {
	for _, t := range tables(&r.Results) {
		if err := t.writeText(out); err != nil {
			return err
		}
	}
	return r.writeTargets(out)
}

func (t table) writeText(out io.Writer) error {
	lines := []string{"\t" + strings.Join(t.variants, "\t\t\t") + "\t\t\t"}
	for _, row := range t.rows {
		words := []string{row.contender}
		for i := range row.cells {
			words = append(words, t.words(row, i)...)
		}
		lines = append(lines, strings.Join(words, "\t")+"\t")
	}
	return writeAligned(out, fmt.Sprintf("%s: %s", t.scenario, t.metric), lines)
}

// words are the columns of a cell: median, range and ratio.
func (t table) words(r row, column int) []string {
	cell := r.cells[column]
	if cell == nil {
		return []string{"", "", ""}
	}
	least, most := cell.Range()
	return []string{number(cell.Median()), number(least) + " – " + number(most), times(t.ratio(r, column))}
}

// writeAligned prints lines of cells that end with tabs, under a title.
func writeAligned(out io.Writer, title string, lines []string) error {
	if _, err := fmt.Fprintln(out, title); err != nil {
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	if _, err := io.WriteString(w, strings.Join(lines, "\n")+"\n\n"); err != nil {
		return err
	}
	return w.Flush()
}

// number writes a value with the digits that count.
func number(v float64) string {
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%.2f M", v/1e6)
	case v >= 1e4:
		return fmt.Sprintf("%.0f k", v/1e3)
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	default:
		return fmt.Sprintf("%.2f", v)
	}
}

// times writes a ratio, and nothing where there is none.
func times(ratio float64) string {
	switch {
	case ratio == 0:
		return ""
	case ratio < 0.1:
		return fmt.Sprintf("%.3f×", ratio)
	default:
		return fmt.Sprintf("%.2f×", ratio)
	}
}
