// Bench measures the bus beside its references, in one run on one machine: every part in a process of its own, over
// loopback TCP.
//
//	go run . -quick                                   does everything work? takes seconds
//	go run . -scenarios "one to one" -sizes 100       one scenario, for tuning
//	go run .                                          everything
//
// docs/performance.md has the method and the results.
package main
