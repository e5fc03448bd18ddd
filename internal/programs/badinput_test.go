//go:build cgo && unix

package programs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A badInput is a call of a program that cannot do its work: what a person gets to read, and what a script.
type badInput struct {
	call

	files map[string]string // in the folder where it runs

	exit   int
	stdout string // a pattern
	stderr string // a pattern
}

// unanswered are the settings of a peer whom the directory does not answer.
func unanswered(env ...string) []string { return append(env, lasts(registration, little)) }

// threeCauses is what can be the matter then.
const threeCauses = `no answer within 300ms; either no directory runs there, or it serves another environment than this peer's, ` +
	`or it cannot reach this peer at tcp://`

func commandLines() map[string]badInput {
	table := map[string]badInput{
		"zebus-directory --help shows the flags and examples": {
			call:   call{program: "zebus-directory", args: []string{"--help"}},
			stdout: `(?s)knows the peers.*Usage:.*Examples:.*--config FILE.*--index N`, stderr: `^$`,
		},
		"zebus-directory with a flag that does not exist": {
			call: call{program: "zebus-directory", args: []string{"--prot", "7465"}},
			exit: 2, stderr: `^zebus-directory: unknown flag: --prot\nTry 'zebus-directory --help'\.\n$`,
		},
		"zebus-directory with a flag that is no number": {
			call: call{program: "zebus-directory", args: []string{"--index", "first"}},
			exit: 2, stderr: `^zebus-directory: invalid argument "first" for "--index" flag: .*\nTry`,
		},
		"zebus-directory with a flag that is out of range": {
			call: call{program: "zebus-directory", args: []string{"--index", "-1"}},
			exit: 2, stderr: `^zebus-directory: index: -1 is below the minimum 0\nTry`,
		},
		"zebus-directory with an endpoint that is none": {
			call: call{program: "zebus-directory", args: []string{"--endpoint", "localhost"}},
			exit: 2, stderr: `^zebus-directory: endpoint: "localhost" is no endpoint, want "tcp://host:port".*\nTry`,
		},
		"zebus-directory with a level that is none": {
			call: call{program: "zebus-directory", args: []string{"--log-level", "loud"}},
			exit: 2, stderr: `^zebus-directory: --log-level: "loud" is none of debug, info, warn and error\nTry`,
		},
		"zebus-directory with an argument": {
			call: call{program: "zebus-directory", args: []string{"start"}},
			exit: 2, stderr: `^zebus-directory: unexpected argument "start"\nTry`,
		},
		"service with a flag that does not exist": {
			call: call{program: "service", args: []string{"--port", "1"}},
			exit: 2, stderr: `^flag provided but not defined: -port\nUsage: service \[--bus FILE\] \[--zmq FILE\]`,
		},
		"service with an argument": {
			call: call{program: "service", args: []string{"start"}},
			exit: 2, stderr: `^service: unexpected argument "start"\nTry 'service --help'\.\n$`,
		},
		"client with a flag that does not exist": {
			call: call{program: "client", args: []string{"--text", "hello"}},
			exit: 2, stderr: `^flag provided but not defined: -text\nUsage: client \[--bus FILE\] \[--zmq FILE\] \[TEXT\]`,
		},
		"zebusgen with a flag that does not exist": {
			call: call{program: "zebusgen", args: []string{"--fast"}},
			exit: 2, stderr: `^zebusgen: unknown flag: --fast\n`,
		},
	}
	for _, program := range []string{"zebus-directory", "zebusgen"} {
		table[program+" --version"] = badInput{
			call: call{program: program, args: []string{"--version"}}, stdout: "^" + program + ` version \S+\n$`, stderr: `^$`,
		}
	}
	for _, program := range []string{"service", "client", "zebusgen"} {
		table[program+" --help"] = badInput{call: call{program: program, args: []string{"--help"}}, stdout: "", stderr: ""}
	}
	return table
}

func badFiles() map[string]badInput {
	return map[string]badInput{
		"a file that is not TOML": {
			call:  call{program: "zebus-directory", args: []string{"--config", "directory.toml"}},
			files: map[string]string{"directory.toml": "endpoint = \"tcp://*:*\"\nenvironment = Prod\n"},
			exit:  2, stderr: `^zebus-directory: directory\.toml:2:\d+: .*\n$`,
		},
		"unknown keys, each with its line": {
			call:  call{program: "zebus-directory", args: []string{"--config", "directory.toml"}},
			files: map[string]string{"directory.toml": "storre = \"memory\"\n\n[zmq]\nsend_time_out = \"1s\"\n"},
			exit:  2,
			stderr: `^zebus-directory: directory\.toml:1: storre: unknown key, did you mean "store"\?\n` +
				`directory\.toml:4: zmq\.send_time_out: unknown key, did you mean "zmq\.send_timeout"\?\n$`,
		},
		"a file that is not there": {
			call: call{program: "zebus-directory", args: []string{"--config", "nowhere.toml"}},
			exit: 2, stderr: `^zebus-directory: nowhere\.toml: no such file or directory; copy configs/directory\.toml of the Zebus repository`,
		},
		"unknown keys in both files of a service, and a bad variable": {
			call: call{
				program: "service", args: []string{"--bus", "bus.toml", "--zmq", "zmq.toml"},
				env: []string{"ZEBUS_IS_PERSISTENT=perhaps"},
			},
			files: map[string]string{"bus.toml": "\ninbound_endpoint = \"tcp://*:*\"\n", "zmq.toml": "recv_timeot = \"1s\"\n"},
			exit:  2,
			stderr: `^service: bus\.toml:2: inbound_endpoint: unknown key, it belongs in zmq\.toml\n` +
				`zmq\.toml:1: recv_timeot: unknown key, did you mean "recv_timeout"\?\n` +
				`ZEBUS_IS_PERSISTENT: want true or false, got "perhaps"\n$`,
		},
		"a client with a file that is not TOML": {
			call:  call{program: "client", args: []string{"--bus", "bus.toml", "hello"}},
			files: map[string]string{"bus.toml": "peer_id = \"Acme\n"},
			exit:  2, stderr: `^client: bus\.toml:1:\d+: .*\n$`,
		},
	}
}

func TestCommandLinesAndFiles(t *testing.T) {
	t.Parallel()
	for _, table := range []map[string]badInput{commandLines(), badFiles()} {
		for name, tc := range table {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				tc.run(t, nil)
			})
		}
	}
}

// Calls in a network where all is well: a directory, and an echo service.
func TestBadInput(t *testing.T) {
	t.Parallel()
	n, second := newNetwork(t), newNetwork(t, "--index", "1")
	service := n.service("ZEBUS_PEER_ID=Abc.Echo.0")
	next := []string{"ZEBUS_DIRECTORY_ENDPOINTS=tcp://127.0.0.1:1 " + second.endpoint, "ZEBUS_PICK_RANDOM_DIRECTORY=false"}
	second.service(next...)
	tests := map[string]badInput{
		"a text of 20 bytes": {
			call: call{program: "client", args: []string{strings.Repeat("x", 20)}},
			exit: 1, stderr: `^client: message is too long to be echoed: 20 bytes, want less than 20 \(code 10\)\n$`,
		},
		"nothing on standard input": {
			call: call{program: "client"},
			exit: 1, stderr: `^Text to echo:\nclient: no text: write a line to standard input, or try client "some text"\n$`,
		},
		"an empty line is a text": {
			call: call{program: "client", stdin: "\n"},
			exit: 0, stdout: `^\n$`, stderr: "round trip",
		},
		"another environment": {
			call: call{program: "client", args: []string{"hello"}, env: unanswered("ZEBUS_ENVIRONMENT=Other")},
			exit: 1, stderr: `^client: register Abc\.Echo\.Client\.\S+: directory: no directory took the command RegisterPeerCommand; ` +
				`Abc\.Zebus\.DirectoryService\.0 at tcp://\S+: ` + threeCauses + `\S+\n$`,
		},
		"an advertised host that nobody reaches": {
			call: call{program: "client", args: []string{"hello"}, env: unanswered("ZEBUS_ADVERTISED_ENDPOINT=127.0.0.1:1")},
			exit: 1, stderr: threeCauses + `127\.0\.0\.1:1\n$`,
		},
		"an advertised host that does not exist": {
			call: call{program: "client", args: []string{"hello"}, env: unanswered("ZEBUS_ADVERTISED_ENDPOINT=nowhere.invalid:4000")},
			exit: 1, stderr: `(?s)this machine cannot resolve the host that it tells other peers.*host=nowhere\.invalid.*` + threeCauses + `nowhere\.invalid:4000\n$`,
		},
		"a directory that is down, and no other": {
			call: call{program: "client", args: []string{"hello"}, env: []string{"ZEBUS_DIRECTORY_ENDPOINTS=tcp://127.0.0.1:1"}},
			exit: 1, stderr: `client: register \S+: directory: no directory took the command RegisterPeerCommand; ` +
				`Abc\.Zebus\.DirectoryService\.0 at tcp://127\.0\.0\.1:1: refused, .*; start a directory there \(zebus-directory\), or correct directory_endpoints\n$`,
		},
		"a directory that is down, and the next": {
			call: call{program: "client", args: []string{"hello"}, env: next},
			exit: 0, stdout: "^hello\n$", stderr: `peer is unreachable.*refused`,
		},
		"a peer id that is taken on another host": {
			call: call{program: "service", env: []string{"ZEBUS_PEER_ID=Abc.Echo.0", "ZEBUS_ADVERTISED_ENDPOINT=localhost:*"}},
			exit: 1, stderr: `^service: register Abc\.Echo\.0: Abc\.Zebus\.DirectoryService\.0 at \S+: directory: peer already exists: ` +
				`Peer Abc\.Echo\.0 already exists \(running on tcp://127\.0\.0\.1:\d+\) \(code 1001\); stop that one, or give this one another peer_id\n$`,
		},
		"a port in use": {
			call: call{program: "zebus-directory", args: []string{"--endpoint", n.endpoint}},
			exit: 1, stderr: `^zebus-directory: start Abc\.Zebus\.DirectoryService\.0: listen on tcp://\*:\d+: address already in use; ` +
				`stop what listens there, or choose another port, or \* for a free one\n$`,
		},
		"a port in use, of a service": {
			call: call{program: "service", env: []string{"ZEBUS_INBOUND_ENDPOINT=" + n.endpoint}},
			exit: 1, stderr: `^service: start Abc\.Echo\.0: listen on tcp://\*:\d+: address already in use; stop what`,
		},
	}
	t.Run("table", func(t *testing.T) {
		for name, tc := range tests {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				tc.run(t, n)
			})
		}
	})
	t.Run("the network works on", func(*testing.T) { n.echo("still there") })
	if strings.Count(service.stderr.text(), "level=WARN")+strings.Count(service.stderr.text(), "level=ERROR") > 0 {
		t.Errorf("the service complains of what others did:\n%s", service.stderr.text())
	}
}

// run makes the call and looks at all that comes of it. The program has ended then: it leaves nothing behind.
func (b badInput) run(t *testing.T, n *network) {
	t.Helper()
	b.dir = t.TempDir()
	for name, text := range b.files {
		if err := os.WriteFile(filepath.Join(b.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p := n.startOrAlone(t, b.call)
	wantExit(t, p, b.exit)
	wantText(t, "standard output", p.stdout.text(), b.stdout)
	wantText(t, "standard error", p.stderr.text(), b.stderr)
}

// startOrAlone starts a peer of the network, or a program that is on its own where there is none.
func (n *network) startOrAlone(t *testing.T, c call) *process {
	t.Helper()
	if n != nil {
		c.env = n.with(c.env)
	}
	return start(t, c)
}

// The directory says once of each stranger that it is one, and names both environments.
func TestDirectoryNamesStrangersOnce(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	for range 2 {
		p := n.start(call{
			program: "client", args: []string{"hello"}, env: unanswered("ZEBUS_ENVIRONMENT=Other", "ZEBUS_PEER_ID=Acme.Stranger.0"),
		})
		wantExit(t, p, 1)
	}
	n.directory.await(`ignoring a peer of another environment" peer=Acme\.Stranger\.0 .*\\"Other\\", here it is \\"Test\\"`)
	if log := n.directory.stderr.text(); strings.Count(log, "ignoring a peer") != 1 {
		t.Errorf("the directory says it more than once:\n%s", log)
	}
}
