package host

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// The types that settings have.
var (
	durationType = reflect.TypeFor[time.Duration]()
	sizeType     = reflect.TypeFor[Size]()
	listType     = reflect.TypeFor[[]string]()
)

// parseText reads a value for a setting of type t, or of the type t is made from, from a text, as environment variables and tags hold it.
func parseText(t reflect.Type, text string) (any, error) {
	switch {
	case t == durationType:
		return ParseDuration(text)
	case t == sizeType:
		return ParseSize(text)
	case t == listType:
		return splitList(text), nil
	case t.Kind() == reflect.Bool:
		return parseBool(text)
	case t.Kind() == reflect.Int:
		return parseInt(text)
	default:
		return text, nil
	}
}

func parseBool(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	default:
		return false, invalid("want true or false, got %q", text)
	}
}

func parseInt(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, invalid("want a whole number, got %q", text)
	}
	return n, nil
}

// splitList splits at spaces, commas and semicolons, as the text form of .NET does. Nothing
// is nil, so that an empty list equals the default.
func splitList(text string) []string {
	list := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n,;", r) })
	if len(list) == 0 {
		return nil
	}
	return list
}

// convert turns a value that the TOML decoder produced into one for a setting of type t.
func convert(t reflect.Type, v any) (any, error) {
	switch {
	case t == durationType:
		return convertDuration(v)
	case t == sizeType:
		return convertSize(v)
	case t == listType:
		return convertList(v)
	case t.Kind() == reflect.Int:
		return convertInt(v)
	case reflect.TypeOf(v).Kind() == t.Kind(): // text, true or false
		return v, nil
	default:
		return nil, wrongType(t, v)
	}
}

func convertDuration(v any) (any, error) {
	switch v := v.(type) {
	case string:
		return ParseDuration(v)
	case map[string]any:
		return secsAndNanos(v)
	default:
		return nil, wrongType(durationType, v)
	}
}

// secsAndNanos reads a duration that serde wrote without humantime, as zebus-rs does in keep_alive:
// { secs = 30, nanos = 0 }.
func secsAndNanos(v map[string]any) (any, error) {
	secs, hasSecs := v["secs"].(int64)
	nanos, hasNanos := v["nanos"].(int64)
	if len(v) != 2 || !hasSecs || !hasNanos || secs < 0 || nanos < 0 {
		return nil, wrongType(durationType, v)
	}
	return ParseDuration(fmt.Sprintf("%ds %dns", secs, nanos))
}

func convertSize(v any) (any, error) {
	switch v := v.(type) {
	case string:
		return ParseSize(v)
	case int64:
		return Size(v), nil
	default:
		return nil, wrongType(sizeType, v)
	}
}

func convertInt(v any) (any, error) {
	n, ok := v.(int64)
	if !ok {
		return nil, wrongType(reflect.TypeFor[int](), v)
	}
	if int64(int(n)) != n {
		return nil, invalid("%d is too large", n)
	}
	return int(n), nil
}

func convertList(v any) (any, error) {
	values, ok := v.([]any)
	if !ok {
		return nil, wrongType(listType, v)
	}
	var list []string
	for i, value := range values {
		text, ok := value.(string)
		if !ok {
			return nil, invalid("want a list of texts, got %s at position %d", describe(value), i+1)
		}
		list = append(list, text)
	}
	return list, nil
}

// wrongType returns an error that says what the setting wants and what the file has.
func wrongType(want reflect.Type, got any) error {
	return invalid("want %s, got %s", wish(want), describe(got))
}

// wish says what a file must have for a setting of type t.
func wish(t reflect.Type) string {
	switch {
	case t == durationType:
		return `a duration such as "10s" or "1h 30m"`
	case t == sizeType:
		return `a size in bytes, or text such as "64MiB"`
	case t == listType:
		return `a list of texts such as ["a", "b"]`
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Int:
		return "a whole number"
	default:
		return "a text in quotes"
	}
}

// describe names a value that the TOML decoder produced, as the person who wrote it sees it.
func describe(v any) string {
	switch v := v.(type) {
	case string:
		return "the text " + strconv.Quote(v)
	case int64, float64, bool:
		return fmt.Sprint(v)
	case time.Time:
		return "a date"
	case map[string]any:
		return "a table"
	default:
		return "a list"
	}
}
