package report

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// Sizes in a picture, in pixels.
const (
	svgWidth   = 820
	svgHeight  = 400
	plotLeft   = 70
	plotRight  = 650
	plotTop    = 50
	plotBottom = 350
	legendLeft = 670
	legendLine = 20
)

// colours can be told apart by everybody (Okabe and Ito).
var colours = []string{"#d55e00", "#e69f00", "#0072b2", "#009e73", "#cc79a7", "#56b4e9", "#666666", "#f0e442"}

// A canvas is a picture that is being drawn, with a logarithmic vertical axis: contenders differ by factors.
type canvas struct {
	strings.Builder

	low, high float64 // powers of ten at the ends of the axis
}

// svg draws the plot.
func (p *plot) svg() string {
	least, most := p.bounds()
	c := &canvas{low: math.Floor(math.Log10(least)), high: math.Ceil(math.Log10(most))}
	if c.low == c.high {
		c.high++
	}
	c.printf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">`+"\n", svgWidth, svgHeight)
	c.printf(`<rect width="%d" height="%d" fill="white"/>`+"\n", svgWidth, svgHeight)
	c.printf(`<text x="%d" y="25" font-size="15">%s</text>`+"\n", plotLeft, html.EscapeString(p.title))
	c.drawAxis()
	for i, s := range p.series {
		c.drawLegend(i, s)
		if p.lines {
			c.drawLine(p, i)
		} else {
			c.drawBars(p, i)
		}
	}
	for i, category := range p.categories {
		c.text(p.centre(i), plotBottom+20, "middle", category)
	}
	c.WriteString("</svg>\n")
	return c.String()
}

func (c *canvas) printf(format string, args ...any) { fmt.Fprintf(&c.Builder, format, args...) }

// y returns how far down a value is.
func (c *canvas) y(value float64) float64 {
	part := (math.Log10(max(value, math.Pow(10, c.low))) - c.low) / (c.high - c.low)
	return plotBottom - part*(plotBottom-plotTop)
}

// centre returns how far to the right a category is.
func (p *plot) centre(category int) float64 {
	return plotLeft + (float64(category)+0.5)*p.width()
}

// width is that of a category.
func (p *plot) width() float64 { return (plotRight - plotLeft) / float64(len(p.categories)) }

func (c *canvas) text(x, y float64, anchor, words string) {
	c.printf(`<text x="%.1f" y="%.1f" text-anchor="%s">%s</text>`+"\n", x, y, anchor, html.EscapeString(words))
}

func (c *canvas) line(x1, y1, x2, y2 float64, style string) {
	c.printf(`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" %s/>`+"\n", x1, y1, x2, y2, style)
}

// drawAxis draws a line for each power of ten, fainter ones between them.
func (c *canvas) drawAxis() {
	for power := c.low; power <= c.high; power++ {
		value := math.Pow(10, power)
		c.line(plotLeft, c.y(value), plotRight, c.y(value), `stroke="#bbbbbb"`)
		c.text(plotLeft-8, c.y(value)+4, "end", axisNumber(value))
		for _, part := range []float64{2, 5} {
			if power < c.high {
				c.line(plotLeft, c.y(part*value), plotRight, c.y(part*value), `stroke="#eeeeee"`)
			}
		}
	}
}

func axisNumber(v float64) string {
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%g M", v/1e6)
	case v >= 1e3:
		return fmt.Sprintf("%g k", v/1e3)
	default:
		return fmt.Sprintf("%g", v)
	}
}

func (c *canvas) drawLegend(i int, s series) {
	y := float64(plotTop + i*legendLine)
	c.printf(`<rect x="%d" y="%.1f" width="12" height="12" fill="%s"/>`+"\n", legendLeft, y, s.colour())
	c.text(legendLeft+18, y+11, "start", s.name)
}

// colour is that of a series: the same for a contender in every plot.
func (s *series) colour() string { return colours[max(rank(s.name), 0)%len(colours)] }

// drawLine joins the medians of a series, and marks each with its range.
func (c *canvas) drawLine(p *plot, i int) {
	var points []string
	for category, r := range p.series[i].points {
		if r == nil {
			continue
		}
		x, y := p.centre(category), c.y(r.Median())
		points = append(points, fmt.Sprintf("%.1f,%.1f", x, y))
		c.printf(`<circle cx="%.1f" cy="%.1f" r="3.5" fill="%s"/>`+"\n", x, y, p.series[i].colour())
		least, most := r.Range()
		c.line(x, c.y(least), x, c.y(most), fmt.Sprintf(`stroke="%s"`, p.series[i].colour()))
	}
	c.printf(`<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>`+"\n", strings.Join(points, " "), p.series[i].colour())
}

// drawBars draws a bar in each category, side by side with those of the other series, with its value and its range.
func (c *canvas) drawBars(p *plot, i int) {
	width := p.width() * 0.85 / float64(len(p.series))
	for category, r := range p.series[i].points {
		if r == nil {
			continue
		}
		x, y := p.centre(category)+(float64(i)-float64(len(p.series))/2)*width, c.y(r.Median())
		c.printf(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>`+"\n", x, y, width*0.9, plotBottom-y, p.series[i].colour())
		least, most := r.Range()
		c.line(x+width*0.45, c.y(least), x+width*0.45, c.y(most), `stroke="black"`)
		c.printf(`<text x="%.1f" y="%.1f" text-anchor="middle" font-size="9">%s</text>`+"\n", x+width*0.45, c.y(most)-4, number(r.Median()))
	}
}
