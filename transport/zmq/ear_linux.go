//go:build cgo && !onereceiver

package zmq

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// An ear is where goroutines wait for a socket of libzmq to become readable. Several may wait; what comes wakes one of
// them, and then nobody until somebody listens again. A socket may have several ears, of which one listens at a time:
// so the wait passes from one goroutine to another without waking either.
//
// libzmq tells through an eventfd that something happened since somebody found nothing. So whoever listens has found
// nothing after whoever listened before.
type ear struct {
	epoll  int // 0 while it is not open
	socket int // the descriptor of libzmq

	mu      sync.Mutex // orders call and close
	calling int        // an eventfd
}

func (e *ear) open(socket int) (err error) {
	e.socket = socket
	if e.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return fmt.Errorf("epoll: %w", err)
	}
	if e.calling, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		return fmt.Errorf("eventfd: %w", err)
	}
	return errors.Join(
		e.control(unix.EPOLL_CTL_ADD, e.socket, 0),
		e.control(unix.EPOLL_CTL_ADD, e.calling, unix.EPOLLIN|unix.EPOLLET), // so that nobody need read it
	)
}

func (e *ear) control(op, descriptor int, events uint32) error {
	event := unix.EpollEvent{Events: events, Fd: int32(descriptor)}
	if err := unix.EpollCtl(e.epoll, op, descriptor, &event); err != nil {
		return fmt.Errorf("epoll: %w", err)
	}
	return nil
}

// listen makes the next event of the socket, or one that is there already, wake somebody who waits.
func (e *ear) listen() error {
	return e.control(unix.EPOLL_CTL_MOD, e.socket, unix.EPOLLIN|unix.EPOLLONESHOT)
}

// ignore undoes listen.
func (e *ear) ignore() error { return e.control(unix.EPOLL_CTL_MOD, e.socket, 0) }

// wait returns when the socket has something, which it reports; after a call; or when the time is over.
func (e *ear) wait(limit time.Duration) (heard bool, err error) {
	var events [1]unix.EpollEvent
	n, err := unix.EpollWait(e.epoll, events[:], int(limit.Milliseconds()))
	if err != nil && !errors.Is(err, unix.EINTR) {
		return false, fmt.Errorf("epoll: %w", err)
	}
	return n > 0 && int(events[0].Fd) == e.socket, nil
}

// call ends one wait: one there is, or else the next.
func (e *ear) call() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.calling != 0 {
		_, _ = unix.Write(e.calling, []byte{1, 0, 0, 0, 0, 0, 0, 0}) // fails only after 2^64 calls
	}
}

func (e *ear) close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	var err error
	for _, descriptor := range []*int{&e.epoll, &e.calling} {
		if *descriptor != 0 {
			err = errors.Join(err, unix.Close(*descriptor))
			*descriptor = 0
		}
	}
	return err
}
