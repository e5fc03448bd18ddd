//go:build cgo

package zmq_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zebus-go/zebus/transport/zmq"
	"github.com/zebus-go/zebus/zebus"
)

// childEndpoint is set in the processes that tests start, which are this program: it says where to listen.
const childEndpoint = "ZEBUS_TEST_CHILD_ENDPOINT"

// A childPeer is the bus of such a process. It writes the number of every message it receives to its standard output,
// which outlives it, and now and then sends something back.
type childPeer struct {
	transport *zmq.Transport
	self      zebus.Originator
	ids       *zebus.MessageIDSource
	out       *bufio.Writer
	received  int
}

// runChild is the whole of such a process. It ends when its standard input does.
func runChild(endpoint string) error {
	t, err := zmq.New(zmq.Config{InboundEndpoint: endpoint})
	if err != nil {
		return err
	}
	c := &childPeer{transport: t, ids: zebus.NewMessageIDSource(nil), out: bufio.NewWriter(os.Stdout)}
	c.self.SenderID = zebus.PeerID(os.Getenv(childID))
	at, err := t.Start(context.Background(), zebus.Self{ID: c.self.SenderID, Environment: "Test"}, c)
	if err != nil {
		return err
	}
	c.self.SenderEndpoint = at
	if _, err := fmt.Fprintln(os.Stdout, at); err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
	return t.Stop(context.Background())
}

const childID = "ZEBUS_TEST_CHILD_ID"

func (c *childPeer) Receive(batch []zebus.TransportMessage) {
	for i := range batch {
		_, _ = c.out.Write(batch[i].Content[:8])
		if c.received++; c.received%1000 == 0 {
			_ = c.transport.Send(zebus.Delivery{
				Message: &zebus.TransportMessage{ID: c.ids.Next(), Type: "Test.Alive", Originator: c.self},
				To:      []zebus.Peer{batch[i].Originator.Sender()},
			})
		}
	}
	_ = c.out.Flush()
}

func (*childPeer) SendFailed(zebus.MessageID, zebus.PeerID, error) {}

func (*childPeer) SendUncertain(zebus.PeerID, int, error) {}

// A child is a peer in a process of its own.
type child struct {
	peer    zebus.Peer
	process *exec.Cmd
	stdin   io.Closer
	reader  sync.WaitGroup

	mu      sync.Mutex
	handled []uint64 // the numbers of the messages it received
}

// startChild starts a process that listens at the endpoint, and waits until it does.
func startChild(t *testing.T, id zebus.PeerID, endpoint string) *child {
	t.Helper()
	c := &child{process: exec.Command(os.Args[0])}
	c.process.Env = append(os.Environ(), childEndpoint+"="+endpoint, childID+"="+string(id))
	c.process.Stderr = os.Stderr
	stdin, err := c.process.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := c.process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.process.Start(); err != nil {
		t.Fatal(err)
	}
	c.stdin = stdin
	out := bufio.NewReaderSize(stdout, 1<<16)
	at, err := out.ReadString('\n')
	if err != nil {
		t.Fatalf("child %s does not start: %v", id, err)
	}
	c.peer = zebus.Peer{ID: id, Endpoint: strings.TrimSpace(at), Up: true, Responding: true}
	c.reader.Go(func() { c.read(out) })
	return c
}

// read notes what the child says until it says no more.
func (c *child) read(out io.Reader) {
	var number [8]byte
	for {
		if _, err := io.ReadFull(out, number[:]); err != nil {
			return
		}
		c.mu.Lock()
		c.handled = append(c.handled, binary.BigEndian.Uint64(number[:]))
		c.mu.Unlock()
	}
}

// kill ends the process as a power failure would, and returns when everything it said has been read.
func (c *child) kill(t *testing.T) {
	t.Helper()
	if err := c.process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	c.reader.Wait()
	_ = c.process.Wait() // says that it was killed
}

// end lets the process stop by itself.
func (c *child) end(t *testing.T) {
	t.Helper()
	timer := time.AfterFunc(patience, func() { _ = c.process.Process.Kill() })
	defer timer.Stop()
	_ = c.stdin.Close()
	c.reader.Wait()
	if err := c.process.Wait(); err != nil {
		t.Errorf("child %s: %v", c.peer.ID, err)
	}
}
