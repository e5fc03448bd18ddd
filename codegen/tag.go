package codegen

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Field numbers that protobuf allows, and those it keeps for itself.
const (
	maxNumber     = 1<<29 - 1
	firstReserved = 19000
	lastReserved  = 19999
)

// Words of tags that matter in several places.
const (
	wordOneOf     = "oneof"
	wordInclude   = "include"
	wordZigzag    = "zigzag"
	wordFixed     = "fixed"
	wordTimestamp = "timestamp"
)

// tag is what a `zebus:"…"` struct tag says.
type tag struct {
	number    int
	oneOf     bool // the cases of the field have the numbers
	include   bool // the number is that of a ProtoInclude
	required  bool
	packed    bool
	position  int // routing position
	encodings []string
}

// parseTag reads "number,option,option".
func parseTag(s string) (tag, error) {
	number, options, _ := strings.Cut(s, ",")
	t := tag{oneOf: strings.TrimSpace(number) == wordOneOf}
	number, t.include = strings.CutPrefix(number, wordInclude+"=")
	errs := []error{t.setNumber(strings.TrimSpace(number))}
	seen := map[string]bool{}
	for option := range strings.SplitSeq(options, ",") {
		if option = strings.TrimSpace(option); option != "" {
			errs = append(errs, t.setOnce(option, seen))
		}
	}
	if len(t.encodings) > 1 {
		errs = append(errs, fmt.Errorf("%s exclude each other: keep one", strings.Join(t.encodings, " and ")))
	}
	return t, errors.Join(errs...)
}

func (t *tag) setNumber(s string) error {
	if t.oneOf {
		return nil
	}
	n, err := strconv.Atoi(s)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return fmt.Errorf("field number %s: choose one from 1 to %d", s, maxNumber)
	case err != nil && t.include:
		return fmt.Errorf("include=%s: write the number of the ProtoInclude, include=10", s)
	case err != nil:
		return errors.New("the tag has no field number: write `zebus:\"1\"`, and options behind it")
	case n < 1 || n > maxNumber:
		return fmt.Errorf("field number %d: choose one from 1 to %d", n, maxNumber)
	case n >= firstReserved && n <= lastReserved:
		return fmt.Errorf("field number %d: protobuf keeps %d to %d for itself, choose another", n, firstReserved, lastReserved)
	}
	t.number = n
	return nil
}

// setOnce sets an option that no one before has set.
func (t *tag) setOnce(option string, seen map[string]bool) error {
	key, _, _ := strings.Cut(option, "=")
	if seen[key] {
		return fmt.Errorf("the tag says %s twice: remove one", key)
	}
	seen[key] = true
	return t.setOption(option)
}

func (t *tag) setOption(option string) error {
	key, value, _ := strings.Cut(option, "=")
	switch key {
	case "required":
		t.required = true
	case "packed":
		t.packed = true
	case wordZigzag, wordFixed, wordTimestamp:
		t.encodings = append(t.encodings, key)
	case "routing":
		return t.setPosition(value)
	case wordOneOf, wordInclude:
		return errors.New(keyPlaces[key])
	default:
		return fmt.Errorf("unknown option %q: use required, routing=N, packed, zigzag, fixed or timestamp", option)
	}
	if value != "" {
		return fmt.Errorf("%s takes no value: write %[1]s alone", key)
	}
	return nil
}

// keyPlaces says where the words belong that take the place of a number.
var keyPlaces = map[string]string{
	wordOneOf:   "oneof stands alone, because the cases have the numbers: write `zebus:\"oneof\"`",
	wordInclude: "include stands in the place of the number: write `zebus:\"include=10\"`",
}

func (t *tag) setPosition(value string) error {
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 {
		return fmt.Errorf("routing=%s: write routing=1 for the first routing member, routing=2 for the next", value)
	}
	t.position = n
	return nil
}
