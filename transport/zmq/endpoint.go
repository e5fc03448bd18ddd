package zmq

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// An Endpoint is where a peer listens.
type Endpoint struct {
	Host string // a name or an IPv4 address; "*" is this machine by whatever name
	Port string // digits; "*" is a port of libzmq's choice
}

// AnyHost says whether the host is left open.
func (e Endpoint) AnyHost() bool { return e.Host == "*" }

// AnyPort says whether the port is left open.
func (e Endpoint) AnyPort() bool { return e.Port == "*" }

// String returns tcp://host:port.
func (e Endpoint) String() string { return scheme + e.Host + ":" + e.Port }

// MachineName returns the host without its domain.
func (e Endpoint) MachineName() string {
	name, _, _ := strings.Cut(e.Host, ".")
	return name
}

const scheme = "tcp://"

// ParseEndpoint reads tcp://host:port with an optional "/" at the end; case does not matter. The host is "*" or made
// of letters, digits and "_.-", the port is "*" or digits of any number. There is no other scheme and no IPv6.
func ParseEndpoint(s string) (Endpoint, error) {
	e, ok := splitEndpoint(s)
	if !ok || !e.wellFormed() {
		return Endpoint{}, fmt.Errorf("endpoint %q: want tcp://host:port, where host and port may be *", s)
	}
	return e, nil
}

// splitEndpoint takes an endpoint apart without looking at its parts.
func splitEndpoint(s string) (Endpoint, bool) {
	if len(s) < len(scheme) || !strings.EqualFold(s[:len(scheme)], scheme) {
		return Endpoint{}, false
	}
	host, port, ok := strings.Cut(strings.TrimSuffix(s[len(scheme):], "/"), ":")
	return Endpoint{Host: host, Port: port}, ok
}

func (e Endpoint) wellFormed() bool {
	return (e.AnyHost() || madeOf(e.Host, isHostByte)) && (e.AnyPort() || madeOf(e.Port, isDigit))
}

// number returns the port, a very large one for one that is none.
func (e Endpoint) number() int {
	n, err := strconv.ParseUint(e.Port, 10, 32)
	if err != nil {
		return math.MaxInt32
	}
	return int(min(n, math.MaxInt32))
}

// reachable returns why nobody can connect to e.
func (e Endpoint) reachable() error {
	if n := e.number(); e.AnyHost() || n < 1 || n > math.MaxUint16 {
		return fmt.Errorf("endpoint %q is none to connect to", e)
	}
	return nil
}

// parseAdvertised is ParseEndpoint for what may come without its scheme.
func parseAdvertised(s string) (Endpoint, error) {
	if !strings.Contains(s, "://") {
		s = scheme + s
	}
	return ParseEndpoint(s)
}

func madeOf(s string, allowed func(byte) bool) bool {
	for i := range len(s) {
		if !allowed(s[i]) {
			return false
		}
	}
	return s != ""
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

func isHostByte(b byte) bool {
	return isDigit(b) || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || b == '_' || b == '.' || b == '-'
}
