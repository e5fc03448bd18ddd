package host

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// unknownKey returns the error for a key that the configuration struct type t lacks, with the
// best hint there is. The settings are those of t, under their whole keys.
func unknownKey(key string, t reflect.Type, settings []setting) error {
	return &reason{kind: ErrUnknownKey, text: "unknown key" + hint(key, t, settings)}
}

func hint(key string, t reflect.Type, settings []setting) string {
	known := keysOf(settings)
	if slices.Contains(known, "zmq."+key) {
		return ", it belongs in the table [zmq]"
	}
	if twin := twinOf(t); twin != nil && slices.Contains(append(keysOf(settingsOf(twin)), tablesOf(twin)...), key) {
		return ", it belongs in " + fileOf(twin)
	}
	if meant, ok := suggest(key, append(known, tablesOf(t)...)); ok {
		return fmt.Sprintf(", did you mean %q?", meant)
	}
	return ""
}

// twinOf returns the configuration that is loaded together with t, nil when there is none.
func twinOf(t reflect.Type) reflect.Type {
	switch t {
	case reflect.TypeFor[BusConfig]():
		return reflect.TypeFor[ZmqConfig]()
	case reflect.TypeFor[ZmqConfig]():
		return reflect.TypeFor[BusConfig]()
	default:
		return nil
	}
}

// fileOf returns the usual name of the file that holds a configuration struct of type t.
func fileOf(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[BusConfig]():
		return "bus.toml"
	case reflect.TypeFor[ZmqConfig]():
		return "zmq.toml"
	default:
		return "directory.toml"
	}
}

// keysOf lists the keys of settings, as dotted paths.
func keysOf(settings []setting) []string {
	var keys []string
	for _, s := range settings {
		keys = append(keys, s.key.String())
	}
	return keys
}

// tablesOf lists the tables of t.
func tablesOf(t reflect.Type) []string {
	var tables []string
	for _, s := range settingsOf(t) {
		if table := s.key[:len(s.key)-1].String(); table != "" {
			tables = append(tables, table)
		}
	}
	for _, n := range namedTablesOf(t) {
		tables = append(tables, n.key)
	}
	return slices.Compact(tables)
}

// suggest returns the known name that somebody who wrote name most likely meant, and false when
// none is near. Case does not count, and a hyphen is an underscore.
func suggest(name string, known []string) (string, bool) {
	name = normalize(name)
	best, least := "", 1+max(1, len(name)/4)
	for _, candidate := range known {
		if d := distance(name, normalize(candidate)); d < least {
			best, least = candidate, d
		}
	}
	return best, best != ""
}

func normalize(name string) string {
	return strings.ReplaceAll(strings.ToLower(name), "-", "_")
}

// distance returns the number of bytes to insert, delete or replace to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1) // row[j] is the distance from the part of a read so far to b[:j]
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
