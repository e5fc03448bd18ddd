//go:build cgo

package zmq_test

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/zebus-go/zebus/transport/zmq"
	"github.com/zebus-go/zebus/zebus"
)

// What is sent to nobody in particular, as an answer or a ping is, has no caller who looks at the error.
func TestLogOfPeersWithoutALink(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		configure func(*zmq.Config)
		endpoint  string
		line      string
	}{
		"who told an endpoint that is none": {func(*zmq.Config) {}, "tcp://[::1]:4000", `"peer is unreachable" peer=Test.Lost`},
		"beyond the limit of sockets": {
			func(c *zmq.Config) { c.MaxSockets = 2 }, "tcp://127.0.0.1:4000", `"no socket for a peer" peer=Test.Lost.0 error="limit of 2 sockets`,
		},
	} {
		t.Run("the log names once a peer "+name, func(t *testing.T) {
			t.Parallel()
			log, cfg := &logText{}, quick()
			cfg.Logger = slog.New(slog.NewTextHandler(log, nil))
			tc.configure(&cfg)
			a, b := startNode(t, "Test.A.0", cfg), startNode(t, "Test.B.0", quick())
			a.send(t, "takes a socket", b.peer())
			for range 3 {
				err := a.Send(zebus.Delivery{Message: a.message("x"), To: []zebus.Peer{{ID: "Test.Lost.0", Endpoint: tc.endpoint}}})
				wantSendError(t, err, "Test.Lost.0", zebus.ErrPeerUnreachable, "")
			}
			if n := strings.Count(log.text(), tc.line); n != 1 {
				t.Errorf("%d lines with %s in\n%s", n, tc.line, log.text())
			}
		})
	}
}
