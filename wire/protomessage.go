package wire

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Messages of protoc-gen-go travel as they are. zebusgen gives them the methods of a [Message], which end here.

// writeProto sorts the entries of maps by key, as our own messages have them: equal messages have equal bytes.
var writeProto = proto.MarshalOptions{AllowPartial: true, Deterministic: true}

// SizeProto is ZebusSize of a message of protoc-gen-go.
func SizeProto(m proto.Message) int {
	return writeProto.Size(m)
}

// AppendProto is ZebusAppend of a message of protoc-gen-go. A text that is no UTF-8, which protobuf refuses, is written
// with a question mark for every byte that is wrong, so that the length is the one that was announced.
func AppendProto(b []byte, m proto.Message) []byte {
	longer, err := writeProto.MarshalAppend(b, m)
	if err == nil {
		return longer
	}
	repaired := proto.Clone(m)
	repairTexts(repaired.ProtoReflect())
	if longer, err = writeProto.MarshalAppend(b, repaired); err != nil {
		//nolint:forbidigo // nothing but a text can be wrong, unless a message is written by hand
		panic(fmt.Sprintf("wire: %T cannot be written: %v", m, err))
	}
	return longer
}

// ReadProto is ZebusRead of a message of protoc-gen-go.
func ReadProto(r *Reader, m proto.Message) {
	b := r.buf[r.pos:]
	options := proto.UnmarshalOptions{Merge: true, AllowPartial: true, RecursionLimit: max(MaxNesting-int(r.depth), 1)}
	if err := options.Unmarshal(b, m); err != nil {
		r.Fail(fmt.Errorf("%w: %w", ErrValue, err))
	}
	r.pos = len(r.buf)
}

// repairTexts makes every text of a message valid.
func repairTexts(m protoreflect.Message) {
	m.Range(func(field protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case field.IsMap():
			repairMap(field, v.Map())
		case field.IsList():
			for i := range v.List().Len() {
				v.List().Set(i, repaired(field, v.List().Get(i)))
			}
		case field.Kind() == protoreflect.StringKind:
			m.Set(field, repaired(field, v))
		default:
			repaired(field, v)
		}
		return true
	})
}

func repairMap(field protoreflect.FieldDescriptor, m protoreflect.Map) {
	var keys []protoreflect.MapKey
	m.Range(func(key protoreflect.MapKey, _ protoreflect.Value) bool {
		keys = append(keys, key)
		return true
	})
	for _, key := range keys {
		v := repaired(field.MapValue(), m.Get(key))
		m.Clear(key)
		m.Set(repaired(field.MapKey(), key.Value()).MapKey(), v)
	}
}

// repaired returns a value whose texts are valid.
func repaired(field protoreflect.FieldDescriptor, v protoreflect.Value) protoreflect.Value {
	switch {
	case field.Kind() == protoreflect.StringKind && !utf8.ValidString(v.String()):
		return protoreflect.ValueOfString(questionMarks(v.String()))
	case field.Message() != nil:
		repairTexts(v.Message())
	}
	return v
}

// questionMarks replaces each byte that belongs to no character.
func questionMarks(s string) string {
	b := slices.Clone([]byte(s))
	for i := 0; i < len(b); {
		char, size := utf8.DecodeRune(b[i:])
		if char == utf8.RuneError && size == 1 {
			b[i] = '?'
		}
		i += size
	}
	return string(b)
}
