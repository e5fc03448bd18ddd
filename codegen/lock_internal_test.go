package codegen

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// drawContract makes a contract as it can come from a source, or from a history of them.
func drawContract(t *rapid.T) *contract {
	c := &contract{}
	// Names that the lock file has to quote are among them.
	name := rapid.SampledFrom([]string{"A", "B+C", "D<E.F, G.H>", "\"", "Ä", "#", "", "\u00a0", "x\ty", "\xff"})
	for i := range rapid.IntRange(0, 3).Draw(t, "messages") {
		c.messages = append(c.messages, drawMessage(t, i, name))
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "enums") {
		e := &lockedEnum{goName: fmt.Sprint("Enum", i), basic: rapid.SampledFrom([]string{"int8", "uint64", "int64"}).Draw(t, "basic")}
		for j := range rapid.IntRange(0, 3).Draw(t, "values") {
			number := rapid.Int64Range(-6, -3).Draw(t, "number") + int64(j)*4 // of an uint64, the small ones are great
			e.members = append(e.members, &lockedMember{
				number: number, name: fmt.Sprint(name.Draw(t, "value"), j), reserved: rapid.Bool().Draw(t, "reserved"),
			})
		}
		c.enums = append(c.enums, e)
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "removed") {
		c.removed = append(c.removed, &removedID{id: fmt.Sprint("Gone.", i, name.Draw(t, "gone"))})
	}
	c.sort()
	return c
}

func drawMessage(t *rapid.T, i int, name *rapid.Generator[string]) *lockedMessage {
	m := &lockedMessage{
		kind:   rapid.SampledFrom(lockedKinds[:]).Draw(t, "kind"),
		id:     fmt.Sprint("Shop.", i, name.Draw(t, "id")),
		goName: fmt.Sprint("Message", i),
		flags:  pick(messageFlags, map[string]bool{"transient": rapid.Bool().Draw(t, "transient")}),
		reply:  rapid.SampledFrom([]string{"", "Shop.Reply", "Shop.Changed<A.B, C.D>"}).Draw(t, "reply"),
	}
	for j := range rapid.IntRange(0, 4).Draw(t, "fields") {
		words := map[string]bool{}
		for _, word := range memberWords {
			words[word] = rapid.Bool().Draw(t, word)
		}
		m.members = append(m.members, &lockedMember{
			number: int64(j*3 + rapid.IntRange(1, 3).Draw(t, "number")), name: fmt.Sprint(name.Draw(t, "field"), j),
			typeText: "map[string]*" + name.Draw(t, "type"), words: pick(memberWords, words),
			position: rapid.IntRange(0, 2).Draw(t, "position"), reserved: rapid.Bool().Draw(t, "reserved"),
		})
	}
	return m
}

func TestLockFilesAreReadAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		written := drawContract(t)
		read, err := parseLock("zebus.lock", written.text())
		if err != nil {
			t.Fatalf("%v in\n%s", err, written.text())
		}
		if read.text() != written.text() {
			t.Fatalf("read\n%s\nwritten\n%s", read.text(), written.text())
		}
		if found := evolve(read, withoutReserved(written)); len(found.breaking)+len(found.safe) > 0 {
			t.Fatalf("a contract breaks itself: %v %v", found.breaking, found.safe)
		}
	})
}

// Whatever was accepted, the next comparison finds nothing, and no number or type id is ever lost.
func TestNothingIsForgotten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		before, after := drawContract(t), withoutReserved(drawContract(t))
		merged := evolve(before, after).merged()
		read, err := parseLock("zebus.lock", merged.text())
		if err != nil {
			t.Fatalf("%v in\n%s", err, merged.text())
		}
		again := evolve(read, after)
		if len(again.breaking) > 0 || again.merged().text() != merged.text() {
			t.Fatalf("what was accepted breaks: %v", again.breaking)
		}
		for _, id := range idsOf(before) {
			if !slices.Contains(idsOf(read), id) {
				t.Fatalf("%s is forgotten", id)
			}
		}
	})
}

// withoutReserved is a contract as it comes from a source, where nothing is reserved.
func withoutReserved(c *contract) *contract {
	for _, m := range c.messages {
		m.members = live(m.members)
	}
	for _, e := range c.enums {
		e.members = live(e.members)
	}
	c.removed = nil
	return c
}

func idsOf(c *contract) []string {
	var ids []string
	for _, m := range c.messages {
		ids = append(ids, m.id)
	}
	for _, r := range c.removed {
		ids = append(ids, r.id)
	}
	return ids
}

func FuzzParseLock(f *testing.F) {
	head := (&contract{}).text()
	f.Add(head)
	f.Add(head + "\ncommand Shop.Place Place transient reply=Shop.Placed\n  1 A *int32 required routing=1\n  reserved 2 B \"[]Shop.C<D, E>\"\n")
	f.Add(head + "\nenum State uint64\n  0 None\n  18446744073709551615 All\n\nremoved Shop.Old\n")
	f.Add(strings.ReplaceAll(head, "\n", "\r\n"))
	f.Add(head + "<<<<<<< ours\n")
	f.Fuzz(func(t *testing.T, content string) {
		c, err := parseLock("zebus.lock", content)
		if err != nil {
			return
		}
		if c.text() != withoutReturns(content) {
			t.Errorf("read %q, written as %q", content, c.text())
		}
		evolve(c, withoutReserved(c)).merged()
	})
}
