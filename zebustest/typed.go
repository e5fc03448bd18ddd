package zebustest

import "github.com/zebus-go/zebus/zebus"

// Sent returns the commands of one type that were sent: Sent[*PlaceOrder](network).
func Sent[C zebus.Command](s Source) []C { return recorded[C](s, ActionSent) }

// Published returns the events of one type that were published: Published[*OrderPlaced](network).
func Published[E zebus.Event](s Source) []E { return recorded[E](s, ActionPublished) }

// Replied returns the replies of one type that handlers gave: Replied[*Receipt](network).
func Replied[R zebus.Message](s Source) []R { return recorded[R](s, ActionReplied) }

// One returns the one message of its type that was sent, published or replied. It ends the test when there is none, or
// more than one.
func One[M zebus.Message](t TB, s Source) M {
	t.Helper()
	found := recorded[M](s, ActionSent, ActionPublished, ActionReplied)
	if len(found) != 1 {
		var none M
		t.Fatalf("%d %s were recorded, want 1\n%s", len(found), nameOf(none), listing(s))
		return none // after a Fatalf that is not that of a test
	}
	return found[0]
}

func recorded[M zebus.Message](s Source, actions ...Action) (found []M) {
	for _, r := range s.Records() {
		if m, ok := r.Message.(M); ok && r.is(actions...) {
			found = append(found, m)
		}
	}
	return found
}
