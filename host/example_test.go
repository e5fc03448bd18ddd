package host_test

import (
	"fmt"
	"os"

	"github.com/zebus-go/zebus/host"
)

// What the files and the environment leave open has its default, and code has the last word.
func ExampleLoad() {
	config, err := host.Load("../configs/bus.toml", "../configs/zmq.toml")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	config.Bus.PeerID = "Acme.Echo.0"
	fmt.Println(config.Bus.RegistrationTimeout, config.Zmq.MaxMessageSize, config.Validate())
	// Output: 30s 64MiB <nil>
}

func ExampleParseDuration() {
	timeout, err := host.ParseDuration("1h 30m")
	fmt.Println(timeout, err)
	_, err = host.ParseDuration("90")
	fmt.Println(err)
	// Output:
	// 1h30m0s <nil>
	// "90" has no time unit, want for example "90s" or "90ms"
}
