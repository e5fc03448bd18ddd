package worker

import (
	"time"

	"github.com/zebus-go/zebus/bench/contender"
)

// environment is the variable by which a process knows that it is a worker.
const environment = "ZEBUS_BENCH_WORKER"

// A Kind is which part of a contender runs in a process.
type Kind string

// The kinds of parts.
const (
	Broker Kind = "broker"
	Sink   Kind = "sink"
	Source Kind = "source"
)

// A Load is what a source shall send.
type Load struct {
	Event     string // a name in package messages; empty means the plain event
	Count     int
	Bytes     int  // of each body
	Window    int  // how many commands may be under way
	PerSecond int  // events; 0 means as many as go
	Stamped   bool // events say when they were sent
	Hung      bool // a peer takes nothing, and that is no error
}

// What can be ordered.
const (
	doStart   = "start"
	doExpect  = "expect"
	doAwait   = "await"
	doPublish = "publish"
	doRequest = "request"
	doAsk     = "ask"
	doUsage   = "usage"
)

// An order is what a worker is told.
type order struct {
	Do        string
	Contender string
	Kind      Kind
	Setup     contender.Setup
	Load      Load
}

// An answer is what it says when it has obeyed.
type answer struct {
	Err       string
	Address   string
	Reading   contender.Reading
	Latencies contender.Latencies
	Elapsed   time.Duration
	Usage     Usage
}
