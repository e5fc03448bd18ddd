// Package worker runs the parts of contenders in processes of their own, and tells them what to do.
//
// A worker is this same program again. It gets orders on its standard input, one at a time, and answers each on its
// standard output; when its input ends, so does it.
package worker

import (
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/zebus-go/zebus/bench/contender"
)

// A Worker is a process, as seen by the one that gives orders. Its methods are called by one goroutine at a time, and
// each waits until the order is carried out.
type Worker struct {
	Name    string
	Address string        // of its part
	Took    time.Duration // until its part was ready

	command *exec.Cmd
	input   io.WriteCloser
	orders  *gob.Encoder
	answers *gob.Decoder
}

// Start runs the part of a contender in a new process, and returns when it is ready.
func Start(ctx context.Context, c contender.Contender, kind Kind, s contender.Setup) (*Worker, error) {
	executable, err := os.Executable()
	if err != nil {
		return nil, err
	}
	w := &Worker{Name: fmt.Sprintf("%s %s %d", c.Name, kind, s.Index)}
	w.command = exec.CommandContext(ctx, executable) //nolint:gosec // this program again
	w.command.Env = append(os.Environ(), environment+"=1")
	w.command.Stderr = os.Stderr
	out, err := w.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if w.input, err = w.command.StdinPipe(); err != nil {
		return nil, err
	}
	if err := w.command.Start(); err != nil {
		return nil, err
	}
	w.orders, w.answers = gob.NewEncoder(w.input), gob.NewDecoder(out)
	a, err := w.order(order{Do: doStart, Contender: c.Name, Kind: kind, Setup: s})
	if err != nil {
		return nil, errors.Join(err, w.Close())
	}
	w.Address, w.Took = a.Address, a.Elapsed
	return w, nil
}

// order gives an order and waits for the answer.
func (w *Worker) order(o order) (answer, error) {
	var a answer
	err := w.orders.Encode(o)
	if err == nil {
		err = w.answers.Decode(&a)
	}
	if err == nil && a.Err != "" {
		err = errors.New(a.Err)
	}
	if err != nil {
		return a, fmt.Errorf("%s: %s: %w", w.Name, o.Do, err)
	}
	return a, nil
}

// Expect tells a sink what will come.
func (w *Worker) Expect(count, bytes int) error {
	_, err := w.order(order{Do: doExpect, Load: Load{Count: count, Bytes: bytes}})
	return err
}

// Await waits until a sink has got what it expects.
func (w *Worker) Await() (contender.Reading, error) {
	a, err := w.order(order{Do: doAwait})
	return a.Reading, err
}

// Publish makes a source publish.
func (w *Worker) Publish(l Load) error {
	_, err := w.order(order{Do: doPublish, Load: l})
	return err
}

// Request makes a source send commands one after the other, and returns how long each took until its reply.
func (w *Worker) Request(count, bytes int) (contender.Latencies, error) {
	a, err := w.order(order{Do: doRequest, Load: Load{Count: count, Bytes: bytes}})
	return a.Latencies, err
}

// Ask makes a source send commands, with at most window of them under way, and returns how long all took.
func (w *Worker) Ask(count, bytes, window int) (time.Duration, error) {
	a, err := w.order(order{Do: doAsk, Load: Load{Count: count, Bytes: bytes, Window: window}})
	return a.Elapsed, err
}

// Usage returns what the process has used so far, after a collection of garbage.
func (w *Worker) Usage() (Usage, error) {
	a, err := w.order(order{Do: doUsage})
	return a.Usage, err
}

// Hang stops the process where it stands, as if it were stuck, until Resume.
func (w *Worker) Hang() error { return w.command.Process.Signal(syscall.SIGSTOP) }

// Resume lets a process go on that hangs.
func (w *Worker) Resume() error { return w.command.Process.Signal(syscall.SIGCONT) }

// Kill ends the process at once.
func (w *Worker) Kill() error {
	err := w.command.Process.Kill()
	_ = w.command.Wait() // says that it was killed
	return err
}

// Close lets the process end in good order and waits for it.
func (w *Worker) Close() error {
	err := errors.Join(w.input.Close(), w.command.Wait())
	if err != nil {
		return fmt.Errorf("%s: close: %w", w.Name, err)
	}
	return nil
}
