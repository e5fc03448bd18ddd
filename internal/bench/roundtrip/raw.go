//go:build cgo

package main

import (
	"context"
	"errors"
	"os"

	"github.com/pebbe/zmq4"
)

// A rawEnd is a PUSH and a PULL socket, and a frame to send.
type rawEnd struct {
	push, pull *zmq4.Socket
	at         string
	frame      []byte
}

func newRawEnd() (*rawEnd, error) {
	pull, err := zmq4.NewSocket(zmq4.PULL)
	if err != nil {
		return nil, err
	}
	push, err := zmq4.NewSocket(zmq4.PUSH)
	if err != nil {
		return nil, errors.Join(err, pull.Close())
	}
	r := &rawEnd{push: push, pull: pull}
	if err := errors.Join(push.SetLinger(0), pull.SetLinger(0), pull.Bind("tcp://127.0.0.1:*")); err != nil {
		return nil, errors.Join(err, r.close())
	}
	r.at, err = pull.GetLastEndpoint()
	return r, err
}

func dialRaw(_ context.Context, o options, remote string) (end, error) {
	r, err := newRawEnd()
	if err != nil {
		return nil, err
	}
	r.frame = make([]byte, o.bytes)
	return r, r.push.Connect(remote)
}

func (r *rawEnd) endpoint() string { return r.at }

func (r *rawEnd) trip(context.Context) error {
	if _, err := r.push.SendBytes(r.frame, 0); err != nil {
		return err
	}
	_, err := r.pull.RecvBytes(0)
	return err
}

func (r *rawEnd) close() error { return errors.Join(r.push.Close(), r.pull.Close()) }

func serveRaw(_ context.Context, _ options, ready func(string) (string, error)) error {
	r, err := newRawEnd()
	if err != nil {
		return err
	}
	remote, err := ready(r.at)
	if err != nil {
		return err
	}
	if err := r.push.Connect(remote); err != nil {
		return err
	}
	go func() {
		orphaned()
		os.Exit(0) // the loop waits inside libzmq, and there is nothing to lose
	}()
	for {
		frame, err := r.pull.RecvBytes(0)
		if err != nil {
			return err
		}
		if _, err := r.push.SendBytes(frame, 0); err != nil {
			return err
		}
	}
}
