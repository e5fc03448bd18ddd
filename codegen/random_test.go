package codegen_test

import (
	"fmt"
	"math"
	"reflect"
	"time"

	"pgregory.net/rapid"

	"github.com/zebus-go/zebus/codegen/testdata/shapes"
	"github.com/zebus-go/zebus/codegen/testdata/shapes/other"
	"github.com/zebus-go/zebus/wire"
	"github.com/zebus-go/zebus/zebus"
)

// deepest is how many messages are put into each other at random.
const deepest = 3

// A filler sets the fields of messages to random values, in such a way that reading what was written gives the very same
// message: no empty slices, which are read as nil, no times finer than the wire, no zero with a sign.
type filler struct{ t *rapid.T }

// message returns a random message of a type.
func (f filler) message(t *zebus.MessageType) zebus.Message {
	m := t.New()
	f.fill(reflect.ValueOf(m).Elem(), t.ID().Name(), 0)
	return m
}

func (f filler) fill(v reflect.Value, name string, depth int) {
	if f.special(v, name) {
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		f.fillFields(v, name, depth)
	case reflect.Pointer:
		if f.goesOn(name, depth) {
			v.Set(reflect.New(v.Type().Elem()))
			f.fill(v.Elem(), name, depth+1)
		}
	case reflect.Slice:
		f.fillSlice(v, name, depth)
	case reflect.Map:
		f.fillMap(v, name, depth)
	case reflect.Interface:
		f.fillCase(v, name, depth)
	default:
		f.fillBasic(v, name)
	}
}

// goesOn says whether something optional is there.
func (f filler) goesOn(name string, depth int) bool {
	return depth < deepest && rapid.Bool().Draw(f.t, name+" is there")
}

func (f filler) fillFields(v reflect.Value, name string, depth int) {
	for i := range v.NumField() {
		member := v.Type().Field(i)
		if member.IsExported() && member.Type != reflect.TypeFor[zebus.Unknown]() && (member.Anonymous || member.Tag.Get("zebus") != "") {
			f.fill(v.Field(i), name+"."+member.Name, depth)
		}
	}
}

func (f filler) fillSlice(v reflect.Value, name string, depth int) {
	if v.Type().Elem() == reflect.TypeFor[byte]() {
		v.SetBytes(rapid.SliceOfN(rapid.Byte(), 0, 5).Draw(f.t, name)) // never nil
		return
	}
	if depth >= deepest {
		return
	}
	for i := range rapid.IntRange(0, 3).Draw(f.t, name+" has") {
		element := reflect.New(v.Type().Elem()).Elem()
		if element.Kind() == reflect.Pointer {
			element.Set(reflect.New(element.Type().Elem()))
			f.fill(element.Elem(), fmt.Sprint(name, i), depth+1)
		} else {
			f.fill(element, fmt.Sprint(name, i), depth+1)
		}
		v.Set(reflect.Append(v, element))
	}
}

func (f filler) fillMap(v reflect.Value, name string, depth int) {
	if depth >= deepest {
		return
	}
	for i := range rapid.IntRange(0, 3).Draw(f.t, name+" has") {
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		f.fill(key, fmt.Sprint("key of ", name, i), depth+1)
		f.fill(value, fmt.Sprint(name, i), depth+1)
		v.SetMapIndex(key, value)
	}
}

// cases lists what the fields of oneof may hold.
var cases = map[reflect.Type][]any{
	reflect.TypeFor[shapes.Payment](): {
		shapes.ByCard{}, shapes.ByCheque{}, shapes.Cash{}, shapes.ByTransfer{}, shapes.ByPeer{}, shapes.AtOnce{}, shapes.Encoded{}, shapes.Painted{},
	},
	reflect.TypeFor[shapes.Growth](): {shapes.Graft{}, shapes.Rings{}},
	reflect.TypeFor[other.Answer]():  {other.Yes{}, other.No{}},
}

func (f filler) fillCase(v reflect.Value, name string, depth int) {
	if !f.goesOn(name, depth) {
		return
	}
	c := reflect.New(reflect.TypeOf(rapid.SampledFrom(cases[v.Type()]).Draw(f.t, name)))
	f.fill(c.Elem(), name, depth+1)
	if member := c.Elem().Field(0); member.Kind() == reflect.Pointer && member.IsNil() {
		member.Set(reflect.New(member.Type().Elem())) // a nil message of a case is read as an empty one
	}
	v.Set(c)
}

// special sets what has a form of its own on the wire.
func (f filler) special(v reflect.Value, name string) bool {
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		*x = f.time(name)
	case *time.Duration:
		*x = time.Duration(rapid.Int64Range(-1e12, 1e12).Draw(f.t, name)) * 100
	case *wire.TimeSpan:
		*x = wire.TimeSpan(rapid.Int64Range(-1e17, 1e17).Draw(f.t, name)) // what google.protobuf.Duration holds, too
	case *wire.Decimal:
		d, err := wire.NewDecimal(rapid.Uint32().Draw(f.t, name), rapid.Uint64().Draw(f.t, name), rapid.Uint8Range(0, 28).Draw(f.t, name),
			rapid.Bool().Draw(f.t, name))
		if err == nil && !d.IsZero() {
			*x = d
		}
	default:
		return false
	}
	return true
}

func (f filler) time(name string) time.Time {
	if rapid.IntRange(0, 9).Draw(f.t, name) == 0 {
		return time.Time{}
	}
	seconds := rapid.Int64Range(-62_135_596_800, 253_402_300_799).Draw(f.t, name)
	return time.Unix(seconds, rapid.Int64Range(0, 9_999_999).Draw(f.t, name)*100).UTC()
}

func (f filler) fillBasic(v reflect.Value, name string) {
	switch {
	case v.Kind() == reflect.Bool:
		v.SetBool(rapid.Bool().Draw(f.t, name))
	case v.Kind() == reflect.String:
		v.SetString(rapid.String().Draw(f.t, name))
	case v.Kind() == reflect.Array: // identifiers
		for i := range v.Len() {
			v.Index(i).SetUint(uint64(rapid.Byte().Draw(f.t, name)))
		}
	case v.CanInt():
		bits := v.Type().Bits()
		v.SetInt(rapid.Int64Range(-1<<(bits-1), 1<<(bits-1)-1).Draw(f.t, name))
	case v.CanUint():
		v.SetUint(rapid.Uint64Range(0, math.MaxUint64>>(64-v.Type().Bits())).Draw(f.t, name))
	case v.CanFloat():
		v.SetFloat(rapid.SampledFrom([]float64{0, 1, -1.5, math.Inf(1), 1 << 20, math.MaxFloat32}).Draw(f.t, name))
	default:
		f.t.Fatalf("%s is a %s, which has no random values", name, v.Type())
	}
}
