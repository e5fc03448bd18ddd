//go:build cgo

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// A pair is this process's end of a contestant and the process at the other.
type pair struct {
	end
	command *exec.Cmd
	stop    io.Closer // the standard input of the process; it ends when that does
}

// spawn starts the other end of a contestant and connects the two.
func spawn(ctx context.Context, c contestant, o options) (*pair, error) {
	executable, err := os.Executable()
	if err != nil {
		return nil, err
	}
	arguments := []string{"-serve", c.name, "-bytes", strconv.Itoa(o.bytes), "-text", strconv.Itoa(o.text)}
	command := exec.CommandContext(ctx, executable, arguments...) //nolint:gosec // this program again
	command.Stderr = os.Stderr
	in, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	p := &pair{command: command, stop: in}
	if err := p.connect(ctx, c, o, in, out); err != nil {
		return nil, errors.Join(err, in.Close(), command.Wait())
	}
	return p, nil
}

// connect exchanges endpoints: a line each.
func (p *pair) connect(ctx context.Context, c contestant, o options, in io.Writer, out io.Reader) error {
	remote, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return fmt.Errorf("the other process says nothing: %w", err)
	}
	if p.end, err = c.dial(ctx, o, strings.TrimSpace(remote)); err != nil {
		return err
	}
	_, err = fmt.Fprintln(in, p.endpoint())
	return err
}

func (p *pair) close() error {
	return errors.Join(p.end.close(), p.stop.Close(), p.command.Wait())
}

// serve is the other end of the contestant that the options name.
func serve(ctx context.Context, o options) error {
	for _, c := range contestants() {
		if c.name == o.serve {
			return c.serve(ctx, o, exchange)
		}
	}
	return fmt.Errorf("roundtrip: no contestant is called %q", o.serve)
}

// exchange tells the first process where this one listens, and returns where that one does.
func exchange(endpoint string) (remote string, err error) {
	fmt.Println(endpoint)
	remote, err = bufio.NewReader(os.Stdin).ReadString('\n')
	return strings.TrimSpace(remote), err
}

// orphaned waits until the first process closes our standard input, or is gone.
func orphaned() { _, _ = io.Copy(io.Discard, os.Stdin) }
