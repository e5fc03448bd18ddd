package codegen

import (
	"cmp"
	"go/token"
	"go/types"
	"strings"
)

// messages builds the model of every message. Their names come first, because fields refer to each other's types.
func (p *packageParser) messages() {
	ids := map[string]*declaration{}
	for _, d := range p.order {
		if d.directive.verb == verbEnum {
			p.enumTexts(d)
			continue
		}
		d.message = p.message(d)
		if other := ids[d.message.id]; other != nil {
			p.addf(d.directive.pos, "%s has the type id %s of %s: choose another with name= or namespace=",
				d.message.name, d.message.id, other.message.name)
		}
		ids[d.message.id] = d
		p.model.messages = append(p.model.messages, d.message)
	}
	for _, d := range p.order {
		if d.message != nil {
			p.reply(d)
			p.fields(d)
			p.binding(d.message)
			p.methodNames(d)
		}
	}
}

// binding names what is generated beside a routable message.
func (p *packageParser) binding(m *message) {
	if len(m.routing) > 0 {
		m.binding, m.like = p.free(m.name+"Binding"), p.free(m.name+"Like")
	}
}

var kinds = map[string]messageKind{verbMessage: kindMessage, verbCommand: kindCommand, verbEvent: kindEvent}

func (p *packageParser) message(d *declaration) *message {
	p.nameProtoc(d)
	words := d.directive.words
	name := d.typeName.Name()
	m := &message{
		name:           name,
		receiver:       p.receiver(d.typeName, "m"),
		handle:         p.free(lowerFirst(name) + "Type"),
		kind:           kinds[d.directive.verb],
		transient:      d.directive.has("transient"),
		infrastructure: d.directive.has("infrastructure"),
		subscribe:      p.mode(d.directive, "subscribe", name),
	}
	namespace := cmp.Or(words["namespace"], p.namespace)
	if namespace == "" {
		p.addf(d.directive.pos, "%s has no namespace: write //zebus:%s namespace=…, or //zebus:package namespace=… above the package clause",
			name, d.directive.verb)
	}
	p.checkID(d.directive, name)
	m.id = namespace + "." + cmp.Or(words["name"], name)
	return m
}

// checkID reports a namespace or a name that .NET would not have.
func (p *packageParser) checkID(d *directive, name string) {
	if problem := checkNamespace(d.words["namespace"]); d.has("namespace") && problem != "" {
		p.addf(d.pos, "%s: namespace=%s: %s", name, d.words["namespace"], problem)
	}
	if problem := checkName(d.words["name"]); d.has("name") && problem != "" {
		p.addf(d.pos, "%s: name=%s: %s", name, d.words["name"], problem)
	}
}

// mode reads a word whose value is auto or manual.
func (p *packageParser) mode(d *directive, word, name string) string {
	value := d.words[word]
	if value != "" && value != "auto" && value != "manual" {
		p.addf(d.pos, "%s: %s=%s: use %[2]s=auto or %[2]s=manual", name, word, value)
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
		p.addf(d.directive.pos, "%s: reply=%s: %s", d.message.name, name, problem)
	case !p.isMessage(typeName.Type()):
		p.addf(d.directive.pos, "%s: reply=%s: it is no message: annotate it with //zebus:message", d.message.name, name)
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
