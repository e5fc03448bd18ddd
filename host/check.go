package host

import (
	"net/netip"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// checkNamed runs the further check that a tag names on a value of that setting.
func checkNamed(name string, v reflect.Value) error {
	switch name {
	case "peer":
		return checkPeer(v.String())
	case "inbound":
		return checkInbound(v.String())
	case "remote":
		return checkRemotes(v)
	case "advertised":
		return checkAdvertised(v.String())
	case "bind":
		return checkBind(v.String())
	case "store":
		return checkStore(v.String())
	case "seconds":
		return checkSeconds(v)
	default:
		panic("host: no check is called " + strconv.Quote(name)) //nolint:forbidigo // this program is wrong
	}
}

// checkPeer accepts what stays one word in logs and lists.
func checkPeer(id string) error {
	odd := func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }
	if strings.ContainsFunc(id, odd) {
		return invalid("%q is no peer id, want for example \"Acme.Echo.0\" without spaces", id)
	}
	return nil
}

// endpointForm is the grammar of wire.md 1.3. No IPv6, no scheme but tcp.
var endpointForm = regexp.MustCompile(`(?i)^tcp://(\*|[0-9a-z_.-]+):(\*|[0-9]+)/?$`)

// splitEndpoint returns host and port of an endpoint; either may be "*".
func splitEndpoint(endpoint string) (host, port string, ok bool) {
	parts := endpointForm.FindStringSubmatch(endpoint)
	if parts == nil {
		return "", "", false
	}
	return parts[1], parts[2], true
}

func checkInbound(endpoint string) error {
	_, port, ok := splitEndpoint(endpoint)
	if !ok {
		return invalid("%q is no endpoint, want \"tcp://host:port\", where host and port may be \"*\"", endpoint)
	}
	if port == "*" {
		return nil
	}
	return checkPort(port, 0)
}

// checkPort accepts ports from lowest on; zero lets the system choose.
func checkPort(port string, lowest uint64) error {
	if n := digits(port); n < lowest || n > 65535 {
		return invalid("port %s is not between %d and 65535", port, lowest)
	}
	return nil
}

// checkRemotes accepts endpoints that can be connected to.
func checkRemotes(endpoints reflect.Value) error {
	for _, endpoint := range endpoints.Seq2() {
		if err := checkRemote(endpoint.String()); err != nil {
			return err
		}
	}
	return nil
}

func checkRemote(endpoint string) error {
	host, port, ok := splitEndpoint(endpoint)
	if !ok || host == "*" || port == "*" || strings.HasSuffix(endpoint, "/") {
		return invalid("%q is no endpoint to connect to, want \"tcp://host:port\"", endpoint)
	}
	return checkPort(port, 1)
}

func checkAdvertised(address string) error {
	if address == "" {
		return nil
	}
	if checkRemote("tcp://"+address) != nil {
		return invalid("%q is no address to advertise, want \"host:port\"", address)
	}
	return nil
}

func checkBind(address string) error {
	ip, err := netip.ParseAddr(address)
	if address != "*" && (err != nil || !ip.Is4()) {
		return invalid("%q is no address to bind, want \"*\" or an IPv4 address of this machine", address)
	}
	return nil
}

func checkStore(name string) error {
	if name != "memory" {
		return invalid("%q is no store, want \"memory\"", name)
	}
	return nil
}

// checkSeconds accepts what libzmq can be told: it takes these times in seconds.
func checkSeconds(d reflect.Value) error {
	if d.Int()%int64(1e9) != 0 {
		return invalid("%v is no number of whole seconds", d)
	}
	return nil
}
