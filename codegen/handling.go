package codegen

import (
	"cmp"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"
)

// handling is what a handler asks for beyond its queue: to be tried again, and to run on several messages at a time.
type handling struct {
	retry       int    // tries after the first; 0 for none
	constant    bool   // the wait between tries does not grow
	concurrency int    // 0 for one at a time
	key         string // the field by which messages stay in order
	message     *types.TypeName
	pos         token.Pos // of the directive
}

// parseHandling reads the words of a directive. What is wrong with them is noted.
func (p *packageParser) parseHandling(h *handler, d *directive) {
	h.handling.retry = p.count(h, d, "retry", "the number of tries after the first, retry=5")
	h.handling.concurrency = p.count(h, d, "concurrency", "the number of messages at a time, concurrency=8")
	h.handling.key = d.words["key"]
	h.handling.pos = d.pos
	switch backoff := d.words["backoff"]; {
	case d.has("backoff") && !d.has("retry"):
		p.addf(d.pos, "%s: backoff= says how to wait between tries: write retry= too", h.name)
	case backoff == "constant":
		h.handling.constant = true
	case backoff != "" && backoff != "exponential":
		p.addf(d.pos, "%s: backoff=%s: write exponential or constant", h.name, backoff)
	}
	switch {
	case d.has("concurrency") != d.has("key"):
		p.addf(d.pos, "%s: concurrency= and key= go together: messages with one key stay in order, as in concurrency=8 key=CustomerID", h.name)
	case d.has("retry") && h.inline:
		p.addf(d.pos, "%s: inline runs on the receiving goroutine, which must not wait for the next try: keep inline or retry=", h.name)
	case d.has("concurrency") && h.inline:
		p.addf(d.pos, "%s: inline runs on the receiving goroutine, one message at a time: keep inline or concurrency=", h.name)
	}
}

// defaultQueue is that of handlers that name none.
const defaultQueue = "DefaultQueue"

// agree notes it when a handler has another concurrency than one before on its queue, which no bus takes.
func (p *packageParser) agree(h *handler, others []*handler) {
	if h.handling.concurrency == 0 {
		return
	}
	queue := cmp.Or(h.queue, defaultQueue)
	for _, other := range others {
		if other.handling.concurrency == 0 || !strings.EqualFold(cmp.Or(other.queue, defaultQueue), queue) {
			continue
		}
		if other.handling.concurrency != h.handling.concurrency {
			p.addf(h.handling.pos, "%s: concurrency=%d, but %s (%s) has concurrency=%d for the queue %s: write the same number",
				h.name, h.handling.concurrency, other.name, p.at(other.handling.pos), other.handling.concurrency, queue)
		}
		return
	}
}

// count reads a word that is a number from 1; 0 when it is not there.
func (p *packageParser) count(h *handler, d *directive, word, wanted string) int {
	text, ok := d.words[word]
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		p.addf(d.pos, "%s: %s=%s: write %s", h.name, word, text, wanted)
	}
	return n
}

// keyed notes the message whose field is the key. It returns what is wrong, or nothing.
func (h *handler) keyed(t *types.Named) string {
	h.handling.message = t.Obj()
	if h.handling.key == "" {
		return ""
	}
	fields, ok := t.Underlying().(*types.Struct)
	if ok && t.TypeArgs() == nil {
		for field := range fields.Fields() {
			if field.Name() == h.handling.key {
				return ""
			}
		}
	}
	return t.Obj().Name() + " has no field " + h.handling.key + ": name the one by which messages stay in order in key="
}

// emit appends what the handler asks for to its registration.
func (g handling) emit(r *jen.Statement) {
	if g.retry > 0 {
		policy := jen.Dict{jen.Id("Attempts"): jen.Lit(g.retry)}
		if g.constant {
			policy[jen.Id("Factor")] = jen.Lit(1)
		}
		r.Dot("Retry").Call(jen.Qual(zebusPath, "RetryPolicy").Values(policy))
	}
	if g.concurrency > 0 {
		message := jen.Op("*").Qual(g.message.Pkg().Path(), g.message.Name())
		key := zebusCall("KeyOf", jen.Id("m").Assert(message).Dot(g.key))
		r.Dot("Concurrency").Call(jen.Lit(g.concurrency), jen.Func().Params(jen.Id("m").Qual(zebusPath, "Message")).String().Block(jen.Return(key)))
	}
}
