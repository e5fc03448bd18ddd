package codegen

import (
	"go/token"
	"slices"
	"strings"

	"google.golang.org/protobuf/types/descriptorpb"
)

// protoFile is the .proto file of a namespace of the package.
type protoFile struct {
	descriptor *descriptorpb.FileDescriptorProto
	constant   string            // name of the Go constant that holds it
	messages   []string          // Go types of its messages
	references []typeRef         // Go types of the messages of other files that they hold
	comments   map[string]string // of messages, fields, enums and values, by full name
	values     scope             // names of the values of its enums
	layer      int
}

// describer builds the .proto files of a package.
type describer struct {
	*packageParser

	nodes    []*protoNode
	byGoName map[string]*protoNode
	comments map[token.Pos]string // by the position of the name
}

// describe builds the protobuf descriptors of the package, once its messages are known.
func (p *packageParser) describe() {
	if len(p.list) > 0 {
		return
	}
	d := &describer{packageParser: p, byGoName: map[string]*protoNode{}, comments: comments(p.files())}
	d.collectNodes()
	for _, n := range d.nodes {
		d.link(n)
	}
	layers(d.nodes)
	d.openFiles()
	for _, n := range d.nodes {
		if n.declaration.message == nil {
			d.enum(n)
		} else {
			d.message(n)
		}
	}
	for _, f := range p.model.protoFiles {
		slices.Sort(f.descriptor.GetDependency())
	}
}

// collectNodes finds what is described, in the order of the source.
func (d *describer) collectNodes() {
	names := map[string]bool{}
	for _, declared := range d.order {
		if declared.message != nil && declared.message.protoc {
			continue // it has a descriptor
		}
		n := &protoNode{declaration: declared}
		switch {
		case declared.message != nil:
			n.fullName = protoName(declared.message.id)
		case d.isDescribable(declared):
			n.fullName = protoName(d.enumNamespace(declared) + "." + declared.typeName.Name())
		default:
			continue
		}
		for names[n.fullName] {
			n.fullName += "_x"
		}
		names[n.fullName] = true
		d.nodes = append(d.nodes, n)
		d.byGoName[declared.typeName.Name()] = n
	}
}

// link finds the messages and enums of the package that a message holds.
func (d *describer) link(n *protoNode) {
	if n.declaration.message == nil {
		return
	}
	for _, f := range n.declaration.message.fields {
		for _, v := range f.values() {
			if other := d.local(v); other != nil {
				n.references = append(n.references, other)
			}
		}
	}
}

// values are those a field can hold.
func (f *field) values() []value {
	switch f.shape {
	case mapping:
		return []value{f.key, f.value}
	case oneOf:
		var list []value
		for _, c := range f.cases {
			list = append(list, c.values()...)
		}
		return list
	default:
		return []value{f.value}
	}
}

// local returns the message or enum of the package that a value is, or nil.
func (d *describer) local(v value) *protoNode {
	if v.goType.path != d.pkg.PkgPath || len(v.goType.args) > 0 || v.kind != subMessage && !v.isPlainInteger() {
		return nil
	}
	return d.byGoName[v.goType.name]
}

// isPlainInteger says whether a value has the encoding of an enum.
func (v value) isPlainInteger() bool {
	return (v.kind == signed || v.kind == unsigned) && v.encoding == plain
}

// openFiles makes the files, empty, and gives every node its own.
func (d *describer) openFiles() {
	for _, n := range d.nodes {
		at := slices.IndexFunc(d.model.protoFiles, func(f *protoFile) bool {
			return f.descriptor.GetPackage() == n.namespace() && f.layer == n.layer
		})
		if at < 0 {
			at = len(d.model.protoFiles)
			d.model.protoFiles = append(d.model.protoFiles, d.newFile(n.namespace(), n.layer))
		}
		n.file = d.model.protoFiles[at]
	}
}

func (d *describer) newFile(namespace string, layer int) *protoFile {
	path := protoPath(namespace, d.protoTitle(), layer)
	title := strings.TrimSuffix(strings.ReplaceAll(path, "/", "_"), ".proto")
	f := &protoFile{
		descriptor: &descriptorpb.FileDescriptorProto{Name: new(path)},
		constant:   d.free("proto" + camelCase(title)),
		comments:   map[string]string{},
		values:     scope{},
		layer:      layer,
	}
	if namespace != "" {
		f.descriptor.Package = new(namespace)
	}
	return f
}

// protoTitle tells the files of a package apart from those of its tests.
func (d *describer) protoTitle() string {
	if isTestFile(d.output) && !isExternal(d.pkg) {
		return d.pkg.Name + "_internal_test"
	}
	return d.pkg.Name
}

// needs makes the file import another one.
func (f *protoFile) needs(path string) {
	if path != f.descriptor.GetName() && !slices.Contains(f.descriptor.GetDependency(), path) {
		f.descriptor.Dependency = append(f.descriptor.Dependency, path)
	}
}

// refers notes that the file holds a message of another one.
func (f *protoFile) refers(to typeRef) {
	if !slices.ContainsFunc(f.references, func(t typeRef) bool { return t.path == to.path && t.name == to.name }) {
		f.references = append(f.references, to)
	}
}
