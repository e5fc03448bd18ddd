package codegen

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
)

// rawDescriptor is a descriptor that was found in generated code.
type rawDescriptor struct {
	file     *descriptorpb.FileDescriptorProto
	messages []string // Go types of its messages, where our own generator wrote them; else they follow from the names
}

// descriptorsIn finds the descriptors in generated code. What does not look like it is passed over.
func descriptorsIn(src []byte) []rawDescriptor {
	file, err := parser.ParseFile(token.NewFileSet(), "", src, parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	literals := &literals{values: map[string]ast.Expr{}}
	ast.Inspect(file, literals.collect)
	var found []rawDescriptor
	for _, raw := range literals.found {
		d := rawDescriptor{file: &descriptorpb.FileDescriptorProto{}, messages: raw.messages}
		if optionsUnread.Unmarshal(literals.text(raw.descriptor), d.file) == nil {
			found = append(found, d)
		}
	}
	return found
}

// optionsUnread leaves options that are extensions among the unknown fields, whether this program knows them or not.
var optionsUnread = proto.UnmarshalOptions{Resolver: (*protoregistry.Types)(nil)}

// types adds what a descriptor declares, by the names of the Go types.
func (d rawDescriptor) types(path string, found map[string]protoType) {
	if d.messages == nil {
		walkMessages(d.file, func(goName, fullName string, _ *descriptorpb.DescriptorProto) {
			found[goName] = d.message(path, goName, fullName)
		})
	}
	for i, m := range d.file.GetMessageType() {
		if i < len(d.messages) {
			found[d.messages[i]] = d.message(path, d.messages[i], qualified(d.file.GetPackage(), m.GetName()))
		}
	}
	for _, e := range d.file.GetEnumType() {
		found[goCamelCase(e.GetName())] = protoType{
			kind: descriptorpb.FieldDescriptorProto_TYPE_ENUM,
			name: qualified(d.file.GetPackage(), e.GetName()),
			file: d.file.GetName(),
		}
	}
}

func (d rawDescriptor) message(path, goName, fullName string) protoType {
	t := messageType(fullName, d.file.GetName())
	t.reference = typeRef{path: path, name: goName}
	return t
}

func qualified(pkg, name string) string {
	return strings.TrimPrefix(pkg+"."+name, ".")
}

// walkMessages visits the messages of a file with the names that protoc-gen-go gives them.
func walkMessages(f *descriptorpb.FileDescriptorProto, visit func(goName, fullName string, m *descriptorpb.DescriptorProto)) {
	var walk func(list []*descriptorpb.DescriptorProto, goPrefix, prefix string)
	walk = func(list []*descriptorpb.DescriptorProto, goPrefix, prefix string) {
		for _, m := range list {
			goName, fullName := goPrefix+goCamelCase(m.GetName()), qualified(prefix, m.GetName())
			visit(goName, fullName, m)
			walk(m.GetNestedType(), goName+"_", fullName)
		}
	}
	walk(f.GetMessageType(), "", f.GetPackage())
}

// goCamelCase gives a name in protobuf the form that protoc-gen-go gives it.
func goCamelCase(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c, next := s[i], byte(0)
		if i+1 < len(s) {
			next = s[i+1]
		}
		isSmall := func(c byte) bool { return c >= 'a' && c <= 'z' }
		switch startsWord := i == 0 || s[i-1] == '_' || s[i-1] >= '0' && s[i-1] <= '9'; {
		case c == '.' && isSmall(next), c == '_' && i > 0 && isSmall(next):
			// the next letter is a capital instead
		case c == '.', c == '_' && i == 0 && !isSmall(next):
			b.WriteByte('_')
		case c == '_' && i == 0:
			b.WriteByte('X')
		case isSmall(c) && (startsWord || s[i-1] == '.'):
			b.WriteByte(c - 'a' + 'A')
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// literals evaluates the constant expressions of a file, without its types.
type literals struct {
	values map[string]ast.Expr
	found  []rawLiteral
}

type rawLiteral struct {
	descriptor ast.Expr
	messages   []string
}

// collect notes constants, variables and calls of RegisterProto.
func (l *literals) collect(node ast.Node) bool {
	switch node := node.(type) {
	case *ast.ValueSpec:
		for i, name := range node.Names {
			if i >= len(node.Values) {
				break
			}
			l.values[name.Name] = node.Values[i]
			if strings.HasPrefix(name.Name, "file_") && strings.HasSuffix(name.Name, "_rawDesc") {
				l.found = append(l.found, rawLiteral{descriptor: node.Values[i]})
			}
		}
	case *ast.KeyValueExpr:
		key, ok := node.Key.(*ast.Ident)
		switch {
		case ok && key.Name == "Descriptor":
			l.found = append(l.found, rawLiteral{descriptor: node.Value, messages: []string{}})
		case ok && key.Name == "Messages" && len(l.found) > 0:
			l.found[len(l.found)-1].messages = typeNames(node.Value)
		}
	}
	return true
}

// typeNames takes a list of nil pointers apart, such as {(*Order)(nil), (*Line)(nil)}.
func typeNames(expr ast.Expr) []string {
	list, _ := expr.(*ast.CompositeLit)
	names := []string{}
	ast.Inspect(list, func(node ast.Node) bool {
		if star, ok := node.(*ast.StarExpr); ok {
			if ident, ok := star.X.(*ast.Ident); ok {
				names = append(names, ident.Name)
			}
		}
		return true
	})
	return names
}

// text evaluates texts, sums of texts, names of them, and lists of bytes.
func (l *literals) text(expr ast.Expr) []byte {
	switch e := expr.(type) {
	case *ast.BasicLit:
		s, _ := strconv.Unquote(e.Value)
		return []byte(s)
	case *ast.BinaryExpr:
		return append(l.text(e.X), l.text(e.Y)...)
	case *ast.ParenExpr:
		return l.text(e.X)
	case *ast.Ident:
		if value := l.values[e.Name]; value != nil {
			return l.text(value)
		}
	case *ast.CompositeLit:
		return byteList(e)
	}
	return nil
}

func byteList(list *ast.CompositeLit) []byte {
	b := make([]byte, 0, len(list.Elts))
	for _, element := range list.Elts {
		if literal, ok := element.(*ast.BasicLit); ok {
			n, _ := strconv.ParseUint(literal.Value, 0, 8)
			b = append(b, byte(n))
		}
	}
	return b
}
