package zebustest

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

// nameOf returns the name of a message's type for people. It works on a nil pointer.
func nameOf(m zebus.Message) string { return m.ZebusType().ID().Name() }

// describe returns a message on one line: its name, and the fields that are not zero.
func describe(m zebus.Message) string {
	if m == nil {
		return "nothing"
	}
	var b strings.Builder
	for i, l := range leavesOf(m) {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s: %s", l.path, l.text)
	}
	return nameOf(m) + "{" + b.String() + "}"
}

// differences returns a line for every field in which two messages of one type differ.
func differences(want, got zebus.Message) (lines []string) {
	wanted, found := leavesOf(want), leavesOf(got)
	for _, w := range wanted {
		if g := textAt(found, w.path); g != w.text {
			lines = append(lines, fmt.Sprintf("%s: want %s, got %s", w.path, w.text, g))
		}
	}
	for _, g := range found {
		if textAt(wanted, g.path) == absent {
			lines = append(lines, fmt.Sprintf("%s: want %s, got %s", g.path, absent, g.text))
		}
	}
	if lines == nil {
		return []string{"all fields look alike, the bytes on the wire differ"}
	}
	return lines
}

// A leaf is a value inside a message that has no parts. Zero values have no leaf, but in slices and maps.
type leaf struct {
	path string // Customer.Lines[2].Price
	text string
}

// absent is the text of what has no leaf.
const absent = "nothing"

func textAt(leaves []leaf, path string) string {
	if i := slices.IndexFunc(leaves, func(l leaf) bool { return l.path == path }); i >= 0 {
		return leaves[i].text
	}
	return absent
}

func leavesOf(m zebus.Message) []leaf {
	v := reflect.ValueOf(m)
	if v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	var c collector
	c.parts("", v)
	return c.leaves
}

// collector gathers leaves in the order of the fields.
type collector struct{ leaves []leaf }

// collect adds a value, or what it is made of.
func (c *collector) collect(path string, v reflect.Value) {
	switch text, whole := textOf(v); {
	case whole:
		c.leaves = append(c.leaves, leaf{path, text})
	case v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface:
		c.collect(path, v.Elem())
	default:
		c.parts(path, v)
	}
}

func (c *collector) parts(path string, v reflect.Value) {
	switch v.Kind() { //nolint:exhaustive // the others have no parts
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && !v.Field(i).IsZero() {
				c.collect(join(path, f.Name), v.Field(i))
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			c.collect(fmt.Sprintf("%s[%d]", path, i), v.Index(i))
		}
	case reflect.Map:
		for _, key := range sortedKeys(v) {
			c.collect(fmt.Sprintf("%s[%v]", path, key), v.MapIndex(key))
		}
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func sortedKeys(v reflect.Value) []reflect.Value {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return keys
}

// textOf returns the text of a value that is shown as a whole; false when its parts are shown.
func textOf(v reflect.Value) (string, bool) {
	switch x := v.Interface().(type) {
	case time.Time:
		return x.Format(time.RFC3339Nano), true
	case []byte:
		return fmt.Sprintf("%q", x), true
	case string:
		return fmt.Sprintf("%q", x), true
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return "nil", v.IsNil()
	case reflect.Struct, reflect.Array:
		if s, named := reflect.TypeAssert[fmt.Stringer](v); named {
			return s.String(), true
		}
		return "", false
	case reflect.Slice, reflect.Map:
		return "empty", v.Len() == 0
	case reflect.String:
		return fmt.Sprintf("%q", v.String()), true
	default:
		return fmt.Sprint(v.Interface()), true
	}
}
