package zebustest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/zebus-go/zebus/zebus"
)

// ExpectSent fails the test unless a command equal to want was sent. Messages are equal when the wire carries the same.
func ExpectSent(t TB, s Source, want zebus.Command) {
	t.Helper()
	expect(t, s, want, ActionSent)
}

// ExpectPublished fails the test unless an event equal to want was published, to whomever.
func ExpectPublished(t TB, s Source, want zebus.Event) {
	t.Helper()
	expect(t, s, want, ActionPublished)
}

// ExpectReply fails the test unless a handler replied want.
func ExpectReply(t TB, s Source, want zebus.Message) {
	t.Helper()
	expect(t, s, want, ActionReplied)
}

// ExpectOrder fails the test unless the commands and events of want were sent and published in this order. Others may
// stand before, between and after them. Between peers the order is that in which they began to send.
func ExpectOrder(t TB, s Source, want ...zebus.Message) {
	t.Helper()
	rest := said(s)
	for i, m := range want {
		at := slices.IndexFunc(rest, func(r Record) bool { return equal(r.Message, m) })
		if at < 0 {
			t.Errorf("message %d of %d was not sent in this order: %s%s\n%s", i+1, len(want), describe(m), nearest(rest, m), listing(s))
			return
		}
		rest = rest[at+1:]
	}
}

// ExpectOnly fails the test unless exactly the commands and events of want were sent and published, in this order.
func ExpectOnly(t TB, s Source, want ...zebus.Message) {
	t.Helper()
	got := said(s)
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			t.Errorf("message %d is missing: %s\n%s", i+1, describe(want[i]), listing(s))
			return
		case i >= len(want):
			t.Errorf("message %d is one too many: %v\n%s", i+1, got[i], listing(s))
			return
		case !equal(got[i].Message, want[i]):
			t.Errorf("message %d is not as wanted\n\twant: %s\n\tgot:  %v%s\n%s", i+1, describe(want[i]), got[i],
				nearest(got[i:i+1], want[i]), listing(s))
			return
		}
	}
}

// ExpectNothing fails the test if anything was sent or published.
func ExpectNothing(t TB, s Source) {
	t.Helper()
	if got := said(s); len(got) > 0 {
		t.Errorf("something was sent, want nothing\n%s", listing(s))
	}
}

// ExpectNone fails the test if a message of the type was sent, published or replied: ExpectNone[*OrderPlaced](t, network).
func ExpectNone[M zebus.Message](t TB, s Source) {
	t.Helper()
	if found := recorded[M](s, ActionSent, ActionPublished, ActionReplied); len(found) > 0 {
		t.Errorf("%d %s were recorded, want none\n%s", len(found), nameOf(found[0]), listing(s))
	}
}

func expect(t TB, s Source, want zebus.Message, action Action) {
	t.Helper()
	records := slices.DeleteFunc(s.Records(), func(r Record) bool { return !r.is(action) })
	if !slices.ContainsFunc(records, func(r Record) bool { return equal(r.Message, want) }) {
		t.Errorf("no such %s was %v\n\twant: %s%s\n%s", nameOf(want), action, describe(want), nearest(records, want), listing(s))
	}
}

// said returns what was sent and published.
func said(s Source) []Record {
	return slices.DeleteFunc(s.Records(), func(r Record) bool { return !r.is(ActionSent, ActionPublished) })
}

func (r Record) is(actions ...Action) bool { return slices.Contains(actions, r.Action) }

// equal says whether two messages are the same to whoever receives them.
func equal(a, b zebus.Message) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.ZebusType() == b.ZebusType() && bytes.Equal(encode(a), encode(b))
}

// nearest shows how the record that is most like want differs from it, "" when there is none of its type.
func nearest(records []Record, want zebus.Message) string {
	var best []string
	for _, r := range records {
		if r.Message == nil || r.Message.ZebusType() != want.ZebusType() {
			continue
		}
		if d := differences(copyOf(want), r.Message); best == nil || len(d) < len(best) {
			best = d
		}
	}
	if best == nil {
		return ""
	}
	return "\n\tnearest:\n\t\t" + strings.Join(best, "\n\t\t")
}

// listing shows what was recorded.
func listing(s Source) string {
	records := s.Records()
	if len(records) == 0 {
		return "\trecorded: nothing"
	}
	var b strings.Builder
	b.WriteString("\trecorded:")
	for i, r := range records {
		fmt.Fprintf(&b, "\n\t\t%d. %v", i+1, r)
	}
	return b.String()
}
