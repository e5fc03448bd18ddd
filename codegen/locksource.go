package codegen

import (
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/packages"
)

// contractBuilder takes from the model of a package what peers can see of it.
type contractBuilder struct {
	pkg *packages.Package
	ids map[string]string // type ids of the package's messages by Go name
}

// contractOf returns the contract that the source of a package offers.
func contractOf(pkg *packages.Package, m *model) *contract {
	b := &contractBuilder{pkg: pkg, ids: map[string]string{}}
	for _, message := range m.messages {
		b.ids[message.name] = message.id
	}
	c := &contract{}
	for _, message := range m.messages {
		c.messages = append(c.messages, b.message(message))
	}
	b.protocContract(c, m)
	for _, e := range m.enums {
		if e.local {
			c.enums = append(c.enums, b.enum(e))
		}
	}
	c.sort()
	return c
}

func (b *contractBuilder) place(pos token.Pos) token.Position {
	return b.pkg.Fset.Position(pos)
}

// declared is where the package declares a name.
func (b *contractBuilder) declared(name string) token.Position {
	if object := b.pkg.Types.Scope().Lookup(name); object != nil {
		return b.place(object.Pos())
	}
	return token.Position{}
}

func (b *contractBuilder) message(m *message) *lockedMessage {
	locked := &lockedMessage{kind: lockedKinds[m.kind], id: m.id, goName: m.name, place: b.declared(m.name)}
	locked.flags = pick(messageFlags, map[string]bool{wordTransient: m.transient, wordInfrastructure: m.infrastructure})
	if m.reply != nil {
		locked.reply = b.typeName(*m.reply)
	}
	for _, f := range m.fields {
		if f.shape != oneOf {
			locked.members = append(locked.members, b.field(f, f.name))
			continue
		}
		for _, c := range f.cases {
			locked.members = append(locked.members, b.field(c, f.name+"."+c.name, wordOneOf))
		}
	}
	return locked
}

// field describes a field. The words are those that its tag does not have.
func (b *contractBuilder) field(f *field, name string, words ...string) *lockedMember {
	has := map[string]bool{
		// A case is written whenever there is one, so that nobody writes that it is required.
		wordRequired:  f.required && len(words) == 0,
		wordPacked:    f.packed,
		wordZigzag:    f.value.encoding == zigzag,
		wordFixed:     f.value.encoding == fixed,
		wordTimestamp: f.value.encoding == timestamp,
		wordInclude:   f.included,
	}
	for _, word := range words {
		has[word] = true
	}
	return &lockedMember{
		number: int64(f.number), name: name, place: b.place(f.pos),
		typeText: b.fieldType(f), words: pick(memberWords, has), position: f.position,
	}
}

// pick returns those words that something has, in their order.
func pick(words []string, has map[string]bool) []string {
	var picked []string
	for _, word := range words {
		if has[word] {
			picked = append(picked, word)
		}
	}
	return picked
}

func (b *contractBuilder) enum(e *enum) *lockedEnum {
	locked := &lockedEnum{goName: e.goType.name, basic: b.basicOf(e), place: b.declared(e.goType.name)}
	for _, member := range e.members {
		c, ok := b.pkg.Types.Scope().Lookup(member.constant).(*types.Const)
		if !ok {
			continue
		}
		locked.members = append(locked.members, &lockedMember{
			number: bitsOf(c.Val()), name: member.text, place: b.place(c.Pos()),
		})
	}
	return locked
}

// basicOf is the predeclared type beneath an enum of the package.
func (b *contractBuilder) basicOf(e *enum) string {
	object := b.pkg.Types.Scope().Lookup(e.goType.name)
	if object == nil {
		return ""
	}
	basic, ok := object.Type().Underlying().(*types.Basic)
	if !ok {
		return ""
	}
	return numberText(basics[basic.Kind()])
}

func bitsOf(v constant.Value) int64 {
	if n, exact := constant.Int64Val(v); exact {
		return n
	}
	n, _ := constant.Uint64Val(v)
	return int64(n)
}
