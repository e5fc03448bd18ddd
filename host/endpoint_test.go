package host_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/zebus-go/zebus/host"
	"github.com/zebus-go/zebus/internal/vectors"
)

// The forms of an endpoint, and what each of the three keys makes of them.
func TestEndpointForms(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		endpoint                    string
		inbound, remote, advertised bool
	}{
		"any host and any port":               {"tcp://*:*", true, false, false},
		"any host and a port":                 {"tcp://*:7465", true, false, false},
		"a name and any port":                 {"tcp://some.name:*", true, false, true},
		"a name and a port":                   {"tcp://some-name_1.example:7465", true, true, true},
		"an IPv4 address":                     {"tcp://10.0.0.1:65535", true, true, true},
		"capitals":                            {"TCP://HOST:1", true, true, true},
		"a slash in the end":                  {"tcp://*:7465/", true, false, false},
		"a slash behind what is connected to": {"tcp://host:1/", true, false, false},
		"port zero, which is a free one":      {"tcp://*:0", true, false, false},
		"a port with zeros in front":          {"tcp://host:00080", true, true, true},
		"a port too large":                    {"tcp://host:65536", false, false, false},
		"a port beyond 64 bits":               {"tcp://host:99999999999999999999999", false, false, false},
		"no port":                             {"tcp://host", false, false, false},
		"an empty port":                       {"tcp://host:", false, false, false},
		"no host":                             {"tcp://:1", false, false, false},
		"no scheme":                           {"host:1", false, false, true},
		"another scheme":                      {"ipc://host:1", false, false, false},
		"IPv6":                                {"tcp://[::1]:1", false, false, false},
		"a path":                              {"tcp://host:1/path", false, false, false},
		"two slashes in the end":              {"tcp://host:1//", false, false, false},
		"a space":                             {"tcp://host :1", false, false, false},
		"a line break behind it":              {"tcp://host:1\n", false, false, false},
		"a letter outside ASCII":              {"tcp://höst:1", false, false, false},
		"a sign":                              {"tcp://host:+1", false, false, false},
		"nothing":                             {"", false, false, false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := acceptsInbound(tc.endpoint); got != tc.inbound {
				t.Errorf("inbound_endpoint = %q is accepted: %t, want %t", tc.endpoint, got, tc.inbound)
			}
			if got := acceptsRemote(tc.endpoint); got != tc.remote {
				t.Errorf("directory_endpoints = [%q] is accepted: %t, want %t", tc.endpoint, got, tc.remote)
			}
			if got := acceptsAdvertised(tc.endpoint); tc.endpoint != "" && got != tc.advertised {
				t.Errorf("advertised_endpoint = %q is accepted: %t, want %t", tc.endpoint, got, tc.advertised)
			}
			address, ok := strings.CutPrefix(tc.endpoint, "tcp://")
			if ok && acceptsAdvertised(address) != tc.advertised {
				t.Errorf("advertised_endpoint = %q is accepted: %t, want %t", address, !tc.advertised, tc.advertised)
			}
		})
	}
}

// What is accepted to connect to is a URL with a port; what is accepted to listen on differs
// from that in stars, a slash and port zero only.
func FuzzEndpoint(f *testing.F) {
	for _, seed := range []string{
		"tcp://*:*", "tcp://*:7465", "tcp://some.name:*", "TCP://Host-1_a.example:65535/", "tcp://0.0.0.0:41000",
		"tcp://host", "tcp://foo:1//", "tcp://[::1]:1", "tcp://:1", "udp://a:1", "tcp://a:65536", "tcp://a:1\n", "",
	} {
		f.Add(seed)
	}
	for _, recorded := range vectors.Under(f, "EndPoint") {
		if endpoint, ok := recorded.(string); ok { // not absent
			f.Add(endpoint)
		}
	}
	f.Fuzz(func(t *testing.T, endpoint string) {
		remote := acceptsRemote(endpoint)
		if remote {
			u, err := url.Parse(endpoint)
			if err != nil || u.Scheme != "tcp" || u.Hostname() == "" || u.Path != "" {
				t.Fatalf("%q is accepted but is %+v, %v", endpoint, u, err)
			}
			if port, err := strconv.Atoi(u.Port()); err != nil || port < 1 || port > 65535 {
				t.Fatalf("%q is accepted with port %d, %v", endpoint, port, err)
			}
			if !acceptsAdvertised(endpoint[len("tcp://"):]) {
				t.Fatalf("%q can be connected to but not advertised", endpoint)
			}
		}
		if plain := concrete(endpoint); acceptsInbound(endpoint) != acceptsRemote(plain) {
			t.Fatalf("%q to listen on and %q to connect to are not accepted alike", endpoint, plain)
		}
	})
}

// concrete replaces what only an endpoint to listen on may have.
func concrete(endpoint string) string {
	if len(endpoint) < len("tcp://*:*") {
		return endpoint
	}
	scheme, rest := endpoint[:len("tcp://")], endpoint[len("tcp://"):]
	rest = strings.TrimSuffix(rest, "/")
	host, port, ok := strings.Cut(rest, ":")
	if !ok {
		return endpoint
	}
	if host == "*" {
		host = "a"
	}
	if port == "*" || port != "" && strings.Trim(port, "0") == "" {
		port = "1"
	}
	return scheme + host + ":" + port
}

func acceptsInbound(endpoint string) bool {
	return accepts(func(c *host.Config) { c.Zmq.InboundEndpoint = endpoint })
}

func acceptsRemote(endpoint string) bool {
	return accepts(func(c *host.Config) { c.Bus.DirectoryEndpoints = []string{endpoint} })
}

func acceptsAdvertised(address string) bool {
	return accepts(func(c *host.Config) { c.Zmq.AdvertisedEndpoint = address })
}

func accepts(change func(*host.Config)) bool {
	c := host.DefaultConfig()
	c.Bus.PeerID, c.Bus.Environment, c.Bus.DirectoryEndpoints = "Acme.Echo.0", "Demo", []string{"tcp://localhost:1"}
	change(&c)
	return c.Validate() == nil
}
