package codegen

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

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

	pkg        *packages.Package
	output     string
	neighbours *neighbours
	namespace  string
	used       map[string]bool                  // names of the generated file
	seen       map[*ast.Comment]bool            // directives that belong to something
	annotated  map[*types.TypeName]*declaration // messages and enums of the package
	enums      map[*types.TypeName]*enum        // those that were met as routing members, or that have JSON
	oneOfs     map[*types.TypeName][]*field     // cases of the interfaces that were met
	protoc     map[string]*protocMessage        // messages of protoc-gen-go by Go name
	order      []*declaration                   // messages and enums in the order of the source
	handlers   []*ast.FuncDecl                  // annotated functions in the order of the source
	handler    map[*ast.FuncDecl]*directive     // their directives
	model      *model
	conditions []string // under which the sources of the generated file are built
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
func parse(pkg *packages.Package, output string, others *neighbours) (*model, error) {
	p := &packageParser{
		problems:   problems{fset: pkg.Fset},
		pkg:        pkg,
		output:     output,
		neighbours: others,
		used:       map[string]bool{},
		seen:       map[*ast.Comment]bool{},
		annotated:  map[*types.TypeName]*declaration{},
		enums:      map[*types.TypeName]*enum{},
		protoc:     map[string]*protocMessage{},
		oneOfs:     map[*types.TypeName][]*field{},
		handler:    map[*ast.FuncDecl]*directive{},
		model:      &model{path: pkg.PkgPath, name: pkg.Name},
	}
	p.model.imports = importNames(pkg)
	p.model.taken = func(name string) bool { return pkg.Types.Scope().Lookup(name) != nil }
	files := p.files()
	for _, file := range files {
		p.packageDirective(file)
	}
	for _, file := range files {
		if isTestFile(output) && !isTestFile(p.fileName(file)) {
			continue // what it declares has its own generated file
		}
		p.collect(file)
	}
	p.model.condition = shared(p.conditions)
	p.messages()
	p.services()
	p.shadows()
	p.describe()
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
		case d.verb != verbPackage:
			p.addf(d.pos, "%s%s stands above a package clause: put it right above a type or a function", directivePrefix, d.verb)
		case d.has("namespace") && checkNamespace(namespace) != "":
			p.addf(d.pos, "namespace=%s: %s", namespace, checkNamespace(namespace))
		case p.namespace != "" && p.namespace != namespace:
			p.addf(d.pos, "the package has namespace %s already: keep one //zebus:package", p.namespace)
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
	p.collectProtoc(file)
	p.strays(file)
	if len(p.order)+len(p.handlers) > before {
		p.model.sources = append(p.model.sources, p.fileName(file))
		p.conditions = append(p.conditions, constraintOf(file))
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
		p.addf(d.pos, "%s has a second directive: it can only be one thing, remove %s%s", owner, directivePrefix, d.verb)
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
	case d.verb == verbHandler || d.verb == verbPackage:
		p.addf(d.pos, "%s: %s%s does not go with a type", name, directivePrefix, d.verb)
	case typeName.IsAlias():
		p.addf(d.pos, "%s is an alias: declare a type of its own, type %[1]s … without the =", name)
	case spec.TypeParams != nil:
		p.addf(d.pos, "%s is generic: annotate an instance of it, type OrderChanged %[1]s[Order]", name)
	case d.verb == verbEnum && !isInteger(typeName.Type()):
		p.addf(d.pos, "%s: //zebus:enum goes with an integer type", name)
	case d.verb != verbEnum && isInvalid(typeName.Type()):
		p.addf(d.pos, "%s: %s", name, cmp.Or(p.typeError(spec.Pos()), "the type is not known: declare it, or import its package"))
	case d.verb != verbEnum && !isStruct(typeName.Type()):
		p.addf(d.pos, "%s: //zebus:%s goes with a struct", name, d.verb)
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
	if d.verb != verbHandler {
		p.addf(d.pos, "%s: %s%s does not go with a function, only //zebus:handler does", decl.Name.Name, directivePrefix, d.verb)
		return
	}
	if decl.Name.Name == "_" {
		p.addf(d.pos, "a handler without a name cannot be registered: give it one")
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
				p.addf(c.Pos(), "%s belongs to nothing: put it right above a type or function of the package, without an empty line",
					strings.Fields(c.Text)[0])
			}
			if isSpaced(c.Text) {
				p.addf(c.Pos(), "a directive has no space behind the slashes: write //%s", strings.Fields(c.Text)[1])
			}
		}
	}
}
