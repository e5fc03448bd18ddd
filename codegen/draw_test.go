package codegen_test

import (
	"math"
	"reflect"
	"time"

	"pgregory.net/rapid"

	"github.com/zebus-go/zebus/codegen/testdata/shapes"
	"github.com/zebus-go/zebus/wire"
	"github.com/zebus-go/zebus/zebus"
)

// maxDepth ends messages that hold messages.
const maxDepth = 3

// drawMessage makes a message of the type of m with random fields.
func drawMessage(t *rapid.T, m zebus.Message) zebus.Message {
	drawn := m.ZebusType().New()
	fill(t, reflect.ValueOf(drawn).Elem(), 0)
	return drawn
}

// drawn are the types with a wire form of their own. Times and spans are exact to 100 ns, as they are on the wire.
var drawn = map[reflect.Type]func(*rapid.T) any{
	reflect.TypeFor[time.Time](): func(t *rapid.T) any {
		ticks := rapid.Int64Range(-62135596800, 253402300799).Draw(t, "seconds")
		return time.Unix(ticks, 100*rapid.Int64Range(0, 9999999).Draw(t, "ticks")).UTC()
	},
	reflect.TypeFor[time.Duration](): func(t *rapid.T) any {
		return 100 * time.Duration(rapid.Int64Range(math.MinInt64/100, math.MaxInt64/100).Draw(t, "ticks"))
	},
	reflect.TypeFor[wire.Decimal](): func(t *rapid.T) any {
		return must(wire.ParseDecimal(rapid.StringMatching(`-?[0-9]{1,20}(\.[0-9]{1,8})?`).Draw(t, "decimal")))
	},
	reflect.TypeFor[shapes.Growth](): func(t *rapid.T) any {
		return &shapes.Rings{Count: rapid.Int32().Draw(t, "rings")}
	},
}

// fill puts a random value into v. Pointers, slices and maps are nil now and then.
func fill(t *rapid.T, v reflect.Value, depth int) {
	if draw := drawn[v.Type()]; draw != nil {
		v.Set(reflect.ValueOf(draw(t)))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		fillFields(t, v, depth)
	case reflect.Pointer:
		if depth < maxDepth && rapid.Bool().Draw(t, "pointer") {
			v.Set(reflect.New(v.Type().Elem()))
			fill(t, v.Elem(), depth+1)
		}
	case reflect.Slice:
		if n := rapid.IntRange(-1, 3).Draw(t, "length"); n >= 0 && depth < maxDepth {
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			fillElements(t, v, depth+1)
		}
	case reflect.Array:
		fillElements(t, v, depth)
	case reflect.Map:
		for range rapid.IntRange(0, 2).Draw(t, "pairs") {
			fillPair(t, v, depth+1)
		}
	default:
		fillScalar(t, v)
	}
}

// fillFields fills what travels.
func fillFields(t *rapid.T, v reflect.Value, depth int) {
	for i := range v.NumField() {
		if _, tagged := v.Type().Field(i).Tag.Lookup("zebus"); tagged {
			fill(t, v.Field(i), depth)
		}
	}
}

// fillElements fills a list, which holds no nil message: there is nothing of it on the wire.
func fillElements(t *rapid.T, v reflect.Value, depth int) {
	for i := range v.Len() {
		element := v.Index(i)
		if element.Kind() == reflect.Pointer {
			element.Set(reflect.New(element.Type().Elem()))
			element = element.Elem()
		}
		fill(t, element, depth)
	}
}

func fillPair(t *rapid.T, v reflect.Value, depth int) {
	if v.IsNil() {
		v.Set(reflect.MakeMap(v.Type()))
	}
	key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
	fill(t, key, depth)
	fill(t, value, depth)
	v.SetMapIndex(key, value)
}

func fillScalar(t *rapid.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.String:
		v.SetString(rapid.String().Draw(t, "text"))
	case reflect.Float32:
		v.SetFloat(float64(rapid.Float32().Draw(t, "float32")))
	case reflect.Float64:
		v.SetFloat(rapid.Float64().Draw(t, "float64"))
	case reflect.Interface:
	default:
		fillInteger(t, v)
	}
}

func fillInteger(t *rapid.T, v reflect.Value) {
	bits := v.Type().Bits()
	if v.CanInt() {
		v.SetInt(rapid.Int64().Draw(t, "number") >> (64 - bits))
		return
	}
	v.SetUint(rapid.Uint64().Draw(t, "number") >> (64 - bits))
}
