package zebus

import (
	"cmp"
	"encoding"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// JSON returns a message as people read it, in published failures, logs and tools: what [json.Marshal] returns, with the Go
// names of the fields, but for what package json shows badly or refuses. Durations are texts such as 1m30s, floating
// numbers that JSON has not are the texts NaN, Infinity and -Infinity, the keys of a map may be truth values, and derived
// parts may have fields of the same name. It returns an error when a method of a field, such as MarshalText, does, or when
// it panics: what is in a message comes from the network.
func JSON(m Message) (text []byte, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("zebus: JSON of %T: %v", m, problem)
		}
	}()
	text, err = appendJSON(nil, reflect.ValueOf(m))
	if err != nil {
		return nil, fmt.Errorf("zebus: JSON of %T: %w", m, err)
	}
	return text, nil
}

// appendJSON appends one value.
func appendJSON(b []byte, v reflect.Value) ([]byte, error) {
	switch {
	case !v.IsValid():
		return append(b, "null"...), nil
	case v.Type() == reflect.TypeFor[time.Duration]():
		return strconv.AppendQuote(b, time.Duration(v.Int()).String()), nil
	case writesItself(v):
		return appendPlain(b, v)
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return appendJSON(b, v.Elem())
	case reflect.Struct:
		return appendObject(b, v)
	case reflect.Map:
		return appendMap(b, v)
	case reflect.Slice, reflect.Array:
		return appendArray(b, v)
	case reflect.Float32, reflect.Float64:
		return appendFloat(b, v)
	default:
		return appendPlain(b, v)
	}
}

// appendPlain appends what package json makes of a value.
func appendPlain(b []byte, v reflect.Value) ([]byte, error) {
	if v.CanAddr() {
		v = v.Addr() // where methods of the pointer are
	}
	text, err := json.Marshal(v.Interface())
	return append(b, text...), err
}

// writesItself says whether a type has a JSON of its own.
func writesItself(v reflect.Value) bool {
	t := v.Type()
	if v.CanAddr() && t.Kind() != reflect.Pointer {
		t = reflect.PointerTo(t)
	}
	return t.Implements(reflect.TypeFor[json.Marshaler]()) || t.Implements(reflect.TypeFor[encoding.TextMarshaler]())
}

func appendFloat(b []byte, v reflect.Value) ([]byte, error) {
	switch f := v.Float(); {
	case math.IsNaN(f):
		return append(b, `"NaN"`...), nil
	case math.IsInf(f, 1):
		return append(b, `"Infinity"`...), nil
	case math.IsInf(f, -1):
		return append(b, `"-Infinity"`...), nil
	default:
		return appendPlain(b, v)
	}
}

func appendArray(b []byte, v reflect.Value) ([]byte, error) {
	isSlice := v.Kind() == reflect.Slice
	if isSlice && (v.IsNil() || v.Type().Elem().Kind() == reflect.Uint8) {
		return appendPlain(b, v) // null, or base64
	}
	return appendAll(b, '[', ']', v.Len(), func(b []byte, i int) ([]byte, error) {
		return appendJSON(b, v.Index(i))
	})
}

// appendMap appends the entries in the order of the texts of their keys.
func appendMap(b []byte, v reflect.Value) ([]byte, error) {
	if v.IsNil() {
		return append(b, "null"...), nil
	}
	values := make(map[string]reflect.Value, v.Len())
	for key, value := range v.Seq2() {
		text, err := keyText(key)
		if err != nil {
			return nil, err
		}
		values[text] = value
	}
	keys := slices.Sorted(maps.Keys(values))
	return appendAll(b, '{', '}', len(keys), func(b []byte, i int) ([]byte, error) {
		return appendMember(b, keys[i], values[keys[i]])
	})
}

// keyText is the text of a key.
func keyText(key reflect.Value) (string, error) {
	if key.Kind() == reflect.String {
		return key.String(), nil
	}
	if marshaler, ok := reflect.TypeAssert[encoding.TextMarshaler](key); ok {
		text, err := marshaler.MarshalText()
		return string(text), err
	}
	text, err := appendJSON(nil, key)
	return strings.Trim(string(text), `"`), err
}

// A jsonMember is a field of a message, or of what is embedded there.
type jsonMember struct {
	name  string
	depth int // how far it is embedded
	value reflect.Value
}

func appendObject(b []byte, v reflect.Value) ([]byte, error) {
	members := visible(jsonMembers(nil, v, 0))
	return appendAll(b, '{', '}', len(members), func(b []byte, i int) ([]byte, error) {
		return appendMember(b, members[i].name, members[i].value)
	})
}

// jsonMembers adds the fields of a struct, and in the place of what it embeds the fields of that.
func jsonMembers(list []jsonMember, v reflect.Value, depth int) []jsonMember {
	for field, value := range v.Fields() {
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case name == "-" && options == "":
		case field.Anonymous && name == "" && isTransparent(value):
			if inner := reflect.Indirect(value); inner.IsValid() {
				list = jsonMembers(list, inner, depth+1)
			}
		case !field.IsExported():
		case strings.Contains(options, "omitempty") && isEmpty(value), strings.Contains(options, "omitzero") && value.IsZero():
		default:
			list = append(list, jsonMember{cmp.Or(name, field.Name), depth, value})
		}
	}
	return list
}

// isTransparent says whether of an embedded value only the fields are shown: when it is a struct, or points to one, and
// does not write itself.
func isTransparent(v reflect.Value) bool {
	inner := reflect.Indirect(v)
	if !inner.IsValid() {
		return v.Type().Elem().Kind() == reflect.Struct
	}
	return inner.Kind() == reflect.Struct && !writesItself(inner)
}

// isEmpty is what package json leaves out under omitempty.
func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map:
		return v.Len() == 0
	case reflect.Struct:
		return false
	default:
		return v.IsZero()
	}
}

// visible leaves out what fields of the same name hide, those further outside before those further up.
func visible(members []jsonMember) []jsonMember {
	seen := make(map[string]int, len(members))
	for i, m := range members {
		if other, taken := seen[m.name]; !taken || m.depth < members[other].depth {
			seen[m.name] = i
		}
	}
	var list []jsonMember
	for i, m := range members {
		if seen[m.name] == i {
			list = append(list, m)
		}
	}
	return list
}

func appendMember(b []byte, name string, value reflect.Value) ([]byte, error) {
	b, err := appendPlain(b, reflect.ValueOf(name))
	if err != nil {
		return nil, err
	}
	return appendJSON(append(b, ':'), value)
}

// appendAll appends n elements between brackets.
func appendAll(b []byte, open, end byte, n int, element func(b []byte, i int) ([]byte, error)) ([]byte, error) {
	b = append(b, open)
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = element(b, i); err != nil {
			return nil, err
		}
	}
	return append(b, end), nil
}
