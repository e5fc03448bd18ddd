package zebus

import "time"

// Extensions are what a message carries beyond the envelope of Zebus. They travel in fields that peers of other
// implementations pass over, and only where there is something to say.
type Extensions struct {
	// TraceParent and TraceState say which trace the message belongs to, as in the W3C recommendation Trace Context.
	TraceParent string
	TraceState  string
	// TimeLeft is how long the sender of a command waits for the answer, counted from the sending; 0 means that it did not
	// say. It is a duration and no time of day, because clocks of two machines differ.
	TimeLeft time.Duration
}
