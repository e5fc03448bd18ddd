package host_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zebus-go/zebus/host"
)

func TestLoadWithoutFilesGivesTheDefaults(t *testing.T) {
	t.Parallel()
	got, err := host.Load("", "")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(host.DefaultConfig(), got); diff != "" {
		t.Errorf("Load without files, want -, got +:\n%s", diff)
	}
}

// The values of the reference, written out: a slip in a tag shows here.
func TestDefaults(t *testing.T) {
	t.Parallel()
	want := host.Config{
		Bus: host.BusConfig{
			Environment:                "Demo",
			DirectoryEndpoints:         []string{"tcp://localhost:7465"},
			RegistrationTimeout:        30 * time.Second,
			FaultedDirectoryRetryDelay: 5 * time.Minute,
			DirectorySilenceTimeout:    5 * time.Minute,
			PickRandomDirectory:        true,
			StartReplayTimeout:         30 * time.Second,
			MessageBatchSize:           100,
			DispatchMemoryLimit:        512 << 20,
		},
		Zmq: host.ZmqConfig{
			InboundEndpoint:                         "tcp://*:*",
			BindAddress:                             "*",
			WaitForEndOfStreamAckTimeout:            5 * time.Second,
			MaxMessageSize:                          64 << 20,
			SendQueueLimit:                          64 << 20,
			SendHighWatermark:                       20000,
			SendTimeout:                             100 * time.Millisecond,
			SendRetriesBeforeSwitchingToClosedState: 2,
			ClosedStateDurationAfterSendFailure:     15 * time.Second,
			ClosedStateDurationAfterConnectFailure:  2 * time.Minute,
			RecvHighWatermark:                       40000,
			RecvTimeout:                             300 * time.Millisecond,
			MaximumSocketCount:                      2048,
			KeepAlive:                               host.KeepAliveConfig{Enabled: true, Timeout: 30 * time.Second, Interval: 3 * time.Second},
		},
		StopTimeout: 30 * time.Second,
	}
	if diff := cmp.Diff(want, host.DefaultConfig()); diff != "" {
		t.Errorf("DefaultConfig, want -, got +:\n%s", diff)
	}
	directory := host.DirectoryConfig{Endpoint: "tcp://*:7465", Environment: "Demo", Store: "memory", PingPeersInterval: time.Minute, Zmq: want.Zmq}
	directory.Zmq.InboundEndpoint = ""
	if diff := cmp.Diff(directory, host.DefaultDirectoryConfig()); diff != "" {
		t.Errorf("DefaultDirectoryConfig, want -, got +:\n%s", diff)
	}
}

func TestLoadFileOfZebusRs(t *testing.T) {
	t.Parallel()
	got, err := host.Load("testdata/zebus-rs/bus.toml", "testdata/zebus-rs/zmq.toml")
	if err != nil {
		t.Fatal(err)
	}
	want := host.DefaultConfig()
	want.Bus.DirectoryEndpoints = []string{"tcp://directory-1:7465", "tcp://directory-2:7465"}
	want.Bus.RegistrationTimeout = time.Minute
	want.Bus.StartReplayTimeout = 90 * time.Minute
	want.Bus.IsPersistent = true
	want.Bus.PickRandomDirectory = false
	want.Bus.EnableErrorPublication = true
	want.Bus.MessageBatchSize = 10
	want.Zmq.InboundEndpoint = "tcp://*:5000"
	want.Zmq.WaitForEndOfStreamAckTimeout = 10 * time.Second
	want.Zmq.SendHighWatermark = 1000
	want.Zmq.RecvHighWatermark = 2000
	want.Zmq.SendTimeout = 200 * time.Millisecond
	want.Zmq.RecvTimeout = 250 * time.Millisecond
	want.Zmq.KeepAlive.Timeout = time.Minute
	want.Zmq.KeepAlive.Interval = 5 * time.Second
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

// The files in configs/ are what people copy: they must load, and say every default.
func TestSamplesSayTheDefaults(t *testing.T) {
	t.Parallel()
	got, err := host.Load("../configs/bus.toml", "../configs/zmq.toml")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(host.DefaultConfig(), got); diff != "" {
		t.Errorf("bus.toml and zmq.toml, want -, got +:\n%s", diff)
	}
	directory, err := host.LoadDirectory("../configs/directory.toml")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(host.DefaultDirectoryConfig(), directory); diff != "" {
		t.Errorf("directory.toml, want -, got +:\n%s", diff)
	}
}

// The table of a queue is there as a comment, because no queue has limits by default.
func TestSampleShowsTheTableOfAQueue(t *testing.T) {
	t.Parallel()
	sample, err := os.ReadFile("../configs/bus.toml")
	if err != nil {
		t.Fatal(err)
	}
	before, table, found := strings.Cut(string(sample), "# [queues.orders]\n")
	if !found {
		t.Fatal("configs/bus.toml shows no table of a queue")
	}
	text := before + "[queues.orders]\n" + strings.ReplaceAll("\n"+table, "\n# ", "\n")
	got, err := host.Load(write(t, "bus.toml", text), "")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]host.QueueConfig{"orders": {Policy: "reject"}}, got.Bus.Queues); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

func TestLoadReadsEveryKindOfValue(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		bus, zmq string
		want     func(*host.Config)
	}{
		"a size as a number": {
			bus:  `dispatch_memory_limit = 1048576`,
			want: func(c *host.Config) { c.Bus.DispatchMemoryLimit = host.MiB },
		},
		"a size as a text": {
			zmq:  `max_message_size = "200 MiB"`,
			want: func(c *host.Config) { c.Zmq.MaxMessageSize = 200 * host.MiB },
		},
		"zero where zero means off": {
			bus:  `directory_silence_timeout = "0"`,
			want: func(c *host.Config) { c.Bus.DirectorySilenceTimeout = 0 },
		},
		"a dotted key of a table": {
			zmq:  `keep_alive.enabled = false`,
			want: func(c *host.Config) { c.Zmq.KeepAlive.Enabled = false },
		},
		"an inline table": {
			zmq: `keep_alive = { timeout = "1min", interval = "0s" }`,
			want: func(c *host.Config) {
				c.Zmq.KeepAlive = host.KeepAliveConfig{Enabled: true, Timeout: time.Minute}
			},
		},
		"limits of queues": {
			bus: "[queues.orders]\nmessage_limit = 10\nmemory_limit = \"8MiB\"\npolicy = \"grow\"\n[queues.\"Slow ones\"]\n[queues]\nall.message_limit = 0",
			want: func(c *host.Config) {
				c.Bus.Queues = map[string]host.QueueConfig{
					"orders": {MessageLimit: 10, MemoryLimit: 8 * host.MiB, Policy: "grow"}, "Slow ones": {Policy: "reject"}, "all": {Policy: "reject"},
				}
			},
		},
		"an endpoint with a slash and in capitals": {
			zmq:  `inbound_endpoint = "TCP://Some-Host.example:5000/"`,
			want: func(c *host.Config) { c.Zmq.InboundEndpoint = "TCP://Some-Host.example:5000/" },
		},
		"an empty list": {
			bus:  `directory_endpoints = []`,
			want: func(c *host.Config) { c.Bus.DirectoryEndpoints = nil },
		},
		"what a peer behind a gateway needs": {
			zmq: "advertised_endpoint = \"gate.example:4000\"\nbind_address = \"127.0.0.1\"",
			want: func(c *host.Config) {
				c.Zmq.AdvertisedEndpoint, c.Zmq.BindAddress = "gate.example:4000", "127.0.0.1"
			},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := host.Load(write(t, "bus.toml", tc.bus), write(t, "zmq.toml", tc.zmq))
			if err != nil {
				t.Fatal(err)
			}
			want := host.DefaultConfig()
			tc.want(&want)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
		})
	}
}

func TestEnvironmentOverridesFiles(t *testing.T) {
	t.Setenv("ZEBUS_DIRECTORY_ENDPOINTS", "tcp://a:1, tcp://b:2;tcp://c:3 tcp://d:4")
	t.Setenv("ZEBUS_REGISTRATION_TIMEOUT", "1h 30m")
	t.Setenv("ZEBUS_IS_PERSISTENT", "true")
	t.Setenv("ZEBUS_MESSAGE_BATCH_SIZE", "7")
	t.Setenv("ZEBUS_MAX_MESSAGE_SIZE", "1MiB")
	t.Setenv("ZEBUS_KEEP_ALIVE_TIMEOUT", "9s")
	t.Setenv("ZEBUS_SEND_TIMEOUT", "") // counts as not set
	t.Setenv("ZEBUS_LOG", "debug")     // none of ours
	t.Setenv("ZEBUS_QUEUES_SLOW_ONES_MESSAGE_LIMIT", "9")
	t.Setenv("ZEBUS_QUEUES_OTHERS_MESSAGE_LIMIT", "9") // no queue of the file
	bus := write(t, "bus.toml", "registration_timeout = \"1s\"\nmessage_batch_size = 5\nstart_replay_timeout = \"2s\"\n[queues.\"Slow ones\"]\npolicy = \"grow\"")
	got, err := host.Load(bus, "")
	if err != nil {
		t.Fatal(err)
	}
	want := host.DefaultConfig()
	want.Bus.DirectoryEndpoints = []string{"tcp://a:1", "tcp://b:2", "tcp://c:3", "tcp://d:4"}
	want.Bus.RegistrationTimeout = 90 * time.Minute
	want.Bus.IsPersistent = true
	want.Bus.MessageBatchSize = 7
	want.Bus.StartReplayTimeout = 2 * time.Second // from the file
	want.Bus.Queues = map[string]host.QueueConfig{"Slow ones": {MessageLimit: 9, Policy: "grow"}}
	want.Zmq.MaxMessageSize = host.MiB
	want.Zmq.KeepAlive.Timeout = 9 * time.Second
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

func TestEnvironmentOfTheDirectory(t *testing.T) {
	t.Setenv("ZEBUS_ENDPOINT", "tcp://*:9000")
	t.Setenv("ZEBUS_BLACKLISTED_MACHINES", "mallory;eve")
	t.Setenv("ZEBUS_SEND_TIMEOUT", "1s")
	got, err := host.LoadDirectory("")
	if err != nil {
		t.Fatal(err)
	}
	want := host.DefaultDirectoryConfig()
	want.Endpoint = "tcp://*:9000"
	want.BlacklistedMachines = []string{"mallory", "eve"}
	want.Zmq.SendTimeout = time.Second
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

func TestBadVariablesAreNamed(t *testing.T) {
	t.Setenv("ZEBUS_REGISTRATION_TIMEOUT", "soon")
	t.Setenv("ZEBUS_IS_PERSISTENT", "perhaps")
	t.Setenv("ZEBUS_MESSAGE_BATCH_SIZE", "many")
	t.Setenv("ZEBUS_DIRECTORY_ENDPOINTS", "tcp://a:1 localhost:7465")
	t.Setenv("ZEBUS_SEND_HIGH_WATERMARK", "0")
	t.Setenv("ZEBUS_KEEP_ALIVE_INTERVAL", "1500ms")
	t.Setenv("ZEBUS_QUEUES_ORDERS_POLICY", "drop")
	_, err := host.Load(write(t, "bus.toml", "[queues.orders]"), "")
	want := strings.Join([]string{
		`ZEBUS_DIRECTORY_ENDPOINTS: "localhost:7465" is no endpoint to connect to, want "tcp://host:port"`,
		`ZEBUS_REGISTRATION_TIMEOUT: "soon" does not start with a number`,
		`ZEBUS_IS_PERSISTENT: want true or false, got "perhaps"`,
		`ZEBUS_MESSAGE_BATCH_SIZE: want a whole number, got "many"`,
		`ZEBUS_QUEUES_ORDERS_POLICY: "drop" is no policy, want "reject" or "grow"`,
		`ZEBUS_SEND_HIGH_WATERMARK: 0 is below the minimum 1`,
		`ZEBUS_KEEP_ALIVE_INTERVAL: 1.5s is no number of whole seconds`,
	}, "\n")
	if diff := cmp.Diff(want, text(err)); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	problem, ok := errors.AsType[*host.Problem](err)
	if !ok || problem.Variable != "ZEBUS_DIRECTORY_ENDPOINTS" || !errors.Is(err, host.ErrInvalidValue) {
		t.Errorf("the first problem is %+v, want one of ZEBUS_DIRECTORY_ENDPOINTS that is ErrInvalidValue", problem)
	}
}

func TestMissingFilesAreNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	bus, zmq := filepath.Join(dir, "bus.toml"), filepath.Join(dir, "zmq.toml")
	_, err := host.Load(bus, zmq)
	const remedy = " of the Zebus repository there and adapt it, or pass an empty path to use defaults and environment"
	want := bus + ": no such file or directory; copy configs/bus.toml" + remedy + "\n" +
		zmq + ": no such file or directory; copy configs/zmq.toml" + remedy
	if text(err) != want || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Load = %v, want fs.ErrNotExist and\n%s", err, want)
	}
}

func TestLoadRefusesWhatIsNoFile(t *testing.T) {
	t.Parallel()
	t.Run("a folder", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		_, err := host.LoadDirectory(dir)
		if want := dir + ": is a directory"; text(err) != want {
			t.Errorf("LoadDirectory = %v, want %s", err, want)
		}
	})
	t.Run("a file that is far too large", func(t *testing.T) {
		t.Parallel()
		path := write(t, "directory.toml", strings.Repeat("# comment\n", 200_000))
		_, err := host.LoadDirectory(path)
		if want := path + ": larger than 1MiB, which no configuration is"; text(err) != want {
			t.Errorf("LoadDirectory = %v, want %s", err, want)
		}
	})
}

// write returns the path of a new file with that text, and an empty path for no text.
func write(t *testing.T, name, text string) string {
	t.Helper()
	if text == "" {
		return ""
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// text returns what an error says, "<nil>" for none.
func text(err error) string {
	if err == nil {
		return "<nil>"
	}
	return err.Error()
}
