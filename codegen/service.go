package codegen

import (
	"cmp"
	"go/ast"
	"go/types"
	"slices"
	"strconv"
)

// services builds the model of every function that is annotated as a handler, by receiver type.
func (p *packageParser) services() {
	byType := map[string]*service{}
	for _, decl := range p.handlers {
		function, ok := p.pkg.TypesInfo.Defs[decl.Name].(*types.Func)
		if !ok {
			continue // declared twice; the compiler says so better
		}
		h := p.newHandler(decl, function)
		if h == nil {
			continue
		}
		typeName := serviceName(decl, function)
		s := byType[typeName]
		if s == nil {
			s = p.service(decl, typeName)
			byType[typeName] = s
			p.model.services = append(p.model.services, s)
		}
		p.join(s, h, decl, function)
	}
}

// service builds an empty service for a receiver type.
func (p *packageParser) service(decl *ast.FuncDecl, typeName string) *service {
	s := &service{typeName: typeName, receiver: "s"}
	if typeName == "" {
		if p.model.taken("Handlers") {
			p.addf(decl.Pos(), "the package declares Handlers itself, which zebusgen writes: rename it")
		}
		return s
	}
	_, s.typeParams = receiverOf(decl)
	if name := decl.Recv.List[0].Names; len(name) > 0 && name[0].Name != "_" && !slices.Contains(importedNames, name[0].Name) {
		s.receiver = name[0].Name
	}
	object := p.pkg.Types.Scope().Lookup(typeName)
	if object == nil {
		return s
	}
	if found, _, _ := types.LookupFieldOrMethod(types.NewPointer(object.Type()), false, p.pkg.Types, "Handlers"); found != nil &&
		found.Pkg() == p.pkg.Types {
		p.addf(found.Pos(), "%s has Handlers already, which zebusgen writes: rename it", typeName)
	}
	return s
}

// join adds a handler to its service.
func (p *packageParser) join(s *service, h *handler, decl *ast.FuncDecl, function *types.Func) {
	recv := function.Signature().Recv()
	if recv != nil {
		if _, ok := recv.Type().(*types.Pointer); ok {
			s.pointer = true
		}
	}
	for _, other := range s.handlers {
		if h.command != "" && other.command == h.command {
			p.addf(decl.Pos(), "%s: %s handles %s already, and a command has one handler: remove one", h.name, other.name, h.command)
			break
		}
	}
	p.agree(h, s.handlers)
	s.handlers = append(s.handlers, h)
}

// serviceName is the name of the type that has the method, whatever alias the receiver goes by.
func serviceName(decl *ast.FuncDecl, function *types.Func) string {
	name, _ := receiverOf(decl)
	recv := function.Signature().Recv()
	if recv == nil {
		return ""
	}
	t := types.Unalias(recv.Type())
	if ptr, ok := t.(*types.Pointer); ok {
		t = types.Unalias(ptr.Elem())
	}
	if named, ok := t.(*types.Named); ok {
		return named.Obj().Name()
	}
	return name
}

// receiverOf returns the names in the receiver of a method: the type, and its type parameters.
func receiverOf(decl *ast.FuncDecl) (typeName string, typeParams []string) {
	if decl.Recv == nil || len(decl.Recv.List) == 0 {
		return "", nil
	}
	expr := ast.Unparen(decl.Recv.List[0].Type)
	if star, ok := expr.(*ast.StarExpr); ok {
		expr = ast.Unparen(star.X)
	}
	var params []ast.Expr
	switch e := expr.(type) {
	case *ast.IndexExpr:
		expr, params = e.X, []ast.Expr{e.Index}
	case *ast.IndexListExpr:
		expr, params = e.X, e.Indices
	}
	for i, param := range params {
		name := "T" + strconv.Itoa(i)
		if ident, ok := param.(*ast.Ident); ok && ident.Name != "_" {
			name = ident.Name
		}
		typeParams = append(typeParams, name)
	}
	if ident, ok := expr.(*ast.Ident); ok {
		typeName = ident.Name
	}
	return typeName, typeParams
}

// newHandler builds a handler from its directive and its signature, or returns nil after it has said what is wrong.
func (p *packageParser) newHandler(decl *ast.FuncDecl, function *types.Func) *handler {
	d := p.handler[decl]
	typeName := serviceName(decl, function)
	h := &handler{
		function: function.Name(),
		name:     p.pkg.Name + "." + function.Name(),
		queue:    d.words["queue"],
		inline:   d.has("inline"),
		serial:   d.has("serial"),
	}
	if typeName != "" {
		h.name = typeName + "." + function.Name()
	}
	h.mode = p.mode(d, "mode", h.name)
	before := len(p.list)
	p.batch(h, d)
	p.parseHandling(h, d)
	if h.inline && h.queue != "" {
		p.addf(d.pos, "%s: inline runs on the receiving goroutine, not on a queue: keep inline or queue=", h.name)
	}
	if decl.Type.TypeParams != nil {
		p.addf(decl.Pos(), "%s is generic: write a handler for each message", h.name)
	} else if problem := p.signature(h, function.Signature()); problem != "" {
		p.addf(decl.Pos(), "%s: %s", h.name, cmp.Or(p.typeError(decl.Pos()), problem))
	}
	if len(p.list) > before {
		return nil
	}
	return h
}

func (p *packageParser) batch(h *handler, d *directive) {
	h.batch = p.count(h, d, "batch", "the number of messages that one call takes at most, batch=100")
}

const wantedForm = "write func(ctx context.Context, m *M) error, with (*R, error) for a command with a reply, or []*M for batches of events"

// signature chooses the constructor by parameters and results. It returns what is wrong, or nothing.
func (p *packageParser) signature(h *handler, s *types.Signature) string {
	params, results := s.Params(), s.Results()
	switch {
	case params.Len() != 2 || s.Variadic() || !isNamed(params.At(0).Type(), "context", "Context"):
		return "a handler takes a context and a message: " + wantedForm
	case results.Len() < 1 || results.Len() > 2 || !isError(results.At(results.Len()-1).Type()):
		return "a handler returns an error, or a reply and an error: " + wantedForm
	}
	handled, batched, ok := handledType(params.At(1).Type())
	if !ok {
		return "a handler takes a pointer to a message: " + wantedForm
	}
	t, problem := p.traits(handled)
	if problem = cmp.Or(problem, h.keyed(handled)); problem != "" {
		return problem
	}
	if t.kind == kindEvent {
		return h.eventForm(t, batched, results.Len())
	}
	return h.commandForm(t, batched, results)
}

// handledType takes *M or []*M apart.
func handledType(t types.Type) (handled *types.Named, batched, ok bool) {
	if s, isSlice := types.Unalias(t).(*types.Slice); isSlice {
		t, batched = s.Elem(), true
	}
	ptr, isPointer := types.Unalias(t).(*types.Pointer)
	if !isPointer {
		return nil, batched, false
	}
	handled, ok = types.Unalias(ptr.Elem()).(*types.Named)
	return handled, batched, ok
}

func (h *handler) eventForm(t traits, batched bool, results int) string {
	switch {
	case results == 2:
		return "an event has no reply: return an error alone, or make " + t.name + " a command"
	case batched:
		h.constructor = "HandleEvents"
	case h.batch > 0:
		return "batch= is for handlers that take []*" + t.name + ": take a slice, or remove batch="
	default:
		h.constructor = "HandleEvent"
	}
	return ""
}

func (h *handler) commandForm(t traits, batched bool, results *types.Tuple) string {
	h.command, h.constructor = t.name, "HandleCommand"
	replies := results.Len() == 2
	switch {
	case batched || h.batch > 0:
		return "batches are for events: take one *" + t.name + ", and remove batch="
	case replies && t.reply == nil:
		return t.name + " declares no reply: write reply= in its //zebus:command, or return an error alone"
	case !replies && t.reply == nil:
		return ""
	}
	if reply, batched, ok := handledType(results.At(0).Type()); !replies || !ok || batched || reply.Obj() != t.reply {
		return t.name + " is answered by " + t.reply.Name() + ": return (*" + t.reply.Name() + ", error)"
	}
	h.constructor = "HandleRequest"
	return ""
}

// traits are what a handler must know of the message it handles.
type traits struct {
	name  string
	kind  messageKind
	reply *types.TypeName // nil when there is none
}

// traits looks at the annotation of a message of this package, and at the methods of any other.
func (p *packageParser) traits(t *types.Named) (found traits, problem string) {
	found.name = t.Obj().Name()
	if d := p.annotated[t.Obj()]; d != nil && d.message != nil {
		found.kind, found.reply = d.message.kind, d.reply
	} else {
		found.kind = kindOf(t)
		found.reply = replyOf(t)
	}
	switch {
	case hasMethod(t, "ZebusCommand") && (found.kind == kindEvent || hasMethod(t, "ZebusEvent")),
		found.kind == kindCommand && hasMethod(t, "ZebusEvent"):
		return found, found.name + " is both a command and an event, perhaps by what it embeds: give it a field with a name instead"
	case found.kind == kindMessage:
		return found, found.name + " is neither a command nor an event: annotate it with //zebus:command or //zebus:event"
	}
	return found, ""
}

func kindOf(t types.Type) messageKind {
	switch {
	case hasMethod(t, "ZebusCommand"):
		return kindCommand
	case hasMethod(t, "ZebusEvent"):
		return kindEvent
	default:
		return kindMessage
	}
}

// replyOf returns the type that the ReplyType method of a command gives.
func replyOf(t types.Type) *types.TypeName {
	object, _, _ := types.LookupFieldOrMethod(types.NewPointer(t), false, nil, "ReplyType")
	function, ok := object.(*types.Func)
	if !ok || function.Signature().Results().Len() != 1 {
		return nil
	}
	reply, _, ok := handledType(function.Signature().Results().At(0).Type())
	if !ok {
		return nil
	}
	return reply.Obj()
}

func isNamed(t types.Type, path, name string) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Name() == name && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == path
}

func isError(t types.Type) bool {
	return types.Identical(t, types.Universe.Lookup("error").Type())
}
