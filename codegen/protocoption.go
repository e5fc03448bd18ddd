package codegen

import (
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"
)

// The options of zebus/options.proto. They are read as what they are on the wire, because this package knows no other
// of the project.
const (
	optionNumber  = 52810 // of namespace, command and routing
	eventNumber   = 52811
	messageNumber = 52812
)

var optionVerbs = map[protowire.Number]string{optionNumber: verbCommand, eventNumber: verbEvent, messageNumber: verbMessage}

// contractFields are the fields of Contract, which are the words of directives.
var contractFields = map[protowire.Number]string{
	1: "namespace", 2: "name", 3: "reply", 4: "transient", 5: wordInfrastructure, 6: "subscribe",
}

var subscribeModes = map[uint64]string{1: "auto", 2: "manual"}

// directivesOf returns the options of a message as the directives they stand for.
func directivesOf(m *descriptorpb.DescriptorProto) []*directive {
	var found []*directive
	eachOption(m.GetOptions(), func(number protowire.Number, content []byte, _ uint64) {
		verb := optionVerbs[number]
		if verb == "" {
			return
		}
		if len(found) == 0 || found[len(found)-1].verb != verb {
			found = append(found, &directive{verb: verb, words: map[string]string{}})
		}
		readContract(content, found[len(found)-1].words)
	})
	return found
}

func readContract(content []byte, words map[string]string) {
	eachField(content, func(number protowire.Number, text []byte, value uint64) {
		word := contractFields[number]
		switch {
		case word == "subscribe" && subscribeModes[value] != "":
			words[word] = subscribeModes[value]
		case (word == "transient" || word == wordInfrastructure) && value != 0:
			words[word] = ""
		case len(text) > 0 && word != "":
			words[word] = string(text)
		}
	})
}

// protocNamespace returns the namespace that a file sets for its messages: by option, or by its package.
func protocNamespace(f *descriptorpb.FileDescriptorProto) string {
	namespace := f.GetPackage()
	eachOption(f.GetOptions(), func(number protowire.Number, text []byte, _ uint64) {
		if number == optionNumber {
			namespace = string(text)
		}
	})
	return namespace
}

// positionOf returns the routing position that a field has by option, or 0.
func positionOf(f *descriptorpb.FieldDescriptorProto) int {
	position := 0
	eachOption(f.GetOptions(), func(number protowire.Number, _ []byte, value uint64) {
		if number == optionNumber {
			position = int(int32(value))
		}
	})
	return position
}

// eachOption visits the options that package protobuf does not know.
func eachOption(options proto.Message, visit func(number protowire.Number, text []byte, value uint64)) {
	eachField(options.ProtoReflect().GetUnknown(), visit)
}

// eachField visits the fields of a message that are texts or numbers.
func eachField(b []byte, visit func(number protowire.Number, text []byte, value uint64)) {
	for len(b) > 0 {
		number, wireType, tagSize := protowire.ConsumeTag(b)
		size := protowire.ConsumeFieldValue(number, wireType, b[max(tagSize, 0):])
		if tagSize < 0 || size < 0 {
			return
		}
		content := b[tagSize : tagSize+size]
		b = b[tagSize+size:]
		switch wireType { //nolint:exhaustive // there are texts and numbers, and nothing else
		case protowire.BytesType:
			text, _ := protowire.ConsumeBytes(content)
			visit(number, text, 0)
		case protowire.VarintType:
			value, _ := protowire.ConsumeVarint(content)
			visit(number, nil, value)
		}
	}
}
