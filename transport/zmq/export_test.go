package zmq

import "time"

// InConvoys returns c for a transport whose events wait for each other as soon as there are many, however slowly they come.
func (c Config) InConvoys() Config {
	c.fast = time.Hour
	return c
}
