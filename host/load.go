package host

import (
	"errors"
	"os"
	"reflect"
)

// Load returns the configuration of a peer: the defaults, overridden by the two files and these
// by the environment. An empty path means that there is no such file. Load does not ask for
// what the program may still set in code; [Config.Validate] does.
//
// An error joins one [*Problem] for everything that is wrong in both files and the environment;
// each wraps [ErrUnknownKey], [ErrInvalidValue], [ErrSyntax] or an error of the file system.
func Load(busPath, zmqPath string) (Config, error) {
	config := DefaultConfig()
	bus, zmq := reflect.ValueOf(&config.Bus), reflect.ValueOf(&config.Zmq)
	err := errors.Join(
		readFile(busPath, bus),
		readFile(zmqPath, zmq),
		readEnvironment(os.LookupEnv, bus),
		readEnvironment(os.LookupEnv, zmq),
	)
	if err != nil {
		return Config{}, err
	}
	return config, nil
}

// LoadDirectory is [Load] for a directory server, which has one file.
func LoadDirectory(path string) (DirectoryConfig, error) {
	config := DefaultDirectoryConfig()
	p := reflect.ValueOf(&config)
	err := errors.Join(
		readFile(path, p),
		readEnvironment(os.LookupEnv, p),
	)
	if err != nil {
		return DirectoryConfig{}, err
	}
	return config, nil
}

// readEnvironment applies the environment to the configuration struct that config points to.
// A variable without a text counts as not set, so that a script can pass on what it may not have.
func readEnvironment(lookup func(string) (string, bool), config reflect.Value) error {
	t := config.Elem().Type()
	errs := []error{applyEnvironment(lookup, settingsOf(t), config)}
	for _, n := range namedTablesOf(t) {
		errs = append(errs, n.readEnvironment(lookup, config))
	}
	return errors.Join(errs...)
}

// applyEnvironment applies the environment to these settings of the struct that config points to.
func applyEnvironment(lookup func(string) (string, bool), settings []setting, config reflect.Value) error {
	var errs []error
	for _, s := range settings {
		text, _ := lookup(s.variable())
		if text == "" {
			continue
		}
		if err := s.setText(config, text); err != nil {
			errs = append(errs, &Problem{Variable: s.variable(), Err: err})
		}
	}
	return errors.Join(errs...)
}

// setText sets the setting from a text.
func (s setting) setText(config reflect.Value, text string) error {
	v, err := parseText(s.typ, text)
	if err != nil {
		return err
	}
	return s.set(config, v)
}

// setTOML sets the setting from a value of the TOML decoder.
func (s setting) setTOML(config reflect.Value, value any) error {
	v, err := convert(s.typ, value)
	if err != nil {
		return err
	}
	return s.set(config, v)
}

// set sets the setting when the value is a good one.
func (s setting) set(config reflect.Value, value any) error {
	v := reflect.ValueOf(value).Convert(s.typ)
	if err := s.verify(v); err != nil {
		return err
	}
	s.field(config).Set(v)
	return nil
}
