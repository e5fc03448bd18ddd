package host

import (
	"strings"

	"github.com/BurntSushi/toml"
)

// A keyScanner finds the line of every key in a TOML document, which the TOML decoder does not
// tell. It relies on the decoder having accepted the document: it knows just enough of TOML to
// tell a key from everything that looks like one (text in quotes, also over several lines, and
// comments). On anything else it ends somewhere in the document, but it ends.
type keyScanner struct {
	src   string
	pos   int
	line  int            // of pos, from 1
	table toml.Key       // the table whose header came last
	lines map[string]int // by path as toml.Key writes it; the first occurrence
}

// locateKeys returns the line of every key and every table of a document, by its path.
func locateKeys(src string) map[string]int {
	s := &keyScanner{src: withoutMark(src), line: 1, lines: map[string]int{}}
	for s.skipBlank(); s.pos < len(s.src); s.skipBlank() {
		s.statement()
	}
	return s.lines
}

// withoutMark drops the byte order mark that editors on Windows begin a file with, as the
// decoder does.
func withoutMark(src string) string {
	for _, mark := range []string{"\xef\xbb\xbf", "\xff\xfe", "\xfe\xff"} {
		if rest, ok := strings.CutPrefix(src, mark); ok {
			return rest
		}
	}
	return src
}

// statement reads a table header or a key with its value. It always moves on.
func (s *keyScanner) statement() {
	if s.peek() != '[' {
		s.pair(s.table)
		return
	}
	for s.peek() == '[' { // [[ is the header of an element of a list of tables
		s.advance(1)
	}
	s.table = s.key(nil)
	s.skipLine()
}

// pair reads key = value; the key belongs to the table.
func (s *keyScanner) pair(table toml.Key) {
	path := s.key(table)
	s.skipSpace()
	if s.peek() != '=' {
		s.skipLine() // not TOML
		return
	}
	s.advance(1)
	s.value(path)
}

// key reads a dotted key and notes it and all its tables. It returns the path.
func (s *keyScanner) key(table toml.Key) toml.Key {
	path := append(toml.Key{}, table...)
	for {
		s.skipSpace()
		line := s.line
		path = append(path, s.keyPart())
		s.note(path, line)
		s.skipSpace()
		if s.peek() != '.' {
			return path
		}
		s.advance(1)
	}
}

func (s *keyScanner) note(path toml.Key, line int) {
	if name := path.String(); s.lines[name] == 0 {
		s.lines[name] = line
	}
}

// keyPart reads one name of a dotted key: bare or in quotes.
func (s *keyScanner) keyPart() string {
	start := s.pos
	if quote := s.peek(); quote == '"' || quote == '\'' {
		s.text()
		return unquote(s.src[start:s.pos])
	}
	s.skipUntil(" \t\r\n.=]#\"'{}[,")
	return s.src[start:s.pos]
}

// unquote returns the name that a key in quotes spells. The decoder knows the escapes.
func unquote(quoted string) string {
	var name struct {
		K string `toml:"k"`
	}
	if _, err := toml.Decode("k = "+quoted, &name); err != nil {
		return quoted
	}
	return name.K
}

// value skips a value, and notes the keys of the inline tables in it under path.
func (s *keyScanner) value(path toml.Key) {
	s.skipSpace()
	switch s.peek() {
	case '"', '\'':
		s.text()
	case '[':
		s.group(']', func() { s.value(path) })
	case '{':
		s.group('}', func() { s.pair(path) })
	default:
		s.skipUntil(",]}#\n")
	}
}

// group skips what stands in brackets: items, with commas between them.
func (s *keyScanner) group(end byte, item func()) {
	s.advance(1)
	for {
		s.skipBlank()
		switch {
		case s.pos == len(s.src):
			return
		case s.peek() == end:
			s.advance(1)
			return
		case s.peek() == ',':
			s.advance(1)
		default:
			s.item(item)
		}
	}
}

// item skips one item of a group, and at least one byte.
func (s *keyScanner) item(skip func()) {
	before := s.pos
	skip()
	if s.pos == before {
		s.advance(1) // not TOML
	}
}

// text skips a text in quotes of any of the four kinds.
func (s *keyScanner) text() {
	quote := s.src[s.pos : s.pos+1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(s.src[s.pos:], triple) {
		s.textUntil(triple)
		s.skipQuotes(quote)
		return
	}
	s.textUntil(quote)
}

// textUntil skips from the opening to the closing quotes. Only between double quotes a
// backslash takes the next character along.
func (s *keyScanner) textUntil(quotes string) {
	s.advance(len(quotes))
	for s.pos < len(s.src) && !strings.HasPrefix(s.src[s.pos:], quotes) {
		if s.peek() == '\\' && quotes[0] == '"' {
			s.advance(1)
		}
		s.advance(1)
	}
	s.advance(len(quotes))
}

// skipQuotes skips the quotes that a text over several lines may end with: in """a"""" the
// first of the four is part of the text.
func (s *keyScanner) skipQuotes(quote string) {
	for range 2 {
		if strings.HasPrefix(s.src[s.pos:], quote) {
			s.advance(1)
		}
	}
}

// peek returns the byte at pos, zero at the end.
func (s *keyScanner) peek() byte {
	if s.pos == len(s.src) {
		return 0
	}
	return s.src[s.pos]
}

// advance moves on by n bytes, at most to the end, and counts the lines.
func (s *keyScanner) advance(n int) {
	end := min(s.pos+n, len(s.src))
	s.line += strings.Count(s.src[s.pos:end], "\n")
	s.pos = end
}

// skipUntil moves to the next of these characters, or to the end.
func (s *keyScanner) skipUntil(characters string) {
	n := strings.IndexAny(s.src[s.pos:], characters)
	if n < 0 {
		n = len(s.src)
	}
	s.advance(n)
}

func (s *keyScanner) skipLine() { s.skipUntil("\n") }

// skipSpace moves over spaces within a line.
func (s *keyScanner) skipSpace() {
	for s.peek() == ' ' || s.peek() == '\t' {
		s.advance(1)
	}
}

// skipBlank moves over spaces, ends of lines and comments.
func (s *keyScanner) skipBlank() {
	for {
		s.skipSpace()
		switch s.peek() {
		case '\n', '\r':
			s.advance(1)
		case '#':
			s.skipLine()
		default:
			return
		}
	}
}
