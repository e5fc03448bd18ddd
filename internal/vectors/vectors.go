// Package vectors compares our messages with bytes recorded from Zebus (.NET).
//
// The file testdata/messages.json has a case per line: the type, the value of every field, and the bytes that .NET
// wrote. [Check] reads the bytes into our message, compares every field, writes the message again and compares the
// bytes.
package vectors

import (
	"bytes"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/zebus-go/zebus/wire"
)

//go:embed testdata/messages.json
var recorded []byte

// Case is one message as .NET wrote it.
type Case struct {
	Type   string          `json:"type"`
	Fields json.RawMessage `json:"fields"`
	// Read is what .NET reads from the bytes, where that differs from what was written.
	Read  json.RawMessage `json:"read"`
	Bytes string          `json:"bytes"`
}

// Of returns the cases of one message type; the test fails when there is none.
func Of(tb testing.TB, messageType string) []Case {
	tb.Helper()
	var all, cases []Case
	if err := json.Unmarshal(recorded, &all); err != nil {
		tb.Fatal(err)
	}
	for _, c := range all {
		if c.Type == messageType {
			cases = append(cases, c)
		}
	}
	if len(cases) == 0 {
		tb.Fatalf("no recorded bytes of %s", messageType)
	}
	return cases
}

// Under returns what stands under a key in the fields of all cases, at any depth: seeds for fuzz tests of one kind of value.
func Under(tb testing.TB, key string) (found []any) {
	tb.Helper()
	var all []struct {
		Fields any `json:"fields"`
	}
	if err := json.Unmarshal(recorded, &all); err != nil {
		tb.Fatal(err)
	}
	for _, c := range all {
		found = appendUnder(found, c.Fields, key)
	}
	if len(found) == 0 {
		tb.Fatalf("nothing was recorded under %s", key)
	}
	return found
}

func appendUnder(found []any, v any, key string) []any {
	switch v := v.(type) {
	case map[string]any:
		for name, field := range v {
			if name == key {
				found = append(found, field)
			}
			found = appendUnder(found, field, key)
		}
	case []any:
		for _, element := range v {
			found = appendUnder(found, element, key)
		}
	}
	return found
}

// Message is what Check needs of a generated message.
type Message interface {
	wire.Message
	ZebusUnmarshal(b []byte) error
}

// Check reads the case into m, which is empty, compares, and writes it again.
func Check(tb testing.TB, c Case, m Message) {
	tb.Helper()
	frame, err := hex.DecodeString(c.Bytes)
	if err != nil {
		tb.Fatal(err)
	}
	if err := m.ZebusUnmarshal(frame); err != nil {
		tb.Fatalf("read %s: %v", c.Bytes, err)
	}
	want := string(c.Fields)
	if got := Text(m); got != canonical(tb, want) {
		tb.Errorf("fields\n got %s\nwant %s", got, canonical(tb, want))
	}
	if got := m.ZebusAppend(nil); !bytes.Equal(got, frame) {
		tb.Errorf("bytes\n got %x\nwant %x", got, frame)
	}
	if got := m.ZebusSize(); got != len(frame) {
		tb.Errorf("ZebusSize() = %d, want %d", got, len(frame))
	}
}

// canonical renders recorded fields as [Text] renders ours: values in order, without names, null and empty as one.
func canonical(tb testing.TB, fields string) string {
	tb.Helper()
	d := json.NewDecoder(strings.NewReader(fields))
	d.UseNumber()
	var out strings.Builder
	if err := canonicalValue(d, &out); err != nil {
		tb.Fatal(err)
	}
	return out.String()
}

func canonicalValue(d *json.Decoder, out *strings.Builder) error {
	token, err := d.Token()
	if err != nil {
		return fmt.Errorf("read the recorded fields: %w", err)
	}
	switch t := token.(type) {
	case json.Delim:
		return canonicalList(d, out, t == '{')
	case nil:
		out.WriteString("-")
	case string:
		writeText(out, t)
	default:
		fmt.Fprint(out, t)
	}
	return nil
}

func canonicalList(d *json.Decoder, out *strings.Builder, names bool) error {
	start := out.Len()
	out.WriteString("(")
	for d.More() {
		if names {
			if _, err := d.Token(); err != nil {
				return fmt.Errorf("read the recorded fields: %w", err)
			}
		}
		if err := canonicalValue(d, out); err != nil {
			return err
		}
		out.WriteString(" ")
	}
	closeList(out, start)
	_, err := d.Token()
	return err //nolint:wrapcheck // only tests see it
}

// closeList writes a list without elements as null: protobuf does not tell them apart.
func closeList(out *strings.Builder, start int) {
	if text := out.String(); text[start:] == "(" {
		out.Reset()
		out.WriteString(text[:start] + "-")
		return
	}
	out.WriteString(")")
}

func writeText(out *strings.Builder, s string) {
	if s == "" {
		out.WriteString("-")
		return
	}
	out.WriteString(strconv.Quote(s))
}

// Text renders the tagged fields of a message, in their order, in the notation of the recordings.
func Text(m any) string {
	var out strings.Builder
	render(reflect.ValueOf(m), &out)
	return out.String()
}

func render(v reflect.Value, out *strings.Builder) {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			out.WriteString("-")
			return
		}
		render(v.Elem(), out)
		return
	}
	if text, ok := scalarText(v); ok {
		writeText(out, text)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		renderStruct(v, out)
	case reflect.Slice:
		start := out.Len()
		out.WriteString("(")
		for i := range v.Len() {
			render(v.Index(i), out)
			out.WriteString(" ")
		}
		closeList(out, start)
	default:
		fmt.Fprint(out, v.Interface())
	}
}

// scalarText returns the text of values that the recordings have as strings.
func scalarText(v reflect.Value) (text string, ok bool) {
	switch x := v.Interface().(type) {
	case time.Time:
		return x.UTC().Format("2006-01-02T15:04:05.0000000"), true
	case []byte:
		return hex.EncodeToString(x), true
	}
	if v.Kind() == reflect.String {
		return v.String(), true
	}
	if s, isStringer := reflect.TypeAssert[fmt.Stringer](v); isStringer && v.Kind() == reflect.Array {
		return s.String(), true
	}
	return "", false
}

// renderStruct writes the fields that travel. A binding key stands for its parts.
func renderStruct(v reflect.Value, out *strings.Builder) {
	t := v.Type()
	if t.Name() == "BindingKey" {
		render(v.FieldByName("Parts"), out)
		return
	}
	start := out.Len()
	out.WriteString("(")
	for i := range t.NumField() {
		if _, travels := t.Field(i).Tag.Lookup("zebus"); travels {
			render(v.Field(i), out)
			out.WriteString(" ")
		}
	}
	closeList(out, start)
}
