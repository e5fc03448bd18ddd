package host_test

import (
	"context"
	"fmt"
	"os"
	"syscall"

	"github.com/zebus-go/zebus/host"
)

// patient is a peer that has nothing to do; a *zebus.Bus is one that has.
type patient struct{}

func (patient) Start(context.Context) error { fmt.Println("start"); return nil }
func (patient) Stop(context.Context) error  { fmt.Println("stop"); return nil }

// Serve is what the usual main function does with a bus: it starts it, says that it is ready, and stops it when the
// process is asked to end. host.Run builds the bus as well.
func ExampleServe() {
	signals := make(chan os.Signal, 2) // nil in a program: those of the operating system
	err := host.Serve(context.Background(), patient{}, host.ServeOptions{
		Signals:  signals,
		Ready:    func() { fmt.Println("ready"); signals <- syscall.SIGTERM },
		Stopping: func() { fmt.Println("stopping") },
	})
	fmt.Println(err)
	// Output:
	// start
	// ready
	// stopping
	// stop
	// <nil>
}
