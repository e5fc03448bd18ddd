package docs

import (
	"path"
	"regexp"
	"strings"
	"unicode"
)

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// Links returns the links of a page that lead to places of this checkout. Blocks are not looked at.
func Links(text string) []string {
	for _, b := range Blocks("", text) {
		text = strings.ReplaceAll(text, b.Text, "")
	}
	var links []string
	for _, m := range link.FindAllStringSubmatch(text, -1) {
		if !strings.Contains(m[1], "://") && !strings.HasPrefix(m[1], "mailto:") {
			links = append(links, m[1])
		}
	}
	return links
}

// Resolve returns the file, from the root of the checkout, and the heading that a link on page leads to.
func Resolve(page, link string) (file, anchor string) {
	file, anchor, _ = strings.Cut(link, "#")
	if file == "" {
		return page, anchor
	}
	return path.Join(path.Dir(page), file), anchor
}

// HasHeading reports whether a page has a heading with that anchor, formed as GitHub forms it.
func HasHeading(text, anchor string) bool {
	for line := range strings.Lines(text) {
		if title := strings.TrimLeft(line, "#"); title != line && anchorOf(title) == anchor {
			return true
		}
	}
	return false
}

func anchorOf(title string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
			return unicode.ToLower(r)
		case r == ' ':
			return '-'
		default:
			return -1
		}
	}, strings.TrimSpace(title))
}
