// Package persistence keeps messages for peers that are down.
//
// A service that is registered as persistent loses no message while it is away: whoever sends to it also sends a copy
// to the persistence, which stores the copy until the service acknowledges it with [MessageHandled]. When the service
// comes back it asks for what it missed with [StartMessageReplayCommand], and gets it in three phases: everything stored
// as [MessageReplayed], then [ReplayPhaseEnded], then what arrived in the meantime, until [SafetyPhaseEnded] says that
// from here on the live messages are all there is.
//
// The messages of this package are those that peers and the persistence exchange, and those with which people look
// after the store: counting, purging and removing what nobody acknowledged.
package persistence

//go:generate go run github.com/zebus-go/zebus/cmd/zebusgen
