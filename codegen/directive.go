package codegen

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

const (
	directivePrefix = "//zebus:"

	verbPackage = "package"
	verbCommand = "command"
	verbEvent   = "event"
	verbMessage = "message"
	verbEnum    = "enum"
	verbHandler = "handler"
)

// directive is one "//zebus:verb key=value flag" line.
type directive struct {
	pos   token.Pos
	verb  string
	words map[string]string // flags have an empty value
}

func (d *directive) has(word string) bool {
	_, ok := d.words[word]
	return ok
}

// vocabulary lists the words that each directive knows. A word ending in "=" takes a value.
var vocabulary = map[string][]string{
	verbPackage: {"namespace="},
	verbCommand: {"namespace=", "name=", "transient", "infrastructure", "reply=", "subscribe=", "routing="},
	verbEvent:   {"namespace=", "name=", "transient", "infrastructure", "subscribe=", "routing="},
	verbMessage: {"namespace=", "name=", "transient", "infrastructure", "subscribe="},
	verbEnum:    {"namespace="},
	verbHandler: {"queue=", "batch=", "inline", "serial", "mode=", "retry=", "backoff=", "concurrency=", "key="},
}

// directives returns the directives in the comment of something, and marks them as seen.
func (p *packageParser) directives(owner string, doc *ast.CommentGroup) []*directive {
	if doc == nil {
		return nil
	}
	var found []*directive
	for _, c := range doc.List {
		if !strings.HasPrefix(c.Text, directivePrefix) {
			continue
		}
		p.seen[c] = true
		d, err := parseDirective(c.Text)
		if err != nil {
			p.addf(c.Pos(), "%s: %v", owner, err)
			continue
		}
		d.pos = c.Pos()
		found = append(found, d)
	}
	return found
}

func parseDirective(line string) (*directive, error) {
	verb, rest := strings.TrimPrefix(line, directivePrefix), ""
	if end := strings.IndexAny(verb, " \t"); end >= 0 {
		verb, rest = verb[:end], verb[end:]
	}
	known, ok := vocabulary[verb]
	if !ok {
		return nil, fmt.Errorf("unknown directive %s%s: use one of %s", directivePrefix, verb, verbs())
	}
	d := &directive{verb: verb, words: map[string]string{}}
	for rest = strings.TrimSpace(rest); rest != ""; rest = strings.TrimSpace(rest) {
		key, value, tail, err := cutWord(rest)
		if err != nil {
			return nil, fmt.Errorf("%s%s: %w", directivePrefix, verb, err)
		}
		if err := checkWord(verb, key, value, known); err != nil {
			return nil, err
		}
		if d.has(strings.TrimSuffix(key, "=")) {
			return nil, fmt.Errorf("%s%s says %s twice: remove one", directivePrefix, verb, key)
		}
		d.words[strings.TrimSuffix(key, "=")] = value
		rest = tail
	}
	return d, nil
}

// isSpaced says whether a comment would be a directive without the spaces behind its slashes.
func isSpaced(comment string) bool {
	words := strings.Fields(comment)
	if len(words) < 2 || words[0] != "//" {
		return false
	}
	verb, found := strings.CutPrefix("//"+words[1], directivePrefix)
	return found && vocabulary[verb] != nil
}

// cutWord splits the first word off: a flag, a key=value, or a key="value with spaces". The key keeps its "=".
func cutWord(s string) (key, value, rest string, err error) {
	end := strings.IndexAny(s, "= \t")
	if end < 0 {
		return s, "", "", nil
	}
	if s[end] != '=' {
		return s[:end], "", s[end:], nil
	}
	key, s = s[:end+1], s[end+1:]
	if !strings.HasPrefix(s, `"`) {
		end = strings.IndexAny(s+" ", " \t")
		return key, s[:end], s[end:], nil
	}
	quoted, err := strconv.QuotedPrefix(s)
	if err != nil {
		return "", "", "", fmt.Errorf("%s: the quote does not end", key)
	}
	value, err = strconv.Unquote(quoted)
	return key, value, s[len(quoted):], err
}

func checkWord(verb, key, value string, known []string) error {
	switch {
	case slices.Contains(known, key):
		if strings.HasSuffix(key, "=") && value == "" {
			return fmt.Errorf("%s%s: %s needs a value: write %[3]s…", directivePrefix, verb, key)
		}
		return nil
	case slices.Contains(known, key+"="):
		return fmt.Errorf("%s%s: %s needs a value: write %s=…", directivePrefix, verb, key, key)
	case slices.Contains(known, strings.TrimSuffix(key, "=")):
		return fmt.Errorf("%s%s: %s takes no value: write %[3]s alone", directivePrefix, verb, strings.TrimSuffix(key, "="))
	case len(known) == 0:
		return fmt.Errorf("%s%s takes no words: remove %s", directivePrefix, verb, key)
	default:
		return fmt.Errorf("%s%s does not know %s: use %s", directivePrefix, verb, key, strings.Join(known, ", "))
	}
}

func verbs() string {
	all := make([]string, 0, len(vocabulary))
	for verb := range vocabulary {
		all = append(all, directivePrefix+verb)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}
