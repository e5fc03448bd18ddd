package zebustest

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/zebus-go/zebus/wire"
	"github.com/zebus-go/zebus/zebus"
)

// Sample returns a message with something in every field, the same for a type each time: Sample[*PlaceOrder](t). What is in a
// field shows where it comes from: texts are the path of their field, "Lines[1].Article", and other values count up through the
// message, so that no two fields of a message are mixed up unseen. Named integers are 1, which most enums have. Slices and maps
// have two elements; a message that refers to its own type ends there. Change what the test is about, and leave the rest:
//
//	cmd := zebustest.Sample[*PlaceOrder](t)
//	cmd.Count = 0
//
// Whoever has a field that is one of several cases (oneof) names one case for it, Sample[*Paid](t, &ByCard{}); which ones there are
// cannot be found out. The test ends where a case is missing.
func Sample[M zebus.Message](t TB, cases ...any) M {
	t.Helper()
	var none M
	m, ok := SampleOf(t, none.ZebusType(), cases...).(M)
	if !ok {
		t.Fatalf("a sample of %T is not what its type makes", none)
	}
	return m
}

// SampleOf is [Sample] for a type that is known only when the test runs, such as that of each of a service's handlers.
func SampleOf(t TB, of *zebus.MessageType, cases ...any) zebus.Message {
	t.Helper()
	m := of.New()
	s := sampler{t: t, cases: cases}
	s.fill(reflect.ValueOf(m).Elem(), "")
	return m
}

// ExpectRoundTrip fails the test unless m is read as it was written, field by field, by peers that use the same type.
func ExpectRoundTrip(t TB, m zebus.Message) {
	t.Helper()
	got := m.ZebusType().New()
	if err := got.ZebusUnmarshal(encode(m)); err != nil {
		t.Errorf("%s cannot be read: %v", nameOf(m), err)
		return
	}
	if !slices.Equal(leavesOf(m), leavesOf(got)) {
		t.Errorf("%s is not read as it was written\n\t%s", nameOf(m), strings.Join(differences(m, got), "\n\t"))
	}
}

// A sampler puts something into every field of a message.
type sampler struct {
	t       TB
	cases   []any
	counter int
	within  []reflect.Type // the structs around the one being filled
}

func (s *sampler) next() int {
	s.counter++
	return s.counter
}

func (s *sampler) fill(v reflect.Value, path string) {
	if s.fillValue(v) || s.fillNumber(v) {
		return
	}
	switch v.Kind() { //nolint:exhaustive // the others cannot travel
	case reflect.Struct:
		s.fillStruct(v, path)
	case reflect.String:
		v.SetString(path)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		if !s.isWithin(v.Type()) {
			v.Set(reflect.New(v.Type().Elem()))
			s.fill(v.Elem(), path)
		}
	case reflect.Array: // identifiers
		n := s.next()
		for i := range v.Len() {
			v.Index(i).SetUint(uint64(n % 256))
		}
	case reflect.Slice:
		s.fillSlice(v, path)
	case reflect.Map:
		s.fillMap(v, path)
	case reflect.Interface:
		s.fillCase(v, path)
	}
}

// fillValue sets what is one value and made of several.
func (s *sampler) fillValue(v reflect.Value) bool {
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		*x = time.Date(2001, 2, 3, 4, 5, 0, 0, time.UTC).Add(time.Duration(s.next()) * time.Second)
	case *time.Duration:
		*x = time.Duration(s.next()) * time.Second
	case *wire.TimeSpan:
		*x = wire.TimeSpan(s.next()) * 10_000_000
	case *wire.Char:
		*x = 'a' + wire.Char(s.next()%26)
	case *wire.Decimal:
		*x, _ = wire.NewDecimal(0, uint64(s.next())*100+25, 2, false) // a scale of 2 is a good one
	default:
		return false
	}
	return true
}

// fillNumber sets numbers so small that every kind of them has room.
func (s *sampler) fillNumber(v reflect.Value) bool {
	const most = 100
	switch {
	case (v.CanInt() || v.CanUint()) && v.Type().PkgPath() != "":
		s.next()
		v.Set(reflect.ValueOf(1).Convert(v.Type()))
	case v.CanInt():
		v.SetInt(int64(s.next()-1)%most + 1)
	case v.CanUint():
		v.SetUint(uint64(s.next()-1)%most + 1)
	case v.CanFloat():
		v.SetFloat(float64(s.next()) + 0.5)
	default:
		return false
	}
	return true
}

func (s *sampler) fillStruct(v reflect.Value, path string) {
	s.within = append(s.within, v.Type())
	defer func() { s.within = s.within[:len(s.within)-1] }()
	for i := range v.NumField() {
		f := v.Type().Field(i)
		switch {
		case !travels(f):
		case f.Anonymous:
			s.fill(v.Field(i), path)
		default:
			s.fill(v.Field(i), join(path, f.Name))
		}
	}
}

// travels says whether a field is on the wire, in a message of ours or of protoc-gen-go.
func travels(f reflect.StructField) bool {
	if !f.IsExported() || f.Type == reflect.TypeFor[zebus.Unknown]() {
		return false
	}
	for _, tag := range []string{"zebus", "protobuf", "protobuf_oneof"} {
		if _, tagged := f.Tag.Lookup(tag); tagged {
			return true
		}
	}
	return f.Anonymous
}

// isWithin says whether values of the type refer to a struct that is being filled.
func (s *sampler) isWithin(t reflect.Type) bool {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	return slices.Contains(s.within, t)
}

func (s *sampler) fillSlice(v reflect.Value, path string) {
	switch {
	case s.isWithin(v.Type()):
	case v.Type().Elem().Kind() == reflect.Uint8:
		v.SetBytes([]byte(path))
	default:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			s.fill(v.Index(i), fmt.Sprintf("%s[%d]", path, i))
		}
	}
}

func (s *sampler) fillMap(v reflect.Value, path string) {
	if s.isWithin(v.Type()) {
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for i := range 2 {
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		s.fill(key, fmt.Sprintf("%s.key%d", path, i))
		s.fill(value, fmt.Sprintf("%s[%d]", path, i))
		v.SetMapIndex(key, value)
	}
}

// fillCase sets a field to the first case that fits it.
func (s *sampler) fillCase(v reflect.Value, path string) {
	s.t.Helper()
	for _, c := range s.cases {
		if t := reflect.TypeOf(c); t.Kind() == reflect.Pointer && t.Implements(v.Type()) {
			if s.isWithin(t) {
				return
			}
			filled := reflect.New(t.Elem())
			s.fill(filled.Elem(), path)
			v.Set(filled)
			return
		}
	}
	s.t.Fatalf("%s is one of several: give Sample a case that is a %s", path, v.Type())
}
