// Package host turns configuration files into a running peer.
//
// It is the assembly: the one package that reads files and the environment, and that puts the
// usual parts together (the libzmq transport, the directory client, the bus). A service needs
// little else:
//
//	func main() { os.Exit(host.Main(run)) }
//
//	func run(ctx context.Context) error {
//		cfg, err := host.Load("configs/bus.toml", "configs/zmq.toml")
//		if err != nil {
//			return err
//		}
//		return host.Run(ctx, cfg, service.Handlers()...)
//	}
//
// Such a program exits with 0 when it was asked to end and has stopped, with 1 when it could not start, go on or stop, and with 2
// when its configuration is wrong.
//
// # Where a setting comes from
//
// Every setting has a default. A file overrides the default, an environment variable
// (ZEBUS_ and the key in capitals) overrides the file, and code overrides both, because a
// [Config] is a plain struct that the program may change before it hands it on.
//
// [Load] reads bus.toml and zmq.toml, [LoadDirectory] reads the file of the directory server.
// Both are strict: an unknown key, a wrong type and a value out of range are errors that name
// file, line and key, and all of them are reported at once. Files written for zebus-rs load
// unchanged. docs/configuration.md lists every key.
//
// The package keeps no state: its functions may be called from several goroutines, and the
// values they return belong to the caller.
package host
