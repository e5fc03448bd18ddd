package zmq_test

import (
	"strings"
	"testing"

	"github.com/zebus-go/zebus/internal/vectors"
	"github.com/zebus-go/zebus/transport/zmq"
)

func TestParseEndpoint(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		text string
		want zmq.Endpoint
		ok   bool
	}{
		"host and port":               {"tcp://some.host-1_x:4000", zmq.Endpoint{Host: "some.host-1_x", Port: "4000"}, true},
		"both left open":              {"tcp://*:*", zmq.Endpoint{Host: "*", Port: "*"}, true},
		"an address":                  {"tcp://10.0.0.1:*", zmq.Endpoint{Host: "10.0.0.1", Port: "*"}, true},
		"a slash at the end":          {"tcp://host:1/", zmq.Endpoint{Host: "host", Port: "1"}, true},
		"any case":                    {"TCP://Host:1", zmq.Endpoint{Host: "Host", Port: "1"}, true},
		"a port of any size":          {"tcp://host:99999999999", zmq.Endpoint{Host: "host", Port: "99999999999"}, true},
		"two slashes at the end":      {"tcp://host:1//", zmq.Endpoint{}, false},
		"another scheme":              {"ipc://host:1", zmq.Endpoint{}, false},
		"no scheme":                   {"host:1", zmq.Endpoint{}, false},
		"no port":                     {"tcp://host", zmq.Endpoint{}, false},
		"an empty port":               {"tcp://host:", zmq.Endpoint{}, false},
		"an empty host":               {"tcp://:1", zmq.Endpoint{}, false},
		"an IPv6 address":             {"tcp://[::1]:1", zmq.Endpoint{}, false},
		"a star and more":             {"tcp://*x:1", zmq.Endpoint{}, false},
		"a port with a letter":        {"tcp://host:1a", zmq.Endpoint{}, false},
		"a space":                     {"tcp://ho st:1", zmq.Endpoint{}, false},
		"a letter beyond ASCII":       {"tcp://höst:1", zmq.Endpoint{}, false},
		"a digit that is not 0 to 9":  {"tcp://host:١", zmq.Endpoint{}, false},
		"a sign before the port":      {"tcp://host:+1", zmq.Endpoint{}, false},
		"nothing":                     {"", zmq.Endpoint{}, false},
		"two endpoints":               {"tcp://a:1,tcp://b:2", zmq.Endpoint{}, false},
		"a source address of libzmq":  {"tcp://a:1;b:2", zmq.Endpoint{}, false},
		"an interface name of libzmq": {"tcp://eth0;host:1", zmq.Endpoint{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := zmq.ParseEndpoint(tc.text)
			if got != tc.want || (err == nil) != tc.ok {
				t.Errorf("ParseEndpoint(%q) = %+v, %v", tc.text, got, err)
			}
		})
	}
}

func TestMachineName(t *testing.T) {
	t.Parallel()
	t.Run("K27 the host is the whole name, the machine what stands before its first dot", func(t *testing.T) {
		t.Parallel()
		e, err := zmq.ParseEndpoint("tcp://host.domain.net:4000")
		if err != nil || e.Host != "host.domain.net" || e.MachineName() != "host" {
			t.Errorf("host %q, machine %q, %v", e.Host, e.MachineName(), err)
		}
	})
}

func FuzzParseEndpoint(f *testing.F) {
	for _, seed := range []string{"tcp://*:*", "tcp://host:1/", "TCP://10.0.0.1:65536", "tcp://", "tcp://[::1]:1", "inproc://bell", "tcp://a:1;b:2"} {
		f.Add(seed)
	}
	for _, recorded := range vectors.Under(f, "EndPoint") {
		if endpoint, ok := recorded.(string); ok { // not absent
			f.Add(endpoint)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := zmq.ParseEndpoint(text)
		if err != nil {
			return
		}
		again, err := zmq.ParseEndpoint(e.String())
		if err != nil || again != e {
			t.Errorf("%q reads as %+v, which reads as %+v, %v", text, e, again, err)
		}
		if !strings.EqualFold(e.String(), strings.TrimSuffix(text, "/")) {
			t.Errorf("%q reads as %q", text, e)
		}
	})
}
