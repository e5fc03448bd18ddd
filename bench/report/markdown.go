package report

import (
	"fmt"
	"strings"
)

// Markdown returns the report as Markdown. The plots are in the folder, as seen from where the text will be.
func (r *Report) Markdown(folder string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s Each cell is the median of the repetitions, their range, and the ratio to %s where there is one.\n\n", r.machine(), raw)
	b.WriteString("### Targets\n\n")
	b.WriteString(r.targetsMarkdown())
	last := ""
	for _, t := range tables(&r.Results) {
		if t.scenario != last {
			last = t.scenario
			fmt.Fprintf(&b, "\n### %s\n", heading(last))
			for _, p := range r.plots() {
				if p.scenario == last {
					fmt.Fprintf(&b, "\n![%s](%s%s)\n", p.title, folder, p.file)
				}
			}
		}
		b.WriteString("\n" + t.markdown())
	}
	return b.String()
}

func heading(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

func (t table) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "| %s | %s |\n|---|%s\n", t.metric, strings.Join(t.variants, " | "), strings.Repeat("---|", len(t.variants)))
	for _, row := range t.rows {
		fmt.Fprintf(&b, "| %s |", row.contender)
		for i := range row.cells {
			fmt.Fprintf(&b, " %s |", t.cellMarkdown(row, i))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func (t table) cellMarkdown(r row, column int) string {
	cell := r.cells[column]
	if cell == nil {
		return "–"
	}
	text := "**" + number(cell.Median()) + "**"
	if least, most := cell.Range(); least < most {
		text += fmt.Sprintf(" (%s – %s)", number(least), number(most))
	}
	if ratio := t.ratio(r, column); ratio > 0 {
		text += " " + times(ratio)
	}
	return text
}
