package zebustest_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
	"github.com/zebus-go/zebus/zebustest"
)

// stock answers with a number.
func stock(n int32) zebustest.Script {
	return zebustest.Reply(func(*interop.Echo) (*interop.EchoReply, error) { return &interop.EchoReply{Number: n}, nil })
}

func TestGatherFromARecorder(t *testing.T) {
	tests := map[string]struct {
		prepare func(rec *zebustest.Recorder)
		want    []string
	}{
		"one nameless peer, which answers as for Send": {
			func(*zebustest.Recorder) {}, []string{": 1"},
		},
		"the peers that have a script for the command": {
			func(rec *zebustest.Recorder) {
				rec.At("Stock.0", stock(10))
				rec.At("Stock.1", zebustest.Reply(func(*interop.Echo) (*interop.EchoReply, error) { return nil, zebus.Fail(7, "closed") }))
				rec.At("Door.0", zebustest.Accept(func(*interop.Knock) error { return nil }))
			},
			[]string{"Stock.0: 10", "Stock.1: closed (code 7)"},
		},
		"what cannot be sent": {
			func(rec *zebustest.Recorder) { rec.At("Stock.0", stock(10)); rec.Fail(zebus.ErrPeerBusy) },
			[]string{"Stock.0: Interop.Messages.Echo: " + zebus.ErrPeerBusy.Error()},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			rec := zebustest.NewRecorder(stock(1))
			tc.prepare(rec)
			got := gathered(t.Context(), rec)
			if !slices.Equal(got, tc.want) {
				t.Errorf("gathered %q, want %q", got, tc.want)
			}
			if sent := rec.Records(); len(sent) != len(tc.want) || sent[0].To[0] != zebus.PeerID(before(tc.want[0])) {
				t.Errorf("recorded %v", sent)
			}
		})
	}
}

func TestPeersOfARecorder(t *testing.T) {
	rec := zebustest.NewRecorder()
	rec.At("Stock.0", stock(10))
	t.Run("a command that names the peer is answered by it", func(t *testing.T) {
		reply, err := zebus.RequestTo(t.Context(), rec, &interop.Echo{}, zebus.Peer{ID: "Stock.0"})
		if err != nil || reply.Number != 10 {
			t.Errorf("answered %v, %v, want 10", reply, err)
		}
	})
	t.Run("one that names none, or another, is not", func(t *testing.T) {
		_, err := zebus.Request(t.Context(), rec, &interop.Echo{})
		_, other := zebus.RequestTo(t.Context(), rec, &interop.Echo{}, zebus.Peer{ID: "Stock.1"})
		if !errors.Is(err, zebus.ErrNoPeer) || !errors.Is(other, zebus.ErrNoPeer) {
			t.Errorf("answered %v and %v, want ErrNoPeer", err, other)
		}
	})
}

// gathered returns who answered what.
func gathered(ctx context.Context, rec *zebustest.Recorder) (answers []string) {
	for g := range zebus.Gather(ctx, rec, &interop.Echo{}) {
		if g.Err != nil {
			answers = append(answers, fmt.Sprintf("%s: %v", g.Peer, g.Err))
		} else {
			answers = append(answers, fmt.Sprintf("%s: %d", g.Peer, g.Reply.Number))
		}
	}
	slices.Sort(answers)
	return answers
}

func before(line string) string {
	peer, _, _ := strings.Cut(line, ":")
	return peer
}

func TestARecorderIsLikeABus(t *testing.T) {
	script := zebustest.Reply(func(c *interop.Echo) (*interop.EchoReply, error) {
		switch c.Text {
		case "error":
			return nil, errors.New("secret")
		case "answer":
			return nil, zebus.Fail(7, "closed")
		case "marked answer":
			return nil, zebus.Permanent(zebus.Fail(8, "closed for good"))
		case "nil pointer":
			return nil, (*zebus.CommandError)(nil)
		case "large code":
			return nil, &zebus.CommandError{Code: 1 << 32, Message: "large"}
		case "nothing":
			var nothing *interop.EchoReply
			return nothing, nil
		default:
			return &interop.EchoReply{Text: c.Text}, nil
		}
	})
	for _, text := range []string{"error", "answer", "marked answer", "nil pointer", "large code", "nothing", "tea"} {
		t.Run("to the sender of a command that is answered by "+text, func(t *testing.T) {
			network := zebustest.NewNetwork(t)
			network.Script("Stock.0", script)
			ofBus, busErr := zebus.Request(t.Context(), network.Start("Client.0"), &interop.Echo{Text: text})
			ofRecorder, recorderErr := zebus.Request(t.Context(), zebustest.NewRecorder(script), &interop.Echo{Text: text})
			if fmt.Sprintf("%+v %T %v", ofBus, busErr, busErr) != fmt.Sprintf("%+v %T %v", ofRecorder, recorderErr, recorderErr) {
				t.Errorf("%+v, %v; a bus has %+v, %v", ofRecorder, recorderErr, ofBus, busErr)
			}
		})
	}
	t.Run("to the publisher whose context has ended", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		rec := zebustest.NewRecorder()
		for _, publisher := range []zebus.PeerSender{rec, zebustest.NewNetwork(t).Start("Client.0")} {
			err := errors.Join(publisher.Publish(ctx, &interop.Note{}), publisher.PublishTo(ctx, &interop.Note{}, zebus.Peer{ID: "Stock.0"}))
			if want := "publish Interop.Messages.Note: context canceled"; err == nil || err.Error() != want+"\n"+want {
				t.Errorf("%T: error %v, want %q twice", publisher, err, want)
			}
		}
		zebustest.ExpectNothing(t, rec)
	})
}
