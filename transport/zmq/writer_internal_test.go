//go:build cgo

package zmq

import (
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"github.com/zebus-go/zebus/zebus"
)

// told is a bus that writes down what becomes of messages.
type told struct{ failed, uncertain []string }

func (*told) Receive([]zebus.TransportMessage) {}

func (b *told) SendFailed(id zebus.MessageID, to zebus.PeerID, err error) {
	b.failed = append(b.failed, fmt.Sprint(id, to, err))
}

func (b *told) SendUncertain(to zebus.PeerID, n int, err error) {
	b.uncertain = append(b.uncertain, fmt.Sprint(n, to, err))
}

// libzmq takes a message, and before the writer has noted that, the link is given up.
func TestWrittenToALinkThatIsGivenUp(t *testing.T) {
	t.Parallel()
	reason := errors.New("test")
	id := zebus.MessageID{1}
	for name, tc := range map[string]struct {
		giveUp            func(*peer, *link)
		failed, uncertain string
	}{
		"because no connection came about: the message has failed": {
			func(p *peer, l *link) { p.unreached(l, reason) }, fmt.Sprint(id, "Test.A.0", reason), "",
		},
		"whose connection may have come about: nobody knows": {
			func(p *peer, _ *link) { p.dropLocked(reason, 0) }, "", "1Test.A.0connection to tcp://localhost:1 lost: zebus: peer is unreachable",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bus := &told{}
			out := &outbound{log: slog.New(slog.DiscardHandler), reports: newReporter(bus)}
			l := &link{endpoint: "tcp://localhost:1", writing: true}
			p := &peer{id: "Test.A.0", out: out, link: l}
			tc.giveUp(p, l)
			if !p.wrote(l, outgoing{id: id}, nil) {
				t.Error("the message is written again")
			}
			out.reports.close()
			if got := fmt.Sprint(bus.failed); got != list(tc.failed) {
				t.Errorf("failed %v, want %v", got, tc.failed)
			}
			if got := fmt.Sprint(bus.uncertain); got != list(tc.uncertain) {
				t.Errorf("uncertain %v, want %v", got, tc.uncertain)
			}
		})
	}
}

// list is how a list of one text is printed, or of none.
func list(text string) string { return "[" + text + "]" }
