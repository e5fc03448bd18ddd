package codegen

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// The lock file has a line for each message, field, enum and value, so that a difference shows what a change does to
// peers:
//
//	command Shop.PlaceOrder PlaceOrder reply=Shop.OrderPlaced
//	  1 Order int64 required routing=1
//	  reserved 2 Note string
//
// The first line has the version of this form. It changes when an older zebusgen would misread a file.
const (
	lockVersion = 1
	lockTitle   = "zebus.lock version "
	lockComment = "# What running peers rely on. Commit this file; zebusgen check --update writes it."

	lockedRemoved  = "removed"
	lockedReserved = "reserved"
	routingPrefix  = "routing="
	replyPrefix    = "reply="
)

// text writes a contract as the lock file has it.
func (c *contract) text() string {
	var b strings.Builder
	b.WriteString(lockTitle + strconv.Itoa(lockVersion) + "\n" + lockComment + "\n")
	for _, m := range c.messages {
		b.WriteString("\n")
		writeLine(&b, "", m.line())
		for _, f := range m.members {
			writeLine(&b, "  ", f.fieldLine())
		}
	}
	for _, e := range c.enums {
		b.WriteString("\n")
		writeLine(&b, "", []string{verbEnum, e.goName, e.basic})
		for _, v := range e.members {
			writeLine(&b, "  ", e.valueLine(v))
		}
	}
	for i, r := range c.removed {
		if i == 0 {
			b.WriteString("\n")
		}
		writeLine(&b, "", []string{lockedRemoved, r.id})
	}
	return b.String()
}

func (m *lockedMessage) line() []string {
	line := append([]string{m.kind, m.id, m.goName}, m.flags...)
	if m.reply != "" {
		line = append(line, replyPrefix+m.reply)
	}
	return line
}

func (m *lockedMember) fieldLine() []string {
	line := append([]string{strconv.FormatInt(m.number, 10), m.name, m.typeText}, m.words...)
	if m.position > 0 {
		line = append(line, routingPrefix+strconv.Itoa(m.position))
	}
	return m.kept(line)
}

func (e *lockedEnum) valueLine(m *lockedMember) []string {
	return m.kept([]string{e.number(m.number), m.name})
}

// kept marks the line of a member that is gone.
func (m *lockedMember) kept(line []string) []string {
	if m.reserved {
		return slices.Insert(line, 0, lockedReserved)
	}
	return line
}

// number writes the number of an enum's value.
func (e *lockedEnum) number(n int64) string {
	if e.isUnsigned() {
		return strconv.FormatUint(uint64(n), 10)
	}
	return strconv.FormatInt(n, 10)
}

func writeLine(b *strings.Builder, indent string, words []string) {
	for i, word := range words {
		if i == 0 {
			b.WriteString(indent)
		} else {
			b.WriteByte(' ')
		}
		b.WriteString(quoteWord(word))
	}
	b.WriteByte('\n')
}

// quoteWord quotes a word that would not be one without: the type ids of generic messages have spaces.
func quoteWord(word string) string {
	needs := func(r rune) bool {
		return unicode.IsSpace(r) || r == '"' || !strconv.IsPrint(r) || r == unicode.ReplacementChar
	}
	if word == "" || strings.HasPrefix(word, "#") || strings.ContainsFunc(word, needs) {
		return strconv.Quote(word)
	}
	return word
}

// cutWords splits a line into its words.
func cutWords(line string) ([]string, error) {
	var words []string
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimSpace(line) {
		if !strings.HasPrefix(line, `"`) {
			end := strings.IndexFunc(line+" ", unicode.IsSpace)
			words = append(words, line[:end])
			line = line[end:]
			continue
		}
		quoted, err := strconv.QuotedPrefix(line)
		if err != nil {
			return nil, errOpenQuote
		}
		word, err := strconv.Unquote(quoted)
		if err != nil {
			return nil, errOpenQuote
		}
		words = append(words, word)
		line = line[len(quoted):]
	}
	return words, nil
}
