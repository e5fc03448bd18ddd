//go:build cgo

package zmq_test

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/zebus-go/zebus/transport/zmq"
	"github.com/zebus-go/zebus/zebus"
)

// A server is a bus whose handlers run where its transport receives.
type server struct {
	*recorder
	handle func(m zebus.TransportMessage)
}

func (s server) ReceiveHere(batch []zebus.TransportMessage) (handlers func()) {
	if len(batch) > 1 {
		s.Receive(batch)
		return nil
	}
	m := batch[0]
	return func() {
		s.handle(m)
		s.Receive([]zebus.TransportMessage{m})
	}
}

func TestHandlersWhereMessagesAreReceived(t *testing.T) {
	t.Run("those that wait keep nobody from receiving", func(t *testing.T) {
		goOn := make(chan struct{})
		started := make(chan string, 10)
		s, c := startServer(t, func(m zebus.TransportMessage) {
			started <- string(m.Content)
			<-goOn
		})
		for i := range 10 { // one at a time, or they would come as a batch
			want := string(rune('a' + i))
			c.send(t, want, s.peer())
			if got := <-started; got != want {
				t.Fatalf("handler of %q started, want %q", got, want)
			}
		}
		close(goOn)
		s.received(t, 10)
	})
	t.Run("one that ends its goroutine takes none from those who receive", func(t *testing.T) {
		s, c := startServer(t, func(m zebus.TransportMessage) {
			if string(m.Content) == "exit" {
				runtime.Goexit()
			}
		})
		for range 5 {
			c.send(t, "exit", s.peer())
			c.send(t, "stay", s.peer())
		}
		s.await(t, "the others", func() bool { return len(s.messages) >= 5 })
	})
	t.Run("the transport stops while one waits", func(t *testing.T) {
		goOn, started := make(chan struct{}), make(chan struct{})
		s, c := startServer(t, func(zebus.TransportMessage) {
			close(started)
			<-goOn
		})
		c.send(t, "wait", s.peer())
		<-started
		s.stop(t)
		close(goOn)
		s.received(t, 1)
	})
	t.Run("one that runs inline and ends its goroutine takes none from those who receive", func(t *testing.T) {
		s, c := startNode(t, "Test.Server.0", quick()), startNode(t, "Test.Client.0", quick())
		s.onReceive = func(batch []zebus.TransportMessage) {
			if string(batch[0].Content) == "exit" {
				runtime.Goexit()
			}
		}
		c.send(t, "exit", s.peer())
		s.received(t, 1)
		c.send(t, "stay", s.peer())
		s.received(t, 2)
	})
}

// What was overlooked would wait until something else comes, or the time is over, which is longer than the test has.
func TestNothingIsOverlooked(t *testing.T) {
	const senders, bursts = 3, 150
	s := newNode(t, "Test.Server.0", patient())
	endpoint, err := s.Start(t.Context(), s.self, server{s.recorder, func(zebus.TransportMessage) {}})
	if err != nil {
		t.Fatal(err)
	}
	s.endpoint = endpoint
	t.Cleanup(func() { s.stop(t) })
	nodes := make([]*node, senders)
	for i := range nodes {
		nodes[i] = startNode(t, zebus.PeerID(fmt.Sprint("Test.Client.", i)), quick())
	}
	sent := 0
	for burst := range bursts { // of 1 to 300 messages: less than a batch, and more
		size := 1 + burst*burst*300/(bursts*bursts)
		var all sync.WaitGroup
		for _, n := range nodes {
			all.Go(func() {
				for range size {
					n.send(t, "message", s.peer())
				}
			})
		}
		all.Wait()
		sent += senders * size
		s.received(t, sent)
	}
}

func TestHelp(t *testing.T) {
	t.Run("receives on the goroutine that waits", func(t *testing.T) {
		s, c := startNode(t, "Test.Server.0", quick()), startNode(t, "Test.Client.0", quick())
		for n := range 100 {
			done := make(chan struct{})
			c.mu.Lock()
			c.onReceive = func([]zebus.TransportMessage) { close(done) }
			c.mu.Unlock()
			s.send(t, "answer", c.peer())
			help(t.Context(), t, c, done)
			select {
			case <-done:
			default: // the crew was faster, or the time was over
				c.received(t, n+1)
			}
		}
	})
	t.Run("overlooks none of many answers", func(t *testing.T) {
		c := startNode(t, "Test.Client.0", patient())
		var s *node
		s, _ = startServer(t, func(zebus.TransportMessage) { s.send(t, "answer", c.peer()) })
		for range 2000 {
			done := make(chan struct{})
			c.mu.Lock()
			c.onReceive = func([]zebus.TransportMessage) {
				close(done)
				c.Nudge() // it may be the crew that receives it
			}
			c.mu.Unlock()
			c.send(t, "question", s.peer())
			help(t.Context(), t, c, done)
			<-done
		}
	})
	t.Run("ends when somebody else has what is waited for", func(t *testing.T) {
		c := startNode(t, "Test.Client.0", patient())
		for range 100 {
			done := make(chan struct{})
			var other sync.WaitGroup
			other.Go(func() {
				close(done)
				c.Nudge()
			})
			help(t.Context(), t, c, done)
			other.Wait()
		}
	})
	t.Run("ends with its context", func(t *testing.T) {
		c := startNode(t, "Test.Client.0", patient())
		for range 100 {
			ctx, cancel := context.WithCancel(t.Context())
			go cancel()
			help(ctx, t, c, nil)
		}
	})
	t.Run("ends when the transport stops, and cannot be given after", func(t *testing.T) {
		c := startNode(t, "Test.Client.0", patient())
		var other sync.WaitGroup
		other.Go(func() { help(t.Context(), t, c, nil) })
		c.stop(t)
		other.Wait()
		help(t.Context(), t, c, nil)
		c.Nudge()
	})
	t.Run("is given by one at a time, and the others wait elsewhere", func(t *testing.T) {
		c := startNode(t, "Test.Client.0", patient())
		ended := make(chan struct{}, 2)
		done := make(chan struct{})
		for range 2 {
			go func() {
				help(t.Context(), t, c, done)
				ended <- struct{}{}
			}()
		}
		<-ended // the one that was refused
		close(done)
		c.Nudge()
		<-ended
	})
	t.Run("leaves the socket to the crew", func(t *testing.T) {
		s, c := startNode(t, "Test.Server.0", quick()), startNode(t, "Test.Client.0", patient())
		for n := range 50 {
			done := make(chan struct{})
			close(done)
			help(t.Context(), t, c, done)
			s.send(t, "later", c.peer())
			c.received(t, n+1)
		}
	})
}

// patient is a configuration with which a wait that nobody ends is noticed: it takes more than the patience of a test.
func patient() zmq.Config {
	cfg := quick()
	cfg.ReceiveTimeout = 3 * patience
	return cfg
}

// help helps, and fails the test when that takes until the time is over.
func help(ctx context.Context, t *testing.T, c *node, done <-chan struct{}) {
	t.Helper()
	began := time.Now()
	c.Help(ctx, done)
	if took := time.Since(began); took > patience {
		t.Errorf("Help took %v", took)
	}
}

// startServer starts a node with handlers, and one that sends to it.
func startServer(t *testing.T, handle func(zebus.TransportMessage)) (s, c *node) {
	t.Helper()
	s = newNode(t, "Test.Server.0", patient())
	endpoint, err := s.Start(t.Context(), s.self, server{s.recorder, handle})
	if err != nil {
		t.Fatal(err)
	}
	s.endpoint = endpoint
	t.Cleanup(func() { s.stop(t) })
	return s, startNode(t, "Test.Client.1", quick())
}
