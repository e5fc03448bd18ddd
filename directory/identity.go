package directory

import (
	"strconv"
	"strings"

	"github.com/zebus-go/zebus/zebus"
)

// Service is what the IDs of all directory peers have in common.
const Service = "Abc.Zebus.DirectoryService"

// PeerID returns the ID of the directory with a position, from 0, in the list of endpoints of every peer. A directory
// that runs under another ID works, but costs every peer a second connection and a long stop.
func PeerID(position int) zebus.PeerID {
	return zebus.PeerID(Service + "." + strconv.Itoa(position))
}

// hostOf returns the host of an endpoint in lower case: hosts are compared without regard to case.
func hostOf(endpoint string) string {
	_, address, found := strings.Cut(endpoint, "://")
	if !found {
		address = endpoint
	}
	if colon := strings.LastIndexByte(address, ':'); colon >= 0 {
		address = address[:colon]
	}
	return strings.ToLower(address)
}
