package zebustest_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/wire"
	"github.com/zebus-go/zebus/zebus"
	"github.com/zebus-go/zebus/zebustest"
)

// shop returns a recorder with a command and two events.
func shop() *zebustest.Recorder {
	rec := zebustest.NewRecorder()
	ctx := context.Background()
	_ = rec.Send(ctx, &interop.Knock{})
	_ = rec.Publish(ctx, &interop.Note{Text: "first", Number: 1})
	_ = rec.Publish(ctx, &interop.Note{Text: "second", Number: 2})
	return rec
}

func TestExpectations(t *testing.T) {
	first, second := &interop.Note{Text: "first", Number: 1}, &interop.Note{Text: "second", Number: 2}
	third := &interop.Note{Text: "second", Number: 3}
	const recorded = "\trecorded:\n\t\t1. sent Knock{}\n\t\t2. published Note{Text: \"first\", Number: 1}\n\t\t3. published Note{Text: \"second\", Number: 2}"
	tests := map[string]struct {
		expect func(t zebustest.TB, rec *zebustest.Recorder)
		want   string // "" when the expectation is met
	}{
		"an event that was published": {func(t zebustest.TB, rec *zebustest.Recorder) { zebustest.ExpectPublished(t, rec, second) }, ""},
		"an event that was not published as wanted": {
			func(t zebustest.TB, rec *zebustest.Recorder) { zebustest.ExpectPublished(t, rec, third) },
			"no such Note was published\n\twant: Note{Text: \"second\", Number: 3}\n\tnearest:\n\t\tNumber: want 3, got 2\n" + recorded,
		},
		"an event of a type that was not published": {
			func(t zebustest.TB, rec *zebustest.Recorder) {
				zebustest.ExpectPublished(t, rec, &interop.PriceChanged{Market: "Paris", At: time.Unix(0, 0).UTC()})
			},
			"no such PriceChanged was published\n\twant: PriceChanged{Market: \"Paris\", At: 1970-01-01T00:00:00Z}\n" + recorded,
		},
		"a command that was sent": {func(t zebustest.TB, rec *zebustest.Recorder) { zebustest.ExpectSent(t, rec, &interop.Knock{}) }, ""},
		"a command that was not sent": {
			func(t zebustest.TB, rec *zebustest.Recorder) { zebustest.ExpectSent(t, rec, &interop.Echo{Text: "x"}) },
			"no such Echo was sent\n\twant: Echo{Text: \"x\"}\n" + recorded,
		},
		"messages in their order, with others between": {
			func(t zebustest.TB, rec *zebustest.Recorder) { zebustest.ExpectOrder(t, rec, &interop.Knock{}, second) }, "",
		},
		"messages in another order": {
			func(t zebustest.TB, rec *zebustest.Recorder) { zebustest.ExpectOrder(t, rec, second, first) },
			"message 2 of 2 was not sent in this order: Note{Text: \"first\", Number: 1}\n" + recorded,
		},
		"exactly what was said": {
			func(t zebustest.TB, rec *zebustest.Recorder) {
				zebustest.ExpectOnly(t, rec, &interop.Knock{}, first, second)
			}, "",
		},
		"less than what was said": {
			func(t zebustest.TB, rec *zebustest.Recorder) { zebustest.ExpectOnly(t, rec, &interop.Knock{}, first) },
			"message 3 is one too many: published Note{Text: \"second\", Number: 2}\n" + recorded,
		},
		"more than what was said": {
			func(t zebustest.TB, rec *zebustest.Recorder) {
				zebustest.ExpectOnly(t, rec, &interop.Knock{}, first, second, third)
			},
			"message 4 is missing: Note{Text: \"second\", Number: 3}\n" + recorded,
		},
		"other than what was said": {
			func(t zebustest.TB, rec *zebustest.Recorder) {
				zebustest.ExpectOnly(t, rec, &interop.Knock{}, first, third)
			},
			"message 3 is not as wanted\n\twant: Note{Text: \"second\", Number: 3}\n\tgot:  published Note{Text: \"second\", Number: 2}\n\tnearest:\n\t\tNumber: want 3, got 2\n" + recorded,
		},
		"nothing, where something was said": {
			func(t zebustest.TB, rec *zebustest.Recorder) { zebustest.ExpectNothing(t, rec) },
			"something was sent, want nothing\n" + recorded,
		},
		"nothing, after all was forgotten": {
			func(t zebustest.TB, rec *zebustest.Recorder) { rec.Forget(); zebustest.ExpectNothing(t, rec) }, "",
		},
		"none of a type that was not said": {
			func(t zebustest.TB, rec *zebustest.Recorder) { zebustest.ExpectNone[*interop.Echo](t, rec) }, "",
		},
		"none of a type that was said": {
			func(t zebustest.TB, rec *zebustest.Recorder) { zebustest.ExpectNone[*interop.Note](t, rec) },
			"2 Note were recorded, want none\n" + recorded,
		},
		"the one of its type": {func(t zebustest.TB, rec *zebustest.Recorder) { zebustest.One[*interop.Knock](t, rec) }, ""},
		"one of a type that was said twice": {
			func(t zebustest.TB, rec *zebustest.Recorder) { zebustest.One[*interop.Note](t, rec) },
			"2 Note were recorded, want 1\n" + recorded,
		},
		"a reply that nobody gave": {
			func(t zebustest.TB, rec *zebustest.Recorder) {
				rec.Forget()
				zebustest.ExpectReply(t, rec, &interop.EchoReply{Text: "x"})
			},
			"no such EchoReply was replied\n\twant: EchoReply{Text: \"x\"}\n\trecorded: nothing",
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			failures := try(func(t zebustest.TB) { tc.expect(t, shop()) })
			if got := strings.Join(failures, "\n"); got != tc.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, tc.want)
			}
		})
	}
}

// nested has a field of every shape that a text shows in a way of its own. It is never encoded.
type nested struct {
	interop.Note

	ID     zebus.GUID
	Raw    []byte
	Price  wire.Decimal
	Took   time.Duration
	Name   *string
	Empty  *string
	Lines  []interop.EchoReply
	None   []string
	Notes  map[string]*interop.Note
	Any    any
	Two    [2]int
	Peer   zebus.PeerID
	hidden int
}

func TestTexts(t *testing.T) {
	name := ""
	rec := records{{Action: zebustest.ActionPublished, Message: &nested{
		Note: interop.Note{Text: "a\nb"}, ID: zebus.GUID{1}, Raw: []byte("x"), Took: time.Second, Name: &name,
		Lines: []interop.EchoReply{{Text: "one"}, {}}, Notes: map[string]*interop.Note{"b": {Number: 2}, "a": nil},
		Any: 3, Two: [2]int{1, 0}, Peer: "P.0", None: []string{}, hidden: 1,
	}}}
	want := `published Note{Note.Text: "a\nb", ID: 01000000-0000-0000-0000-000000000000, Raw: "x", Took: 1s, Name: "", ` +
		`Lines[0].Text: "one", None: empty, Notes[a]: nil, Notes[b].Number: 2, Any: 3, Two[0]: 1, Two[1]: 0, Peer: "P.0"}`
	if got := rec[0].String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// records is a source that a test wrote down.
type records []zebustest.Record

func (r records) Records() []zebustest.Record { return r }

func TestRecordsOfANetwork(t *testing.T) {
	both(t, "who said what to whom", func(t *testing.T, network *zebustest.Network) {
		network.Start("Echo.0", zebus.HandleRequest(echo))
		network.Start("Fail.0", zebus.HandleCommand(func(_ context.Context, cmd *interop.Fail) error {
			return zebus.Fail(int(cmd.Code), "%s", cmd.Text)
		}))
		network.Start("Knock.0", zebus.HandleCommand(func(ctx context.Context, _ *interop.Knock) error { return zebus.Reply(ctx, 5, "later") }))
		heard, _ := hear()
		a := network.Start("A.0", heard)
		network.Start("B.0", heard)
		_ = a.Send(t.Context(), &interop.Echo{Text: "hi"})
		_ = a.Send(t.Context(), &interop.Fail{Code: 7, Text: "no"})
		_ = a.Send(t.Context(), &interop.Knock{})
		_ = a.Publish(t.Context(), &interop.Note{Text: "all"})
		_ = a.Publish(t.Context(), &interop.PriceChanged{Market: "Paris", At: time.Unix(0, 0).UTC()})
		_, err := a.Subscribe(t.Context(), zebus.SubscribeTo(zebustest.TypeID[*interop.Knock]()))
		if err == nil {
			t.Error("subscribed to what is not handled")
		}
		want := []string{
			`A.0 sent Echo{Text: "hi"} to Echo.0`,
			`Echo.0 replied EchoReply{Text: "hi", Number: 1} to Echo`,
			`A.0 sent Fail{Code: 7, Text: "no"} to Fail.0`,
			`Fail.0 replied nothing to Fail with error "no (code 7)"`,
			`A.0 sent Knock{} to Knock.0`,
			`Knock.0 replied nothing to Knock with error "later (code 5)"`,
			`A.0 published Note{Text: "all"} to A.0, B.0`,
			`A.0 published PriceChanged{Market: "Paris", At: 1970-01-01T00:00:00Z} to nobody`,
		}
		wantRecords(t, network, want...)
		wantRecords(t, network.From("Echo.0"), want[1])
		network.Forget()
		wantRecords(t, network)
	})
	both(t, "what a peer does for itself", func(t *testing.T, network *zebustest.Network) {
		a := network.Start("A.0", zebus.HandleRequest(echo))
		cmd := &interop.Echo{Text: "me"}
		_ = a.Send(t.Context(), cmd)
		cmd.Text = "changed afterwards"
		wantRecords(t, network, `A.0 sent Echo{Text: "me"} to A.0`, `A.0 replied EchoReply{Text: "me", Number: 1} to Echo`)
	})
	t.Run("by type", func(t *testing.T) {
		network := zebustest.NewNetwork(t)
		a := network.Start("A.0", zebus.HandleRequest(echo))
		_ = a.Send(t.Context(), &interop.Echo{Text: "1"})
		publish(t, a, "2")
		publish(t, a, "3")
		if got := zebustest.Sent[*interop.Echo](network); len(got) != 1 || got[0].Text != "1" {
			t.Errorf("Sent = %v", got)
		}
		if got := zebustest.Published[*interop.Note](network); len(got) != 2 || got[1].Text != "3" {
			t.Errorf("Published = %v", got)
		}
		if got := zebustest.Replied[*interop.EchoReply](network); len(got) != 1 || got[0].Number != 1 {
			t.Errorf("Replied = %v", got)
		}
		if got := zebustest.One[*interop.Echo](t, network); got.Text != "1" {
			t.Errorf("One = %v", got)
		}
		zebustest.ExpectReply(t, network, &interop.EchoReply{Text: "1", Number: 1})
	})
}

func wantRecords(t *testing.T, s zebustest.Source, want ...string) {
	t.Helper()
	got := make([]string, 0, len(want))
	for _, r := range s.Records() {
		got = append(got, r.String())
	}
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("recorded\n%s\nwant\n%s", g, w)
	}
}

func TestRecorder(t *testing.T) {
	ctx := t.Context()
	t.Run("answers by script", func(t *testing.T) {
		rec := zebustest.NewRecorder(zebustest.Reply(func(cmd *interop.Echo) (*interop.EchoReply, error) {
			if cmd.Text == "" {
				return nil, zebus.Fail(3, "say something")
			}
			return &interop.EchoReply{Text: cmd.Text}, nil
		}), zebustest.Accept(func(*interop.Fail) error { return errors.New("secret") }))
		reply, err := zebus.Request(ctx, rec, &interop.Echo{Text: "hi"})
		if err != nil || reply.Text != "hi" {
			t.Errorf("Request = %+v, %v; want hi", reply, err)
		}
		_, err = zebus.Request(ctx, rec, &interop.Echo{})
		if failed, ok := errors.AsType[*zebus.CommandError](err); !ok || failed.Code != 3 {
			t.Errorf("Request = %v, want code 3", err)
		}
		err = rec.Send(ctx, &interop.Fail{})
		if failed, ok := errors.AsType[*zebus.CommandError](err); !ok || failed.Code != zebus.CodeUnknown || failed.Message != "" {
			t.Errorf("Send = %v, want what a bus tells of an error that is not for it", err)
		}
	})
	t.Run("accepts a command without a script, unless that wants a reply", func(t *testing.T) {
		rec := zebustest.NewRecorder()
		if err := rec.SendTo(ctx, &interop.Knock{}, zebus.Peer{ID: "B.0"}); err != nil {
			t.Errorf("SendTo = %v", err)
		}
		if _, err := zebus.RequestTo(ctx, rec, &interop.Echo{}, zebus.Peer{ID: "B.0"}); !errors.Is(err, zebus.ErrNoPeer) {
			t.Errorf("RequestTo = %v, want ErrNoPeer", err)
		}
		if to := rec.Records()[0].To; len(to) != 1 || to[0] != "B.0" {
			t.Errorf("recorded for %v, want B.0", to)
		}
	})
	t.Run("fails when told to, and records all the same", func(t *testing.T) {
		rec := zebustest.NewRecorder()
		rec.Fail(zebus.ErrPeerBusy)
		if err := errors.Join(rec.Publish(ctx, &interop.Note{})); !errors.Is(err, zebus.ErrPeerBusy) {
			t.Errorf("Publish = %v, want ErrPeerBusy", err)
		}
		if err := rec.Send(ctx, &interop.Knock{}); !errors.Is(err, zebus.ErrPeerBusy) {
			t.Errorf("Send = %v, want ErrPeerBusy", err)
		}
		rec.Fail(nil)
		if err := rec.Send(ctx, &interop.Knock{}); err != nil {
			t.Errorf("Send = %v", err)
		}
		zebustest.ExpectOnly(t, rec, &interop.Note{}, &interop.Knock{}, &interop.Knock{})
	})
	t.Run("sends nothing with a context that has ended", func(t *testing.T) {
		rec := zebustest.NewRecorder()
		ended, cancel := context.WithCancel(ctx)
		cancel()
		if err := rec.Send(ended, &interop.Knock{}); !errors.Is(err, context.Canceled) {
			t.Errorf("Send = %v, want context.Canceled", err)
		}
		zebustest.ExpectNothing(t, rec)
	})
}
