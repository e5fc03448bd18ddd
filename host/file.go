package host

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

// maxFileSize bounds a configuration file: far more than anybody writes, and little enough to
// survive being given the wrong path.
const maxFileSize = MiB

// readFile applies a TOML file to the configuration struct that config points to. Where there
// is no such file, the error names the sample to start from.
func readFile(path string, config reflect.Value) error {
	if path == "" {
		return nil
	}
	src, err := readBounded(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &Problem{File: path, Err: fmt.Errorf(
			"%w; copy configs/%s of the Zebus repository there and adapt it, or pass an empty path to use defaults and environment",
			err, fileOf(config.Elem().Type()))}
	case err != nil:
		return &Problem{File: path, Err: err}
	default:
		return applyTOML(path, src, config)
	}
}

// readBounded returns the content of a file. Errors do not repeat the path.
func readBounded(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", withoutPath(err)
	}
	defer f.Close() //nolint:errcheck // nothing was written
	src, err := io.ReadAll(io.LimitReader(f, int64(maxFileSize)+1))
	if err != nil {
		return "", withoutPath(err)
	}
	if len(src) > int(maxFileSize) {
		return "", &reason{kind: ErrSyntax, text: fmt.Sprintf("larger than %v, which no configuration is", maxFileSize)}
	}
	return string(src), nil
}

func withoutPath(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}

// applyTOML applies the text of a file, as far as it is good, and reports all that is not.
func applyTOML(path, src string, config reflect.Value) error {
	var document map[string]any
	if _, err := toml.Decode(src, &document); err != nil {
		return syntaxProblem(path, src, err)
	}
	d := &decoder{path: path, lines: locateKeys(src), config: config}
	d.settings = settingsOf(config.Elem().Type())
	d.table(nil, document)
	slices.SortStableFunc(d.problems, func(a, b *Problem) int { return cmp.Compare(a.Line, b.Line) })
	return joinProblems(d.problems)
}

func syntaxProblem(path, src string, err error) error {
	pe, ok := errors.AsType[toml.ParseError](err)
	if !ok {
		return &Problem{File: path, Err: &reason{kind: ErrSyntax, text: err.Error()}}
	}
	p := &Problem{File: path, Err: &reason{kind: ErrSyntax, text: printable(pe.Message)}}
	p.Line, p.Column = position(withoutMark(src), pe.Position.Start)
	return p
}

// position returns line and column of a byte. The decoder's own are off where something is
// missing at the end of a line or of the file.
func position(src string, start int) (line, column int) {
	before := src[:max(0, min(start, len(src)))] // the decoder may point before or behind the text
	lineStart := strings.LastIndexByte(before, '\n') + 1
	return 1 + strings.Count(before, "\n"), 1 + utf8.RuneCountInString(before[lineStart:])
}

// printable drops what a message of the decoder may quote from a file that is no text.
func printable(message string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, message)
}

func joinProblems(problems []*Problem) error {
	errs := make([]error, len(problems))
	for i, p := range problems {
		errs[i] = p
	}
	return errors.Join(errs...)
}

// A decoder applies a decoded TOML document to a configuration struct.
type decoder struct {
	path     string
	lines    map[string]int // of every key of the document
	settings []setting
	config   reflect.Value
	problems []*Problem
}

// table applies the entries of the table with that path.
func (d *decoder) table(path toml.Key, entries map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		key := append(slices.Clone(path), name)
		d.entry(key, entries[name])
	}
}

// entry applies one key: a setting, a table of settings, or unknown.
func (d *decoder) entry(key toml.Key, value any) {
	if s, ok := d.setting(key); ok {
		d.report(key, s.setTOML(d.config, value))
		return
	}
	if n, ok := d.namedTables(key); ok {
		d.named(n, value)
		return
	}
	if !d.isTable(key) {
		d.report(key, unknownKey(key.String(), d.config.Elem().Type(), d.settings))
		return
	}
	if entries, ok := value.(map[string]any); ok {
		d.table(key, entries)
		return
	}
	d.report(key, invalid("want a table, got %s", describe(value)))
}

func (d *decoder) setting(key toml.Key) (setting, bool) {
	i := slices.IndexFunc(d.settings, func(s setting) bool { return slices.Equal(s.key, key) })
	if i < 0 {
		return setting{}, false
	}
	return d.settings[i], true
}

// namedTables returns those that key holds.
func (d *decoder) namedTables(key toml.Key) (namedTables, bool) {
	all := namedTablesOf(d.config.Elem().Type())
	i := slices.IndexFunc(all, func(n namedTables) bool { return len(key) == 1 && n.key == key[0] })
	if i < 0 {
		return namedTables{}, false
	}
	return all[i], true
}

// isTable reports whether settings live below key.
func (d *decoder) isTable(key toml.Key) bool {
	return slices.ContainsFunc(d.settings, func(s setting) bool {
		return len(s.key) > len(key) && slices.Equal(s.key[:len(key)], key)
	})
}

func (d *decoder) report(key toml.Key, err error) {
	if err == nil {
		return
	}
	name := key.String()
	d.problems = append(d.problems, &Problem{File: d.path, Line: d.lines[name], Key: name, Err: err})
}
