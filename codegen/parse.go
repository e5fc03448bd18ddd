package codegen

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/tools/go/packages"
)

// The packages that generated code stands on. They are named, not imported.
const (
	zebusPath = "github.com/zebus-go/zebus/zebus"
	wirePath  = "github.com/zebus-go/zebus/wire"
)

// packageParser turns one package into its model.
type packageParser struct {
	problems

	pkg       *packages.Package
	output    string
	namespace string
	used      map[string]bool                  // names of the generated file
	seen      map[*ast.Comment]bool            // directives that belong to something
	annotated map[*types.TypeName]*declaration // messages and enums of the package
	enums     map[*types.TypeName]*enum        // those that were met as routing members
	order     []*declaration                   // messages and enums in the order of the source
	handlers  []*ast.FuncDecl                  // annotated functions in the order of the source
	handler   map[*ast.FuncDecl]*directive     // their directives
	model     *model
}

// declaration is an annotated type.
type declaration struct {
	directive *directive
	typeName  *types.TypeName
	spec      *ast.TypeSpec
	message   *message
	reply     *types.TypeName
}

// parse reads a package. The error holds every problem at once.
func parse(pkg *packages.Package, output string) (*model, error) {
	p := &packageParser{
		problems:  problems{fset: pkg.Fset},
		pkg:       pkg,
		output:    output,
		used:      map[string]bool{},
		seen:      map[*ast.Comment]bool{},
		annotated: map[*types.TypeName]*declaration{},
		enums:     map[*types.TypeName]*enum{},
		handler:   map[*ast.FuncDecl]*directive{},
		model:     &model{path: pkg.PkgPath, name: pkg.Name},
	}
	p.model.imports = importNames(pkg)
	p.model.taken = func(name string) bool { return pkg.Types.Scope().Lookup(name) != nil }
	files := p.files()
	for _, file := range files {
		p.packageDirective(file)
	}
	for _, file := range files {
		p.collect(file)
	}
	p.messages()
	p.services()
	return p.model, p.err()
}

// files returns the syntax of the package in the order of the file names, without the generated file.
func (p *packageParser) files() []*ast.File {
	files := slices.Clone(p.pkg.Syntax)
	files = slices.DeleteFunc(files, func(f *ast.File) bool { return p.fileName(f) == p.output })
	slices.SortFunc(files, func(a, b *ast.File) int { return strings.Compare(p.fileName(a), p.fileName(b)) })
	return files
}

func (p *packageParser) fileName(file *ast.File) string {
	return filepath.Base(p.fset.Position(file.FileStart).Filename)
}

// packageDirective reads the namespace that holds for every message of the package.
func (p *packageParser) packageDirective(file *ast.File) {
	for _, d := range p.directives("package "+p.pkg.Name, file.Doc) {
		namespace := d.words["namespace"]
		switch {
		case d.verb != "package":
			p.add(d.pos, "%s%s stands above a package clause: put it right above a type or a function", directivePrefix, d.verb)
		case p.namespace != "" && p.namespace != namespace:
			p.add(d.pos, "the package has namespace %s already: keep one //zebus:package", p.namespace)
		default:
			p.namespace = namespace
		}
	}
}

// collect finds what is annotated in a file.
func (p *packageParser) collect(file *ast.File) {
	before := len(p.order) + len(p.handlers)
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.GenDecl:
			p.collectTypes(decl)
		case *ast.FuncDecl:
			p.collectFunction(decl)
		}
	}
	p.strays(file)
	if len(p.order)+len(p.handlers) > before {
		p.model.sources = append(p.model.sources, p.fileName(file))
	}
}

func (p *packageParser) collectTypes(decl *ast.GenDecl) {
	if decl.Tok != token.TYPE {
		return
	}
	for _, spec := range decl.Specs {
		spec, ok := spec.(*ast.TypeSpec)
		if !ok {
			continue
		}
		doc := spec.Doc
		if !decl.Lparen.IsValid() {
			doc = decl.Doc
		}
		p.collectType(spec, p.one(spec.Name.Name, doc))
	}
}

// one returns the only directive in the comment of a type or function.
func (p *packageParser) one(owner string, doc *ast.CommentGroup) *directive {
	found := p.directives(owner, doc)
	if len(found) == 0 {
		return nil
	}
	for _, d := range found[1:] {
		p.add(d.pos, "%s has a second directive: it can only be one thing, remove %s%s", owner, directivePrefix, d.verb)
	}
	return found[0]
}

func (p *packageParser) collectType(spec *ast.TypeSpec, d *directive) {
	if d == nil {
		return
	}
	name := spec.Name.Name
	typeName, ok := p.pkg.TypesInfo.Defs[spec.Name].(*types.TypeName)
	switch {
	case !ok:
		return // declared twice; the compiler says so better
	case d.verb == "handler" || d.verb == "package":
		p.add(d.pos, "%s: %s%s does not go with a type", name, directivePrefix, d.verb)
	case typeName.IsAlias():
		p.add(d.pos, "%s is an alias: declare a type of its own, type %[1]s … without the =", name)
	case spec.TypeParams != nil:
		p.add(d.pos, "%s is generic: annotate an instance of it, type OrderChanged %[1]s[Order]", name)
	case d.verb == "enum" && !isInteger(typeName.Type()):
		p.add(d.pos, "%s: //zebus:enum goes with an integer type", name)
	case d.verb != "enum" && !isStruct(typeName.Type()):
		p.add(d.pos, "%s: //zebus:%s goes with a struct", name, d.verb)
	default:
		declared := &declaration{directive: d, typeName: typeName, spec: spec}
		p.annotated[typeName] = declared
		p.order = append(p.order, declared)
	}
}

func (p *packageParser) collectFunction(decl *ast.FuncDecl) {
	d := p.one(decl.Name.Name, decl.Doc)
	if d == nil {
		return
	}
	if d.verb != "handler" {
		p.add(d.pos, "%s: %s%s does not go with a function, only //zebus:handler does", decl.Name.Name, directivePrefix, d.verb)
		return
	}
	p.handlers = append(p.handlers, decl)
	p.handler[decl] = d
}

// strays reports directives that stand above nothing.
func (p *packageParser) strays(file *ast.File) {
	for _, group := range file.Comments {
		for _, c := range group.List {
			if strings.HasPrefix(c.Text, directivePrefix) && !p.seen[c] {
				p.add(c.Pos(), "%s belongs to nothing: put it right above a type or function of the package, without an empty line",
					strings.Fields(c.Text)[0])
			}
		}
	}
}

// messages builds the model of every message. Their names come first, because fields refer to each other's types.
func (p *packageParser) messages() {
	ids := map[string]*declaration{}
	for _, d := range p.order {
		if d.directive.verb == "enum" {
			continue
		}
		d.message = p.message(d)
		if other := ids[d.message.id]; other != nil {
			p.add(d.directive.pos, "%s has the type id %s of %s: choose another with name= or namespace=",
				d.message.name, d.message.id, other.message.name)
		}
		ids[d.message.id] = d
		p.model.messages = append(p.model.messages, d.message)
	}
	for _, d := range p.order {
		if d.message != nil {
			p.reply(d)
			p.fields(d)
		}
	}
}

var kinds = map[string]messageKind{"message": kindMessage, "command": kindCommand, "event": kindEvent}

func (p *packageParser) message(d *declaration) *message {
	words := d.directive.words
	name := d.typeName.Name()
	m := &message{
		name:           name,
		receiver:       p.receiver(d.typeName),
		handle:         p.free(lowerFirst(name) + "Type"),
		kind:           kinds[d.directive.verb],
		transient:      d.directive.has("transient"),
		infrastructure: d.directive.has("infrastructure"),
		subscribe:      p.mode(d.directive, "subscribe", name),
	}
	namespace := cmp.Or(words["namespace"], p.namespace)
	if namespace == "" {
		p.add(d.directive.pos, "%s has no namespace: write //zebus:%s namespace=…, or //zebus:package namespace=… above the package clause",
			name, d.directive.verb)
	}
	m.id = namespace + "." + cmp.Or(words["name"], name)
	return m
}

// mode reads a word whose value is auto or manual.
func (p *packageParser) mode(d *directive, word, name string) string {
	value := d.words[word]
	if value != "" && value != "auto" && value != "manual" {
		p.add(d.pos, "%s: %s=%s: use %[2]s=auto or %[2]s=manual", name, word, value)
	}
	return value
}

func (p *packageParser) reply(d *declaration) {
	name := d.directive.words["reply"]
	if name == "" {
		return
	}
	typeName, problem := p.lookup(d.spec.Pos(), name)
	switch {
	case problem != "":
		p.add(d.directive.pos, "%s: reply=%s: %s", d.message.name, name, problem)
	case !p.isMessage(typeName.Type()):
		p.add(d.directive.pos, "%s: reply=%s: it is no message: annotate it with //zebus:message", d.message.name, name)
	default:
		ref := refOf(typeName.Type())
		d.reply, d.message.reply = typeName, &ref
	}
}

// lookup finds a type by the name that source at pos would use, such as Reply or orders.Reply.
func (p *packageParser) lookup(pos token.Pos, name string) (found *types.TypeName, problem string) {
	scope := p.pkg.Types.Scope()
	if qualifier, rest, ok := strings.Cut(name, "."); ok {
		_, object := scope.Innermost(pos).LookupParent(qualifier, pos)
		imported, isPackage := object.(*types.PkgName)
		if !isPackage {
			return nil, "no package " + qualifier + " is imported in this file"
		}
		scope, name = imported.Imported().Scope(), rest
	}
	found, ok := scope.Lookup(name).(*types.TypeName)
	if !ok {
		return nil, "there is no such type"
	}
	return found, ""
}

// receiver returns the receiver name that the methods of a type already use, unless generated code needs it otherwise.
func (p *packageParser) receiver(t *types.TypeName) string {
	named, ok := t.Type().(*types.Named)
	if !ok {
		return defaultReceiver
	}
	for method := range named.Methods() {
		name := method.Signature().Recv().Name()
		if name != "" && name != "_" && !slices.Contains(localNames, name) && !slices.Contains(importedNames, name) {
			return name
		}
	}
	return defaultReceiver
}

const defaultReceiver = "m"

// localNames are those that generated methods use themselves.
var localNames = []string{"b", "n", "r", "i", "v", "mark", "outer", "size", "dst"}

// importedNames are those of packages that generated methods may use.
var importedNames = []string{"wire", "zebus", "strconv"}

// free returns name, or a longer one when the package or its generated file has it already.
func (p *packageParser) free(name string) string {
	for p.model.taken(name) || p.used[name] {
		name += "Zebus"
	}
	p.used[name] = true
	return name
}

func lowerFirst(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(first)) + s[size:]
}

func upperFirst(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

func isStruct(t types.Type) bool {
	_, ok := t.Underlying().(*types.Struct)
	return ok
}

func isInteger(t types.Type) bool {
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Info()&types.IsInteger != 0
}

// importNames returns how the packages that a package imports call themselves.
func importNames(pkg *packages.Package) map[string]string {
	names := map[string]string{}
	for _, imported := range pkg.Types.Imports() {
		names[imported.Path()] = imported.Name()
	}
	return names
}
