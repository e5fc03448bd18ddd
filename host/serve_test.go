package host_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zebus-go/zebus/host"
)

// peer is a bus whose start and stop do what the test says, and that notes what was called.
type peer struct {
	start, stop func(ctx context.Context) error

	mu struct {
		sync.Mutex
		calls []string
	}
}

func (p *peer) called(what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mu.calls = append(p.mu.calls, what)
}

func (p *peer) calls() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.mu.calls, " ")
}

func (p *peer) Start(ctx context.Context) error {
	p.called("start")
	return p.start(ctx)
}

func (p *peer) Stop(ctx context.Context) error {
	p.called("stop")
	return p.stop(ctx)
}

func succeed(context.Context) error { return nil }

// untilCancelled is a step that goes on until its context ends.
func untilCancelled(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

// slow is a step that takes a minute whatever its context says.
func slow(context.Context) error {
	<-time.After(time.Minute)
	return nil
}

// How a peer ends, by what happens while it runs. After says how long it takes from the last
// thing that happens until Serve returns. What a second signal leaves behind must end too, or the
// bubble fails the test.
func TestServe(t *testing.T) {
	t.Parallel()
	broken := errors.New("the port is in use")
	tests := map[string]struct {
		start, stop func(context.Context) error
		happens     string // s an interrupt, t SIGTERM, c the end of the context, p a pause
		want        error
		after       time.Duration
		calls       string
	}{
		"the context ends, the peer stops":                            {succeed, succeed, "c", nil, 0, "start ready stopping stop"},
		"a signal stops the peer":                                     {succeed, succeed, "s", nil, 0, "start ready stopping stop"},
		"a stop that takes a while is waited for":                     {succeed, sleep(20 * time.Second), "s", nil, 20 * time.Second, "start ready stopping stop"},
		"a second signal ends a stop at once":                         {succeed, slow, "ss", host.ErrKilled, 0, "start ready stopping stop"},
		"a signal behind the end of the context is the first one":     {succeed, sleep(20 * time.Second), "cs", nil, 20 * time.Second, "start ready stopping stop"},
		"a second signal behind the end of the context ends the stop": {succeed, slow, "css", host.ErrKilled, 0, "start ready stopping stop"},
		"a stop that takes too long is given up":                      {succeed, untilCancelled, "s", host.ErrStopTimeout, host.DefaultStopTimeout, "start ready stopping stop"},
		"an error of the stop is returned":                            {succeed, fail(broken), "s", broken, 0, "start ready stopping stop"},
		"a start that fails is not stopped":                           {fail(broken), succeed, "", broken, 0, "start"},
		"a signal interrupts a start":                                 {untilCancelled, succeed, "s", host.ErrInterrupted, 0, "start"},
		"the end of the context interrupts a start":                   {untilCancelled, succeed, "c", host.ErrInterrupted, 0, "start"},
		"a second signal ends a start that does not listen":           {slow, succeed, "ss", host.ErrKilled, 0, "start"},
		"SIGTERM that is sent twice is one request":                   {succeed, sleep(20 * time.Second), "tt", nil, 20 * time.Second, "start ready stopping stop"},
		"also behind the end of the context":                          {succeed, sleep(20 * time.Second), "ctt", nil, 20 * time.Second, "start ready stopping stop"},
		"a later SIGTERM is a second one":                             {succeed, slow, "tpt", host.ErrKilled, 0, "start ready stopping stop"},
		"and so is an interrupt, however early":                       {succeed, slow, "tts", host.ErrKilled, 0, "start ready stopping stop"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := &peer{start: tc.start, stop: tc.stop}
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				signals := make(chan os.Signal)
				served := make(chan error, 1)
				options := host.ServeOptions{Signals: signals, Ready: p.ready, Stopping: p.stopping}
				go func() { served <- host.Serve(ctx, p, options) }()
				happen(tc.happens, cancel, signals)
				begin := time.Now()
				if err := <-served; !errors.Is(err, tc.want) {
					t.Errorf("Serve = %v, want %v", err, tc.want)
				}
				if took := time.Since(begin); took != tc.after {
					t.Errorf("Serve took %v, want %v", took, tc.after)
				}
				if got := p.calls(); got != tc.calls {
					t.Errorf("called %s, want %s", got, tc.calls)
				}
				<-time.After(2 * time.Minute) // no time passes any more once this function has returned
			})
		})
	}
}

func (p *peer) ready() { p.called("ready") }

func (p *peer) stopping() { p.called("stopping") }

func fail(err error) func(context.Context) error { return func(context.Context) error { return err } }

// sleep is a step that takes so long, if its context lets it.
func sleep(d time.Duration) func(context.Context) error {
	return func(ctx context.Context) error {
		select {
		case <-time.After(d):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func happen(script string, cancel func(), signals chan<- os.Signal) {
	for _, what := range script {
		synctest.Wait()
		switch what {
		case 'c':
			cancel()
		case 's':
			signals <- os.Interrupt
		case 't':
			signals <- syscall.SIGTERM
		case 'p':
			<-time.After(100 * time.Millisecond)
		}
	}
}

func TestServeReportsWhatStillRuns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hung := func(ctx context.Context) error {
			<-ctx.Done()
			return errors.Join(ctx.Err(), errors.New("handlers still run: PlaceOrder"))
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := host.Serve(ctx, &peer{start: succeed, stop: hung}, host.ServeOptions{StopTimeout: time.Second})
		if !errors.Is(err, host.ErrStopTimeout) || !strings.Contains(err.Error(), "PlaceOrder") {
			t.Errorf("Serve = %v, want ErrStopTimeout and the handler", err)
		}
	})
}

// Without a channel of its own Serve listens to the operating system.
func TestServeHearsTheOperatingSystem(t *testing.T) {
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		p := &peer{start: succeed, stop: succeed}
		ready := func() {
			if err := self.Signal(signal); err != nil {
				t.Error(err)
			}
		}
		if err := host.Serve(t.Context(), p, host.ServeOptions{Ready: ready}); err != nil {
			t.Errorf("Serve until %v = %v", signal, err)
		}
	}
}
