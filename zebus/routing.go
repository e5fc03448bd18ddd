package zebus

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// RoutingContent holds the routing values of one message, in the order of the positions. It is empty for messages
// without routing members.
type RoutingContent []RoutingValue

// String returns the values joined by dots.
func (c RoutingContent) String() string {
	texts := make([]string, len(c))
	for i, v := range c {
		texts[i] = v.String()
	}
	return strings.Join(texts, ".")
}

// A RoutingValue is the value of one routing member as text. It may be null, which matches no literal; or a set, when the
// member is a collection, which matches a literal that one of its items equals.
type RoutingValue struct {
	text  string
	kind  routingKind
	items []RoutingValue
}

type routingKind uint8

const (
	routingText routingKind = iota
	routingNull
	routingSet
)

// RoutingText returns the value with the given text.
func RoutingText(s string) RoutingValue { return RoutingValue{text: s} }

// RoutingNull returns the value of a member that is null.
func RoutingNull() RoutingValue { return RoutingValue{kind: routingNull} }

// RoutingSet returns the value of a collection. The set of no items matches no literal.
func RoutingSet(items ...RoutingValue) RoutingValue {
	return RoutingValue{kind: routingSet, items: items}
}

// RoutingBool returns the text that .NET gives a bool: "True" or "False".
func RoutingBool(v bool) RoutingValue {
	if v {
		return RoutingText("True")
	}
	return RoutingText("False")
}

// RoutingInt returns a number as decimal text.
func RoutingInt(v int64) RoutingValue { return RoutingText(strconv.FormatInt(v, 10)) }

// RoutingUint returns a number as decimal text.
func RoutingUint(v uint64) RoutingValue { return RoutingText(strconv.FormatUint(v, 10)) }

// RoutingFloat64 returns the shortest text that reads back, as .NET writes a double.
func RoutingFloat64(v float64) RoutingValue { return RoutingText(floatText(v, 64, 16)) }

// RoutingFloat32 returns the shortest text that reads back, as .NET writes a float.
func RoutingFloat32(v float32) RoutingValue { return RoutingText(floatText(float64(v), 32, 8)) }

// RoutingTime returns month, day, year and time to the second, which is how .NET writes a DateTime.
func RoutingTime(v time.Time) RoutingValue {
	if v.IsZero() {
		return RoutingText("01/01/0001 00:00:00")
	}
	return RoutingText(v.UTC().Format("01/02/2006 15:04:05"))
}

// floatText writes positional digits while the decimal exponent is -5 < e <= most, and d.dddE+XX beyond.
func floatText(v float64, bits, most int) string {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "Infinity"
	case math.IsInf(v, -1):
		return "-Infinity"
	}
	scientific := strconv.FormatFloat(v, 'E', -1, bits)
	exponent, err := strconv.Atoi(scientific[strings.IndexByte(scientific, 'E')+1:])
	if err != nil || exponent > -5 && exponent <= most {
		return strconv.FormatFloat(v, 'f', -1, bits)
	}
	return scientific
}

// Matches says whether the value equals a literal part of a binding key.
func (v RoutingValue) Matches(literal string) bool {
	switch v.kind {
	case routingText:
		return v.text == literal
	case routingSet:
		for _, item := range v.items {
			if item.Matches(literal) {
				return true
			}
		}
	case routingNull:
	}
	return false
}

// IsNull says whether the value is null.
func (v RoutingValue) IsNull() bool { return v.kind == routingNull }

// Items returns the items of a collection, nil for any other value. The caller must not change them.
func (v RoutingValue) Items() []RoutingValue { return v.items }

// Text returns the text of a single value; ok is false for null and for a collection.
func (v RoutingValue) Text() (text string, ok bool) { return v.text, v.kind == routingText }

// String returns the value for logs.
func (v RoutingValue) String() string {
	switch v.kind {
	case routingNull:
		return "null"
	case routingSet:
		return "{" + strings.ReplaceAll(RoutingContent(v.items).String(), ".", ",") + "}"
	case routingText:
	}
	return v.text
}
