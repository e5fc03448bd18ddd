package contender

import "errors"

// overlap sends n commands and takes their replies, with at most window of them under way. Sending has a goroutine of its
// own: where both ends only wrote until they are done, the buffers between them would fill up and both wait for ever.
// idle is called before sending waits for replies.
func overlap(n, window int, send, idle, receive func() error) error {
	slots, over, sent := make(chan struct{}, window), make(chan struct{}), make(chan error, 1)
	go func() { sent <- sendAll(n, slots, over, send, idle) }() // overlap waits for it
	for range n {
		if err := receive(); err != nil {
			close(over)
			return errors.Join(err, <-sent)
		}
		<-slots
	}
	return <-sent
}

func sendAll(n int, slots chan<- struct{}, over <-chan struct{}, send, idle func() error) error {
	for range n {
		select {
		case slots <- struct{}{}:
		default:
			if err := idle(); err != nil {
				return err
			}
			select {
			case slots <- struct{}{}:
			case <-over:
				return nil
			}
		}
		if err := send(); err != nil {
			return err
		}
	}
	return idle()
}
