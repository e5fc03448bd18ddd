// Package registry knows who is on the bus and who wants what: the state that a directory client keeps of all peers,
// and that a directory server looks into for its own publications.
//
// A [Registry] is a state machine without goroutine, clock or network. Updates say what a directory event says, apply
// the rules about timestamps, and return what became of it; they exclude each other. Lookups take no lock: an update
// builds new versions of the parts it changes, shares the rest with the version before, and publishes them in
// one step, so that a lookup sees the subscriptions to a type before an update or after it, never in between.
//
// Subscriptions live in one tree for each message type, with a level for each position of a binding key.
package registry
