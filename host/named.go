package host

import (
	"cmp"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/zebus-go/zebus/dispatch"
)

// namedTables are a field of a configuration struct that is a map: tables of one form, each with a name that the user chose.
type namedTables struct {
	key   string // of the table that they are in
	index int    // in the struct
	form  reflect.Type
}

// namedTablesOf lists those of the configuration struct type t.
func namedTablesOf(t reflect.Type) []namedTables {
	var all []namedTables
	for f := range t.Fields() {
		if f.Type.Kind() == reflect.Map {
			all = append(all, namedTables{key: f.Tag.Get("toml"), index: f.Index[0], form: f.Type.Elem()})
		}
	}
	return all
}

// settings lists those of the table of that name. Their fields are in a struct of the form.
func (n namedTables) settings(name string) []setting {
	all := settingsOf(n.form)
	for i := range all {
		all[i].key = append(toml.Key{n.key, name}, all[i].key...)
	}
	return all
}

// names lists the tables that there are, in order.
func (n namedTables) names(config reflect.Value) []string {
	var names []string
	for _, key := range n.field(config).MapKeys() {
		names = append(names, key.String())
	}
	slices.Sort(names)
	return names
}

// field returns the map in the configuration struct that config points to.
func (n namedTables) field(config reflect.Value) reflect.Value { return config.Elem().Field(n.index) }

// table returns a pointer to a copy of a table: the defaults where there is none of that name.
func (n namedTables) table(config reflect.Value, name string) reflect.Value {
	p := reflect.New(n.form)
	if there := n.field(config).MapIndex(reflect.ValueOf(name)); there.IsValid() {
		p.Elem().Set(there)
		return p
	}
	for _, s := range n.settings(name) {
		s.field(p).Set(s.mustParse(s.tag.Get("default")))
	}
	return p
}

// put makes the table that p points to the one of that name.
func (n namedTables) put(config reflect.Value, name string, p reflect.Value) {
	if n.field(config).IsNil() {
		n.field(config).Set(reflect.MakeMap(n.field(config).Type()))
	}
	n.field(config).SetMapIndex(reflect.ValueOf(name), p.Elem())
}

// verify reports what is wrong with the tables, wherever their values came from.
func (n namedTables) verify(config reflect.Value) error {
	var errs []error
	seen := queueNames{}
	for _, name := range n.names(config) {
		p := n.table(config, name)
		for _, s := range n.settings(name) {
			if err := s.verify(s.field(p)); err != nil {
				errs = append(errs, &Problem{Key: s.key.String(), Err: err})
			}
		}
		if err := seen.add(name); err != nil {
			errs = append(errs, &Problem{Key: toml.Key{n.key, name}.String(), Err: err})
		}
	}
	return errors.Join(errs...)
}

// queueNames are the names of queues by what makes two the same.
type queueNames map[string]string

// add returns an error when a queue of that name is among them: case does not count.
func (q queueNames) add(name string) error {
	folded := strings.ToLower(cmp.Or(name, dispatch.DefaultQueue))
	if other, there := q[folded]; there {
		return invalid("the same queue as %q: case does not count", other)
	}
	q[folded] = name
	return nil
}

// readEnvironment applies the environment to the tables that there are.
func (n namedTables) readEnvironment(lookup func(string) (string, bool), config reflect.Value) error {
	var errs []error
	for _, name := range n.names(config) {
		p := n.table(config, name)
		errs = append(errs, applyEnvironment(lookup, n.settings(name), p))
		n.put(config, name, p)
	}
	return errors.Join(errs...)
}

// named applies the tables of a file.
func (d *decoder) named(n namedTables, value any) {
	key := toml.Key{n.key}
	tables, ok := value.(map[string]any)
	if !ok {
		d.report(key, invalid("want a table, got %s", describe(value)))
		return
	}
	seen := queueNames{}
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		if err := seen.add(name); err != nil {
			d.report(append(key, name), err)
			continue
		}
		d.namedTable(n, name, tables[name])
	}
}

// namedTable applies one of them.
func (d *decoder) namedTable(n namedTables, name string, value any) {
	key := toml.Key{n.key, name}
	entries, ok := value.(map[string]any)
	if !ok {
		d.report(key, invalid("want a table, got %s", describe(value)))
		return
	}
	p := n.table(d.config, name)
	inner := &decoder{path: d.path, lines: d.lines, config: p, settings: n.settings(name)}
	inner.table(key, entries)
	d.problems = append(d.problems, inner.problems...)
	n.put(d.config, name, p)
}
