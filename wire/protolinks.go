package wire

import (
	"reflect"
	"sync"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// protoLinks connects the descriptors of a file with those it refers to, and with the registry. A name can stand for
// two things in one program, so references go by Go type.
type protoLinks struct {
	references []Message
	registered bool
}

// FindFileByPath returns an imported file.
func (*protoLinks) FindFileByPath(path string) (protoreflect.FileDescriptor, error) {
	return protoregistry.GlobalFiles.FindFileByPath(path)
}

// FindDescriptorByName returns a descriptor of another file. It is called when the descriptors of this one are first
// looked at.
func (l *protoLinks) FindDescriptorByName(name protoreflect.FullName) (protoreflect.Descriptor, error) {
	for _, m := range l.references {
		if d := protoDescriptor(m); d.FullName() == name {
			return d, nil
		}
	}
	return protoregistry.GlobalFiles.FindDescriptorByName(name)
}

// RegisterFile registers the file unless one of its names is taken. Package protobuf ends the program where it meets
// two things of one name, and nobody who links two contracts together deserves that.
func (l *protoLinks) RegisterFile(file protoreflect.FileDescriptor) error {
	if !namesAreFree(file) {
		return nil
	}
	defer func() {
		if recover() != nil { // a message has the name of a package, which cannot be looked up
			l.registered = false
		}
	}()
	l.registered = true
	return protoregistry.GlobalFiles.RegisterFile(file)
}

// namesAreFree says whether the registry has nothing of the names that a file declares.
func namesAreFree(file protoreflect.FileDescriptor) bool {
	for i := range file.Messages().Len() {
		if !nameIsFree(file.Messages().Get(i).FullName()) {
			return false
		}
	}
	for i := range file.Enums().Len() {
		values := file.Enums().Get(i).Values()
		if !nameIsFree(file.Enums().Get(i).FullName()) {
			return false
		}
		for i := range values.Len() {
			if !nameIsFree(values.Get(i).FullName()) {
				return false
			}
		}
	}
	return packageIsFree(file.Package())
}

// packageIsFree says whether no part of the name of a package is that of something else.
func packageIsFree(name protoreflect.FullName) bool {
	for ; name != ""; name = name.Parent() {
		if !nameIsFree(name) {
			return false
		}
	}
	return true
}

func nameIsFree(name protoreflect.FullName) bool {
	_, err := protoregistry.GlobalFiles.FindDescriptorByName(name)
	return isFree(err)
}

// protoTypeTable finds the protobuf type of a Go type. Nothing is looked up in most programs, so what registers is put
// on a heap, and sorted when the first one is looked up.
type protoTypeTable struct {
	mu     sync.Mutex
	heap   []protoTypeRow
	byType map[reflect.Type]protoreflect.MessageType
}

type protoTypeRow struct {
	messages []Message
	types    []protoreflect.MessageType
}

var protoTypes protoTypeTable

func (t *protoTypeTable) add(messages []Message, types []protoreflect.MessageType) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.heap = append(t.heap, protoTypeRow{messages, types})
}

// of returns the type that was registered for a Go type, or nil.
func (t *protoTypeTable) of(goType reflect.Type) protoreflect.MessageType {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.byType == nil {
		t.byType = map[reflect.Type]protoreflect.MessageType{}
	}
	for _, row := range t.heap {
		for i, m := range row.messages {
			t.byType[reflect.TypeOf(m)] = row.types[i]
		}
	}
	t.heap = nil
	return t.byType[goType]
}
