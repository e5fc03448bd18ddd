package codegen

import (
	"errors"
	"fmt"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

var errOpenQuote = errors.New("a quote does not end")

// lockParser reads a lock file. It accepts what [contract.text] writes and nothing else, so that a merge that went
// wrong or an edit by hand is noticed before anything is compared.
type lockParser struct {
	file     string
	line     int // that is being read
	contract *contract
	message  *lockedMessage // to which members belong, or
	enum     *lockedEnum
	ids      map[string]int // lines, by what stands there
	members  map[string]int // of the message or enum
}

// parseLock reads the content of a lock file. An error is a [*SourceError] with the line.
func parseLock(file, content string) (*contract, error) {
	p := &lockParser{file: file, contract: &contract{}, ids: map[string]int{}}
	content = withoutReturns(content)
	for text := range strings.Lines(content) {
		p.line++
		if err := p.parseLine(strings.TrimSuffix(text, "\n")); err != nil {
			return nil, p.problem(err.Error())
		}
	}
	if p.line < 1 {
		p.line = 1
		return nil, p.problem("the file is empty: " + lockRestore)
	}
	return p.contract, p.compare(content)
}

// withoutReturns undoes what version control may do to the ends of lines.
func withoutReturns(content string) string {
	return strings.ReplaceAll(content, "\r\n", "\n")
}

const lockRestore = "take it from version control, or remove it and run zebusgen check --update"

func (p *lockParser) problem(text string) error {
	return &SourceError{Pos: p.place(), Text: text}
}

func (p *lockParser) place() token.Position {
	return token.Position{Filename: p.file, Line: p.line}
}

// compare finds the first line that is not as it would be written.
func (p *lockParser) compare(content string) error {
	p.contract.sort()
	got, want := strings.SplitAfter(content, "\n"), strings.SplitAfter(p.contract.text(), "\n")
	for i, line := range want {
		p.line = i + 1
		switch {
		case i == len(got):
			return p.problem("the file ends too early: " + lockRestore)
		case got[i] != line && line == "":
			return p.problem("nothing follows here: remove the rest of the file")
		case got[i] != line:
			return p.problem(fmt.Sprintf("this is not how zebusgen writes the file: it has %q here", strings.TrimSuffix(line, "\n")))
		}
	}
	return nil
}

func (p *lockParser) parseLine(line string) error {
	switch {
	case isConflict(line):
		return errors.New("a merge conflict: keep the lines of both sides, in the order of their names and numbers, " +
			"and run zebusgen check")
	case p.line == 1:
		return checkVersion(line)
	case strings.HasPrefix(line, "#"), line == "":
		return nil
	}
	words, err := cutWords(line)
	switch {
	case err != nil:
		return err
	case len(words) == 0:
		return nil
	case !strings.HasPrefix(line, " "):
		return p.declaration(words)
	case p.message != nil:
		return p.field(words)
	case p.enum != nil:
		return p.value(words)
	default:
		return errors.New("a field without a message above it")
	}
}

func isConflict(line string) bool {
	return slices.ContainsFunc([]string{"<<<<<<<", "=======", ">>>>>>>", "|||||||"}, func(mark string) bool {
		return strings.HasPrefix(line, mark)
	})
}

func checkVersion(line string) error {
	version, ok := strings.CutPrefix(line, lockTitle)
	n, err := strconv.Atoi(version)
	switch {
	case !ok || err != nil:
		return fmt.Errorf("the first line is %q: %s", lockTitle+strconv.Itoa(lockVersion), lockRestore)
	case n > lockVersion:
		return fmt.Errorf("the file has version %d, and this zebusgen knows %d: use the newer one that wrote it", n, lockVersion)
	case n < 1:
		return fmt.Errorf("there is no version %d: %s", n, lockRestore)
	}
	return nil
}

// declaration reads the line of a message, an enum, or an id that is gone.
func (p *lockParser) declaration(words []string) error {
	p.message, p.enum, p.members = nil, nil, map[string]int{}
	switch kind := words[0]; {
	case kind == verbEnum && len(words) == 3:
		return p.declareEnum(words[1], words[2])
	case kind == lockedRemoved && len(words) == 2:
		p.contract.removed = append(p.contract.removed, &removedID{id: words[1], place: p.place()})
		return p.once(p.ids, words[1], "type id "+words[1])
	case slices.Contains(lockedKinds[:], kind) && len(words) >= 3:
		return p.declareMessage(words)
	default:
		return fmt.Errorf("%q is no message, enum or removed message: %s", strings.Join(words, " "), lockRestore)
	}
}

// once reports what stands in two lines.
func (p *lockParser) once(lines map[string]int, key, what string) error {
	if first, taken := lines[key]; taken {
		return fmt.Errorf("line %d has %s already: where two changes chose the same, one of them must choose another in the source",
			first, what)
	}
	lines[key] = p.line
	return nil
}

func (p *lockParser) declareMessage(words []string) error {
	m := &lockedMessage{kind: words[0], id: words[1], goName: words[2], place: p.place()}
	for _, word := range words[3:] {
		reply, isReply := strings.CutPrefix(word, replyPrefix)
		switch {
		case isReply && m.reply == "":
			m.reply = reply
		case follows(messageFlags, m.flags, word):
			m.flags = append(m.flags, word)
		default:
			return fmt.Errorf("%q is nothing that a message has here", word)
		}
	}
	p.message = m
	p.contract.messages = append(p.contract.messages, m)
	return errors.Join(p.once(p.ids, m.id, "type id "+m.id), p.once(p.ids, "type "+m.goName, "the Go type "+m.goName))
}

func (p *lockParser) declareEnum(name, basic string) error {
	p.enum = &lockedEnum{goName: name, basic: basic, place: p.place()}
	p.contract.enums = append(p.contract.enums, p.enum)
	if !slices.Contains([]string{"int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"}, basic) {
		return fmt.Errorf("%q is no integer type", basic)
	}
	return p.once(p.ids, "type "+name, "the Go type "+name)
}

// member begins a member, and returns the words behind reserved.
func (p *lockParser) member(words []string) (m *lockedMember, rest []string) {
	m = &lockedMember{place: p.place()}
	if words[0] == lockedReserved {
		m.reserved = true
		words = words[1:]
	}
	return m, words
}

func (p *lockParser) field(words []string) error {
	m, words := p.member(words)
	if len(words) < 3 {
		return errors.New("a field has a number, a name and a type")
	}
	n, err := strconv.Atoi(words[0])
	if err != nil || n < 1 || n > maxNumber {
		return fmt.Errorf("%q is no field number", words[0])
	}
	m.number, m.name, m.typeText = int64(n), words[1], words[2]
	for _, word := range words[3:] {
		if err := m.setWord(word); err != nil {
			return err
		}
	}
	p.message.members = append(p.message.members, m)
	return p.uniqueMember(m, words[0])
}

func (m *lockedMember) setWord(word string) error {
	if position, ok := strings.CutPrefix(word, routingPrefix); ok {
		n, err := strconv.Atoi(position)
		if err != nil || n < 1 {
			return fmt.Errorf("%q is no routing position", position)
		}
		m.position = n
		return nil
	}
	if !follows(memberWords, m.words, word) {
		return fmt.Errorf("%q is nothing that a field has here", word)
	}
	m.words = append(m.words, word)
	return nil
}

// follows says whether word is one of all, and stands behind those that were found.
func follows(all, found []string, word string) bool {
	at := slices.Index(all, word)
	return at >= 0 && (len(found) == 0 || at > slices.Index(all, found[len(found)-1]))
}

// uniqueMember reports a number, or the name of a member that is not gone, that stands in two lines.
func (p *lockParser) uniqueMember(m *lockedMember, number string) error {
	if err := p.once(p.members, "number "+number, "number "+number); err != nil || m.reserved {
		return err
	}
	return p.once(p.members, m.name, "the name "+m.name)
}

func (p *lockParser) value(words []string) error {
	m, words := p.member(words)
	if len(words) != 2 {
		return errors.New("a value has a number and a name")
	}
	n, ok := p.enum.parseNumber(words[0])
	if !ok {
		return fmt.Errorf("%q is no %s", words[0], p.enum.basic)
	}
	m.number, m.name = n, words[1]
	p.enum.members = append(p.enum.members, m)
	return p.uniqueMember(m, words[0])
}

// parseNumber reads the number of an enum's value.
func (e *lockedEnum) parseNumber(s string) (n int64, ok bool) {
	bits, err := strconv.Atoi(strings.TrimLeft(e.basic, "uint"))
	if err != nil {
		return 0, false
	}
	if e.isUnsigned() {
		unsigned, err := strconv.ParseUint(s, 10, bits)
		return int64(unsigned), err == nil
	}
	n, err = strconv.ParseInt(s, 10, bits)
	return n, err == nil
}
