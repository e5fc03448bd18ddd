package host_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zebus-go/zebus/host"
)

// What a person gets to read for each slip, with <bus>, <zmq> and <directory> for the paths.
func TestBadFiles(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		bus, zmq, directory string
		want                []string
		is                  error
	}{
		"an unknown key, with what was meant": {
			bus:  "# first\nregistation_timeout = \"10s\"\n",
			want: []string{`<bus>:2: registation_timeout: unknown key, did you mean "registration_timeout"?`},
			is:   host.ErrUnknownKey,
		},
		"an unknown key like no other": {
			bus:  "colour = \"blue\"\n",
			want: []string{`<bus>:1: colour: unknown key`},
			is:   host.ErrUnknownKey,
		},
		"a key with hyphens and capitals": {
			bus:  "Directory-Endpoints = []\n",
			want: []string{`<bus>:1: Directory-Endpoints: unknown key, did you mean "directory_endpoints"?`},
			is:   host.ErrUnknownKey,
		},
		"a key of the other file": {
			bus:  "inbound_endpoint = \"tcp://*:*\"\n",
			zmq:  "environment = \"Demo\"\n",
			want: []string{`<bus>:1: inbound_endpoint: unknown key, it belongs in zmq.toml`, `<zmq>:1: environment: unknown key, it belongs in bus.toml`},
			is:   host.ErrUnknownKey,
		},
		"an unknown table, once": {
			bus:  "\n[persistence]\na = 1\nb = 2\n",
			want: []string{`<bus>:2: persistence: unknown key`},
			is:   host.ErrUnknownKey,
		},
		"an unknown key in a table": {
			zmq:  "[keep_alive]\nenabled = true\nidle = \"3s\"\nintervall = \"3s\"\n",
			want: []string{`<zmq>:3: keep_alive.idle: unknown key`, `<zmq>:4: keep_alive.intervall: unknown key, did you mean "keep_alive.interval"?`},
			is:   host.ErrUnknownKey,
		},
		"a misspelled table": {
			zmq:  "[keepalive]\nenabled = true\n",
			want: []string{`<zmq>:1: keepalive: unknown key, did you mean "keep_alive"?`},
			is:   host.ErrUnknownKey,
		},
		"a table that is a value": {
			zmq:  "keep_alive = false\n",
			want: []string{`<zmq>:1: keep_alive: want a table, got false`},
			is:   host.ErrInvalidValue,
		},
		"a quoted key with a dot is not the dotted key": {
			zmq:  "\"keep_alive.enabled\" = true\n",
			want: []string{`<zmq>:1: "keep_alive.enabled": unknown key, did you mean "keep_alive.enabled"?`},
			is:   host.ErrUnknownKey,
		},
		"every wrong type, all at once and in the order of the file": {
			bus: strings.Join([]string{
				`registration_timeout = 10`,
				`is_persistent = "yes"`,
				`message_batch_size = 1.5`,
				`directory_endpoints = "tcp://a:1"`,
				`peer_id = 7`,
				`dispatch_memory_limit = true`,
				`start_replay_timeout = 1979-05-27`,
				`environment = ["Demo"]`,
				`pick_random_directory = {}`,
			}, "\n"),
			want: []string{
				`<bus>:1: registration_timeout: want a duration such as "10s" or "1h 30m", got 10`,
				`<bus>:2: is_persistent: want true or false, got the text "yes"`,
				`<bus>:3: message_batch_size: want a whole number, got 1.5`,
				`<bus>:4: directory_endpoints: want a list of texts such as ["a", "b"], got the text "tcp://a:1"`,
				`<bus>:5: peer_id: want a text in quotes, got 7`,
				`<bus>:6: dispatch_memory_limit: want a size in bytes, or text such as "64MiB", got true`,
				`<bus>:7: start_replay_timeout: want a duration such as "10s" or "1h 30m", got a date`,
				`<bus>:8: environment: want a text in quotes, got a list`,
				`<bus>:9: pick_random_directory: want true or false, got a table`,
			},
			is: host.ErrInvalidValue,
		},
		"a number in a list of texts": {
			bus:  "directory_endpoints = [\n  \"tcp://a:1\",\n  7,\n]\n",
			want: []string{`<bus>:1: directory_endpoints: want a list of texts, got 7 at position 2`},
			is:   host.ErrInvalidValue,
		},
		"durations and sizes that are none": {
			bus: "registration_timeout = \"10 parsecs\"\ndispatch_memory_limit = \"lots\"\nstart_replay_timeout = { secs = 1 }\n",
			want: []string{
				`<bus>:1: registration_timeout: "parsecs" is no time unit, want one of ns, us, ms, s, min, h, days, weeks, months, years`,
				`<bus>:2: dispatch_memory_limit: "lots" is no size, want bytes or for example "64MiB"`,
				`<bus>:3: start_replay_timeout: want a duration such as "10s" or "1h 30m", got a table`,
			},
			is: host.ErrInvalidValue,
		},
		"values out of range": {
			bus: "registration_timeout = \"0s\"\nmessage_batch_size = 0\ndirectory_silence_timeout = \"20ms\"\n",
			zmq: "send_high_watermark = 3000000000\nmax_message_size = \"256MiB\"\nmaximum_socket_count = 1\nsend_retries_before_switching_to_closed_state = -1\n" +
				"recv_timeout = \"2min\"\n[keep_alive]\ntimeout = \"1500ms\"\n",
			want: []string{
				`<bus>:1: registration_timeout: 0s is below the minimum 1ms`,
				`<bus>:2: message_batch_size: 0 is below the minimum 1`,
				`<bus>:3: directory_silence_timeout: 20ms is below the minimum 1s`,
				`<zmq>:1: send_high_watermark: 3000000000 is above the maximum 2147483647`,
				`<zmq>:2: max_message_size: 256MiB is above the maximum 268435455`,
				`<zmq>:3: maximum_socket_count: 1 is below the minimum 2`,
				`<zmq>:4: send_retries_before_switching_to_closed_state: -1 is below the minimum 0`,
				`<zmq>:5: recv_timeout: 2m0s is above the maximum 1min`,
				`<zmq>:7: keep_alive.timeout: 1.5s is no number of whole seconds`,
			},
			is: host.ErrInvalidValue,
		},
		"queues that are none, or twice": {
			bus: strings.Join([]string{
				`[queues.orders]`, `message_limit = -1`, `memory_limit = -1`, `policy = "drop"`, `mesage_limit = 1`,
				`[queues."Slow ones"]`, `memory_limit = "lots"`, `policy = 7`,
				`[queues]`, `prices = 3`, `other = { }`, `all.message_limit = 2000000000`,
			}, "\n"),
			want: []string{
				`<bus>:2: queues.orders.message_limit: -1 is below the minimum 1`,
				`<bus>:3: queues.orders.memory_limit: -1B is below the minimum 1KiB`,
				`<bus>:4: queues.orders.policy: "drop" is no policy, want "reject" or "grow"`,
				`<bus>:5: queues.orders.mesage_limit: unknown key, did you mean "queues.orders.message_limit"?`,
				`<bus>:7: queues."Slow ones".memory_limit: "lots" is no size, want bytes or for example "64MiB"`,
				`<bus>:8: queues."Slow ones".policy: want a text in quotes, got 7`,
				`<bus>:10: queues.prices: want a table, got 3`,
				`<bus>:12: queues.all.message_limit: 2000000000 is above the maximum 1000000000`,
			},
			is: host.ErrInvalidValue,
		},
		"one queue under two names": {
			bus:  "[queues.orders]\npolicy = \"grow\"\n[queues.ORDERS]\n[queues.\"\"]\n[queues.DefaultQueue]\n",
			want: []string{`<bus>:1: queues.orders: the same queue as "ORDERS": case does not count`, `<bus>:5: queues.DefaultQueue: the same queue as "": case does not count`},
			is:   host.ErrInvalidValue,
		},
		"queues that are no tables, misspelled, or in the other file": {
			bus: "queues = 1\n[queue.orders]\n",
			zmq: "[queues.orders]\n",
			want: []string{
				`<bus>:1: queues: want a table, got 1`, `<bus>:2: queue: unknown key, did you mean "queues"?`,
				`<zmq>:1: queues: unknown key, it belongs in bus.toml`,
			},
			is: host.ErrUnknownKey,
		},
		"addresses that are none": {
			bus: "directory_endpoints = [\"tcp://a:1\", \"tcp://*:1\"]\npeer_id = \"Acme Echo\"\n",
			zmq: "inbound_endpoint = \"udp://*:1\"\nadvertised_endpoint = \"gate.example\"\nbind_address = \"::1\"\n",
			want: []string{
				`<bus>:1: directory_endpoints: "tcp://*:1" is no endpoint to connect to, want "tcp://host:port"`,
				`<bus>:2: peer_id: "Acme Echo" is no peer id, want for example "Acme.Echo.0" without spaces`,
				`<zmq>:1: inbound_endpoint: "udp://*:1" is no endpoint, want "tcp://host:port", where host and port may be "*"`,
				`<zmq>:2: advertised_endpoint: "gate.example" is no address to advertise, want "host:port", where port may be "*"`,
				`<zmq>:3: bind_address: "::1" is no address to bind, want "*" or an IPv4 address of this machine`,
			},
			is: host.ErrInvalidValue,
		},
		"a syntax error hides the rest of its file, not the other file": {
			bus:  "is_persistent = true\nregistration_timeout = 10s\ncolour = 1\n",
			zmq:  "colour = 1\n",
			want: []string{`<bus>:2:26: expected a top-level item to end with a newline, comment, or EOF, but got 's' instead`, `<zmq>:1: colour: unknown key`},
			is:   host.ErrSyntax,
		},
		"a key said twice": {
			bus:  "is_persistent = true\nis_persistent = false\n",
			want: []string{`<bus>:2:1: Key 'is_persistent' has already been defined.`},
			is:   host.ErrSyntax,
		},
		"a text that does not end": {
			bus:  "is_persistent = true\npeer_id = \"a\\",
			want: []string{`<bus>:2:13: invalid escape in string '\'`},
			is:   host.ErrSyntax,
		},
		"a control character, and nothing else": {
			bus:  "\x01",
			want: []string{`<bus>:1:1: TOML files cannot contain control characters: '0x01'`},
			is:   host.ErrSyntax,
		},
		"bytes that are no text": {
			bus:  "\x00\xff\xfe",
			want: []string{`<bus>:1:1: files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8`},
			is:   host.ErrSyntax,
		},
		"a directory with the keys of others": {
			directory: "store = \"bolt\"\nsend_timeout = \"1s\"\nindex = -1\nregistration_timeout = \"1s\"\n[zmq]\ninbound_endpoint = \"tcp://*:1\"\nsend_timeout = 1\n",
			want: []string{
				`<directory>:1: store: "bolt" is no store, want "memory"`,
				`<directory>:2: send_timeout: unknown key, it belongs in the table [zmq]`,
				`<directory>:3: index: -1 is below the minimum 0`,
				`<directory>:4: registration_timeout: unknown key`,
				`<directory>:6: zmq.inbound_endpoint: unknown key`,
				`<directory>:7: zmq.send_timeout: want a duration such as "10s" or "1h 30m", got 1`,
			},
			is: host.ErrInvalidValue,
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bus, zmq, directory := write(t, "bus.toml", tc.bus), write(t, "zmq.toml", tc.zmq), write(t, "directory.toml", tc.directory)
			err := load(bus, zmq, directory)
			got := text(err)
			for _, path := range []string{bus, zmq, directory} {
				if path != "" {
					got = strings.ReplaceAll(got, path, "<"+strings.TrimSuffix(filepath.Base(path), ".toml")+">")
				}
			}
			if diff := cmp.Diff(tc.want, strings.Split(got, "\n")); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
			if !errors.Is(err, tc.is) {
				t.Errorf("%v is no %v", err, tc.is)
			}
		})
	}
}

func load(bus, zmq, directory string) error {
	if directory != "" {
		_, err := host.LoadDirectory(directory)
		return err
	}
	_, err := host.Load(bus, zmq)
	return err
}

func TestAProblemSaysWhere(t *testing.T) {
	t.Parallel()
	path := write(t, "zmq.toml", "\n\n[keep_alive]\ntimeout = 1\n")
	_, err := host.Load("", path)
	problem, ok := errors.AsType[*host.Problem](err)
	if !ok || problem.File != path || problem.Line != 4 || problem.Key != "keep_alive.timeout" {
		t.Errorf("Load = %+v, want a problem in line 4 with keep_alive.timeout", problem)
	}
}

// What code puts into the struct is checked as what files say is.
func TestValidate(t *testing.T) {
	t.Parallel()
	complete := host.DefaultConfig()
	complete.Bus.PeerID = "Acme.Echo.0"
	if err := complete.Validate(); err != nil {
		t.Errorf("Validate of a complete configuration = %v", err)
	}
	bad := complete
	bad.Bus.RegistrationTimeout = -1
	bad.Zmq.InboundEndpoint = ""
	bad.Zmq.KeepAlive.Interval = 1
	bad.StopTimeout = -time.Second
	odd := complete
	odd.Bus.Queues = map[string]host.QueueConfig{"orders": {MessageLimit: -1, MemoryLimit: 1, Policy: "drop"}, "ORDERS": {}}
	empty := host.DefaultConfig()
	empty.Bus.Environment, empty.Bus.DirectoryEndpoints = "", nil
	nowhere := host.DefaultDirectoryConfig()
	nowhere.Environment = ""
	tests := map[string]struct {
		err  error
		want []string
	}{
		"the default has no name": {host.DefaultConfig().Validate(), []string{
			`peer_id: is empty: set it in bus.toml, as ZEBUS_PEER_ID, or in code`,
		}},
		"nothing at all": {empty.Validate(), []string{
			`peer_id: is empty: set it in bus.toml, as ZEBUS_PEER_ID, or in code`,
			`environment: is empty: set it in bus.toml, as ZEBUS_ENVIRONMENT, or in code`,
			`directory_endpoints: is empty: set it in bus.toml, as ZEBUS_DIRECTORY_ENDPOINTS, or in code`,
		}},
		"values that no file could have": {bad.Validate(), []string{
			`registration_timeout: -1ns is below the minimum 1ms`,
			`inbound_endpoint: "" is no endpoint, want "tcp://host:port", where host and port may be "*"`,
			`keep_alive.interval: 1ns is below the minimum 1s`,
			`StopTimeout: -1s is negative`,
		}},
		"queues that no file could have": {odd.Validate(), []string{
			`queues.orders.message_limit: -1 is below the minimum 1`,
			`queues.orders.memory_limit: 1B is below the minimum 1KiB`,
			`queues.orders.policy: "drop" is no policy, want "reject" or "grow"`,
			`queues.orders: the same queue as "ORDERS": case does not count`,
		}},
		"a directory needs an environment": {nowhere.Validate(), []string{
			`environment: is empty: set it in directory.toml, as ZEBUS_ENVIRONMENT, or in code`,
		}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(strings.Join(tc.want, "\n"), text(tc.err)); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
		})
	}
	if !errors.Is(host.DefaultConfig().Validate(), host.ErrMissing) {
		t.Error("a missing setting is no ErrMissing")
	}
}
