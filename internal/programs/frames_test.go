//go:build cgo && unix

package programs_test

import (
	"encoding/binary"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"testing"
	"time"
)

// Bytes that no peer would send, at the port of a directory: it says where they came from, and works on.
func TestFramesOfNobody(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, "--log-level", "debug")
	service := n.service()
	noise := make([]byte, 200)
	for i := range noise {
		noise[i] = byte(rand.Uint32())
	}
	t.Run("a frame of random bytes", func(t *testing.T) {
		c := connect(t, n.endpoint)
		c.write(append([]byte{0, byte(len(noise))}, noise...))
		n.directory.await(`"frame rejected" .*remote=127\.0\.0\.1 bytes=200`)
	})
	t.Run("a frame that says it has 200 MB ends its connection", func(t *testing.T) {
		c := connect(t, n.endpoint)
		n.directory.await(`"connection accepted" remote=` + c.LocalAddr().String())
		c.write(binary.BigEndian.AppendUint64([]byte{2}, 200<<20))
		if _, err := io.Copy(io.Discard, c.Conn); err != nil && !strings.Contains(err.Error(), "reset") {
			t.Errorf("the connection does not end: %v", err)
		}
		n.directory.await(`"connection rejected: a frame over max_message_size was announced, .* remote=` + c.LocalAddr().String())
	})
	t.Run("what is no ZMTP at all", func(t *testing.T) {
		c := dial(t, n.endpoint)
		n.directory.await(`"connection accepted" remote=` + c.LocalAddr().String())
		c.write([]byte("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" + strings.Repeat(" ", 64)))
		_ = c.Close() // until then it may still become ZMTP
		n.directory.await(`"connection without a handshake: .*" remote=` + c.LocalAddr().String())
	})
	n.echo("still there")
	quiet(t, service)
}

// A raw connection speaks TCP only.
type raw struct {
	net.Conn

	t *testing.T
}

func dial(t *testing.T, endpoint string) *raw {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(endpoint, "tcp://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() }) // what was written does not matter any more
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return &raw{c, t}
}

// connect dials and shakes hands as the PUSH socket of a peer: greeting, then READY, of ZMTP 3.0.
func connect(t *testing.T, endpoint string) *raw {
	t.Helper()
	c := dial(t, endpoint)
	var greeting [64]byte
	copy(greeting[:], "\xff\x00\x00\x00\x00\x00\x00\x00\x01\x7f\x03\x00NULL")
	ready := "\x05READY\x0bSocket-Type\x00\x00\x00\x04PUSH"
	c.write(greeting[:])
	c.write(append([]byte{4, byte(len(ready))}, ready...))
	answer := make([]byte, 64+2)
	if _, err := io.ReadFull(c, answer); err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(io.Discard, c, int64(answer[65])); err != nil {
		t.Fatal(err)
	}
	return c
}

func (r *raw) write(b []byte) {
	r.t.Helper()
	if _, err := r.Write(b); err != nil {
		r.t.Fatal(err)
	}
}
