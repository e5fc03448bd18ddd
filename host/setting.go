package host

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode"

	"github.com/BurntSushi/toml"
)

// A setting is one key of a configuration file, as the tags of its field describe it.
//
//	toml     the key
//	default  its value when nobody says anything, as text
//	min max  its range, as text; absent means none (a duration or size is never negative)
//	zero     what zero means, where zero is allowed although it is below min
//	check    the name of a further check, see checkNamed
//
// A field that is a struct is a table. Its tag "without" names a key that the table lacks. A field that is a map is no setting,
// but holds tables with names: see namedTables.
type setting struct {
	key   toml.Key // path in the file
	index []int    // path in the struct
	typ   reflect.Type
	tag   reflect.StructTag
}

// settingsOf lists the settings of the configuration struct type t, in the order of its fields.
func settingsOf(t reflect.Type) []setting {
	var all []setting
	for f := range t.Fields() {
		if f.Type.Kind() == reflect.Map {
			continue
		}
		s := setting{key: toml.Key{f.Tag.Get("toml")}, index: f.Index, typ: f.Type, tag: f.Tag}
		if f.Type.Kind() != reflect.Struct {
			all = append(all, s)
			continue
		}
		for _, inner := range settingsOf(f.Type) {
			if inner.key.String() != f.Tag.Get("without") {
				all = append(all, s.outer(inner))
			}
		}
	}
	return all
}

// outer returns the setting inner of the table s as a setting of the struct that holds s.
func (s setting) outer(inner setting) setting {
	inner.key = append(toml.Key{s.key[0]}, inner.key...)
	inner.index = append([]int{s.index[0]}, inner.index...)
	return inner
}

// variable returns the name of the environment variable that overrides the setting. The zmq
// table of the directory server does not show in it, so that one name works for every program.
func (s setting) variable() string {
	parts := s.key
	if parts[0] == "zmq" {
		parts = parts[1:]
	}
	return "ZEBUS_" + strings.Map(inVariable, strings.Join(parts, "_"))
}

// inVariable returns what stands for a character of a key in the name of its variable.
func inVariable(r rune) rune {
	if r = unicode.ToUpper(r); r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
		return r
	}
	return '_'
}

// field returns the setting's field in the configuration struct that config points to.
func (s setting) field(config reflect.Value) reflect.Value {
	return config.Elem().FieldByIndex(s.index)
}

// verify reports what is wrong with a value of the setting's type: its range, then its form.
func (s setting) verify(v reflect.Value) error {
	if err := s.verifyRange(v); err != nil {
		return err
	}
	if name, ok := s.tag.Lookup("check"); ok {
		return checkNamed(name, v)
	}
	return nil
}

func (s setting) verifyRange(v reflect.Value) error {
	if !v.CanInt() || v.Int() == 0 && s.tag.Get("zero") != "" {
		return nil
	}
	if low := s.bound("min"); v.Int() < low.Int() {
		return invalid("%v is below the minimum %v", v, s.show("min", "0"))
	}
	if high := s.bound("max"); high.Int() > 0 && v.Int() > high.Int() {
		return invalid("%v is above the maximum %v", v, s.show("max", ""))
	}
	return nil
}

// bound returns the tag's value as a value of the setting, zero when there is none.
func (s setting) bound(tag string) reflect.Value {
	text, ok := s.tag.Lookup(tag)
	if !ok {
		return reflect.Zero(s.typ)
	}
	return s.mustParse(text)
}

func (s setting) show(tag, otherwise string) string {
	if text, ok := s.tag.Lookup(tag); ok {
		return text
	}
	return otherwise
}

// mustParse parses a text that this package wrote itself.
func (s setting) mustParse(text string) reflect.Value {
	v, err := parseText(s.typ, text)
	if err != nil {
		panic(fmt.Sprintf("host: tag of %s: %v", s.key, err)) //nolint:forbidigo // this program is wrong
	}
	return reflect.ValueOf(v).Convert(s.typ)
}

// defaults returns a configuration struct with the default of every setting.
func defaults[C any]() C {
	var config C
	p := reflect.ValueOf(&config)
	for _, s := range settingsOf(reflect.TypeFor[C]()) {
		s.field(p).Set(s.mustParse(s.tag.Get("default")))
	}
	return config
}

// verify checks every setting of a configuration struct, wherever its values came from.
func verify[C any](config C) error {
	p := reflect.ValueOf(&config)
	var errs []error
	for _, s := range settingsOf(reflect.TypeFor[C]()) {
		if err := s.verify(s.field(p)); err != nil {
			errs = append(errs, &Problem{Key: s.key.String(), Err: err})
		}
	}
	for _, n := range namedTablesOf(reflect.TypeFor[C]()) {
		errs = append(errs, n.verify(p))
	}
	return errors.Join(errs...)
}

// required returns a problem unless the setting is there. It says where to set it.
func required(file, key string, present bool) error {
	if present {
		return nil
	}
	text := fmt.Sprintf("is empty: set it in %s, as %s, or in code", file, setting{key: toml.Key{key}}.variable())
	return &Problem{Key: key, Err: &reason{kind: ErrMissing, text: text}}
}

// notNegative returns a problem when a duration that only code can set is negative.
func notNegative(field string, d time.Duration) error {
	if d >= 0 {
		return nil
	}
	return &Problem{Key: field, Err: invalid("%v is negative", d)}
}
