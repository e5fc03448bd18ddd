package host

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The reference in docs/configuration.md has a row for every setting, in the order of the
// struct, with its key, variable, type, default and range.
func TestReferenceListsEverySetting(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	directory := settingsOf(reflect.TypeFor[DirectoryConfig]())
	tests := map[string][]setting{
		"bus.toml":       append(settingsOf(reflect.TypeFor[BusConfig]()), namedTablesOf(reflect.TypeFor[BusConfig]())[0].settings("NAME")...),
		"zmq.toml":       settingsOf(reflect.TypeFor[ZmqConfig]()),
		"directory.toml": outsideZmq(directory),
	}
	for file, settings := range tests {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(rowsOf(settings), rowsUnder(string(page), "## "+file)); diff != "" {
				t.Errorf("docs/configuration.md, want -, got +:\n%s", diff)
			}
		})
	}
}

// outsideZmq drops the settings of the zmq table, which the page describes in a sentence.
func outsideZmq(settings []setting) []setting {
	var rest []setting
	for _, s := range settings {
		if s.key[0] != "zmq" {
			rest = append(rest, s)
		}
	}
	return rest
}

// rowsOf writes the first columns of the rows that describe the settings.
func rowsOf(settings []setting) []string {
	var rows []string
	for _, s := range settings {
		columns := []string{"`" + s.key.String() + "`", "`" + s.variable() + "`", typeName(s.typ), "`" + defaultText(s) + "`", rangeText(s)}
		rows = append(rows, strings.Join(columns, " | "))
	}
	return rows
}

// rowsUnder returns the same columns of the table under a heading.
func rowsUnder(page, heading string) []string {
	_, section, _ := strings.Cut(page, heading+"\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var rows []string
	for line := range strings.Lines(section) {
		columns := strings.Split(line, "|")
		if len(columns) != 8 || !strings.Contains(columns[1], "`") {
			continue
		}
		for i := range columns {
			columns[i] = strings.TrimSpace(columns[i])
		}
		rows = append(rows, strings.Join(columns[1:6], " | "))
	}
	return rows
}

func typeName(t reflect.Type) string {
	switch {
	case t == durationType:
		return "duration"
	case t == sizeType:
		return "size"
	case t == listType:
		return "list"
	case t.Kind() == reflect.Bool:
		return "yes or no"
	case t.Kind() == reflect.Int:
		return "number"
	default:
		return "text"
	}
}

// defaultText is the default as a file would have it.
func defaultText(s setting) string {
	text := s.tag.Get("default")
	switch {
	case s.typ == listType && text == "":
		return "[]"
	case s.typ == listType:
		return `["` + text + `"]`
	case s.typ.Kind() == reflect.Bool || s.typ.Kind() == reflect.Int:
		return text
	default:
		return `"` + text + `"`
	}
}

func rangeText(s setting) string {
	low, high := s.show("min", "0"), s.show("max", "")
	text := ""
	switch {
	case high != "":
		text = "`" + low + "` to `" + high + "`"
	case low != "0":
		text = "from `" + low + "`"
	}
	if zero := s.tag.Get("zero"); zero != "" {
		text += "; 0: " + zero
	}
	return text
}

// Every field of the three structs is a setting: one that is forgotten could not be set.
func TestEveryFieldIsASetting(t *testing.T) {
	t.Parallel()
	for _, config := range []reflect.Type{reflect.TypeFor[BusConfig](), reflect.TypeFor[ZmqConfig](), reflect.TypeFor[DirectoryConfig]()} {
		seen := map[string]string{}
		for _, s := range settingsOf(config) {
			if s.key[len(s.key)-1] == "" {
				t.Errorf("%v: field %v has no key", config, s.index)
			}
			if _, ok := s.tag.Lookup("default"); !ok {
				t.Errorf("%v: %s has no default", config, s.key)
			}
			if other := seen[s.variable()]; other != "" {
				t.Errorf("%v: %s and %s share the variable %s", config, other, s.key, s.variable())
			}
			seen[s.variable()] = s.key.String()
		}
		for _, n := range namedTablesOf(config) {
			if n.key == "" {
				t.Errorf("%v: field %v has no key", config, n.index)
			}
		}
	}
}
