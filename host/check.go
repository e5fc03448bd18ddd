package host

import (
	"net/netip"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/zebus-go/zebus/transport/zmq"
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
	case "policy":
		return checkPolicy(v.String())
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

func checkInbound(endpoint string) error {
	e, err := zmq.ParseEndpoint(endpoint)
	if err != nil {
		return invalid("%q is no endpoint, want \"tcp://host:port\", where host and port may be \"*\"", endpoint)
	}
	return checkPort(e, 0)
}

// checkPort accepts ports from lowest on, and "*"; zero lets the system choose too.
func checkPort(e zmq.Endpoint, lowest uint64) error {
	if n := digits(e.Port); !e.AnyPort() && (n < lowest || n > 65535) {
		return invalid("port %s is not between %d and 65535", e.Port, lowest)
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
	e, err := zmq.ParseEndpoint(endpoint)
	if err != nil || e.AnyHost() || e.AnyPort() || strings.HasSuffix(endpoint, "/") {
		return invalid("%q is no endpoint to connect to, want \"tcp://host:port\"", endpoint)
	}
	return checkPort(e, 1)
}

// checkAdvertised accepts an address with or without the scheme. Its port may be the one that
// was bound.
func checkAdvertised(address string) error {
	if address == "" {
		return nil
	}
	endpoint := address
	if !strings.Contains(address, "://") {
		endpoint = "tcp://" + address
	}
	e, err := zmq.ParseEndpoint(endpoint)
	if err != nil || e.AnyHost() || strings.HasSuffix(address, "/") {
		return invalid("%q is no address to advertise, want \"host:port\", where port may be \"*\"", address)
	}
	return checkPort(e, 1)
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
	if d.Int()%int64(time.Second) != 0 {
		return invalid("%v is no number of whole seconds", d)
	}
	return nil
}
