package codegen

import (
	"go/types"
)

func isMap(t types.Type) bool {
	_, ok := unnamed(t).(*types.Map)
	return ok
}

// mapType makes f a map: an entry with a key and a value for each pair.
func (p *packageParser) mapType(f *field, t types.Type, options tag) string {
	under, ok := unnamed(t).(*types.Map)
	if !ok {
		return "a message cannot hold it"
	}
	f.shape = mapping
	if problem := p.mapKey(f, under.Key()); problem != "" {
		return problem
	}
	if problem := p.mapValue(f, under.Elem()); problem != "" {
		return problem
	}
	var problem string
	if f.value, problem = f.value.with(options); problem != "" {
		return problem
	}
	if f.position > 0 {
		return "a map has no routing text: remove routing"
	}
	return checkOptions(f)
}

func (p *packageParser) mapKey(f *field, t types.Type) string {
	var problem string
	f.key, problem = p.value(t)
	if problem != "" || !f.key.orders() {
		return "a key is a number, a truth value, a character, a text or an identifier: use another key"
	}
	f.key.enum = p.enumBehind(t)
	return ""
}

// orders says whether values can be keys: they have one order, on every machine and in every language.
func (v value) orders() bool {
	switch v.kind {
	case boolean, signed, unsigned, text, character, guid, timeSpan, duration:
		return true
	case subMessage:
		return v.literal == stringType || v.isID
	default:
		return false
	}
}

func (p *packageParser) mapValue(f *field, t types.Type) string {
	shape, element := shapeOf(t)
	var problem string
	f.value, problem = p.value(element)
	switch {
	case problem != "":
		return problem
	case shape == slice || shape == pointerSlice:
		return "a map of slices: put the slice into a message, and hold pointers to that"
	case shape == pointer && f.value.kind == binary:
		return "a pointer to bytes: use []byte, whose nil is not written either"
	case shape == single && f.value.kind == subMessage && isStruct(element):
		return "a map holds pointers to messages: write *" + f.value.goType.name
	}
	f.pointers = shape == pointer
	f.value.enum = p.enumBehind(element)
	return ""
}

// entry returns the fields of which each pair is written. A number or a truth value that is zero is left out, as is
// what is nil; everything else is there.
func (f *field) entry() (key, value *field) {
	key = &field{name: "key", path: "key", number: 1, value: f.key, required: !f.key.leftOut()}
	value = &field{name: "v", path: "v", number: 2, value: f.value, required: !f.value.leftOut()}
	if f.pointers {
		value.shape = pointer
	}
	return key, value
}

// leftOut says whether a zero is left out of an entry.
func (v value) leftOut() bool {
	switch v.kind {
	case boolean, signed, unsigned, float, character:
		return v.enum == nil
	default:
		return false
	}
}
