package zmq

import "time"

// InConvoys makes the events of a transport that has just started wait for each other as soon as there are many, however
// slowly they come.
func (t *Transport) InConvoys() { t.run.Load().outbound.pace.within = time.Hour }
