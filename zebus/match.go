package zebus

import (
	"fmt"
	"reflect"
	"strconv"
	"time"

	"github.com/zebus-go/zebus/wire"
)

// A Match is what a binding asks of one routing member of type T: [Is] some value, or [Any]. The zero Match is Any.
//
// The bindings that zebusgen writes have one for each routing member. They are comparable: two bindings that ask for the
// same are equal.
type Match[T any] string

// Any is the [Match] of every value, null included. Leaving a member out of a binding says the same.
const Any = ""

// matchIs stands before the text of a value, so that the empty text differs from Any.
const matchIs = "="

// Is returns the [Match] of one value, or, for a member that is a collection, of all collections that contain it.
func Is[T any](v T) Match[T] {
	return Match[T](matchIs + routingTextOf(reflect.ValueOf(v)))
}

// Like returns the [Match] of a value in an example: a zero value stands for [Any].
func Like[T any](v T) Match[T] {
	if reflect.ValueOf(&v).Elem().IsZero() {
		return Any
	}
	return Is(v)
}

// LikePointer is [Like] for a member that may be null, which stands for [Any]; zero does not.
func LikePointer[T any](v *T) Match[T] {
	if v == nil {
		return Any
	}
	return Is(*v)
}

// LikeElement is [Like] for a collection. A key can ask for one element only, so that a collection with more or fewer
// stands for [Any].
func LikeElement[T any](v []T) Match[T] {
	if len(v) != 1 {
		return Any
	}
	return Is(v[0])
}

// Part returns the part of a binding key that asks for the match. A value whose text is "*" or "#" asks for what these
// ask for in every key.
func (m Match[T]) Part() string {
	switch {
	case m == Any:
		return Star
	case m[:1] == matchIs:
		return string(m[1:])
	default:
		return string(m)
	}
}

// PartOf is [Match.Part] for numbers whose values have another text, such as the names of an enum. Generated code calls it.
func PartOf[T wire.Integer](m Match[T], text func(T) string) string {
	part := m.Part()
	if m == Any {
		return part
	}
	if n, err := strconv.ParseInt(part, 10, 64); err == nil {
		return text(T(n))
	}
	if n, err := strconv.ParseUint(part, 10, 64); err == nil {
		return text(T(n))
	}
	return part
}

// A TypedBinding is a [Binding] that knows which messages it is for, as those that zebusgen writes do.
type TypedBinding interface {
	Binding
	// ZebusType returns the type of the messages.
	ZebusType() *MessageType
}

// Where returns the subscription to the messages that a binding chooses.
func Where(b TypedBinding) Subscription {
	return Subscription{Type: b.ZebusType().ID(), Key: b.Key()}
}

// routingTextOf is the text that generated code gives a member of the value's type, but for enums, which have none here.
func routingTextOf(v reflect.Value) string {
	switch value := v.Interface().(type) {
	case time.Time:
		return RoutingTime(value).text
	case time.Duration:
		return wire.TimeSpanOf(value).String()
	case wire.TimeSpan, wire.Char:
		return fmt.Sprint(value)
	}
	switch v.Kind() {
	case reflect.Bool:
		return RoutingBool(v.Bool()).text
	case reflect.Float32:
		return RoutingFloat32(float32(v.Float())).text
	case reflect.Float64:
		return RoutingFloat64(v.Float()).text
	case reflect.String:
		return v.String()
	default:
		return routingTextOfNumber(v)
	}
}

func routingTextOfNumber(v reflect.Value) string {
	switch {
	case v.CanInt():
		return strconv.FormatInt(v.Int(), 10)
	case v.CanUint():
		return strconv.FormatUint(v.Uint(), 10)
	default:
		return fmt.Sprint(v.Interface()) // identifiers and decimals have a text of their own
	}
}
