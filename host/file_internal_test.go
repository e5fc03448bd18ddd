package host

import (
	"errors"
	"os"
	"reflect"
	"testing"
)

// Whatever a file holds, every problem says where it is and wraps a sentinel, and what was
// accepted is a value that Validate accepts too.
func FuzzApplyTOML(f *testing.F) {
	for _, path := range []string{
		"../configs/bus.toml", "../configs/zmq.toml", "../configs/directory.toml",
		"testdata/zebus-rs/bus.toml", "testdata/zebus-rs/zmq.toml",
	} {
		src, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(src))
	}
	for _, seed := range []string{
		"[queues.a]\npolicy = \"grow\"\n[queues.A]\n[queues.\"\"]\nmessage_limit = -1", "[[queues.a]]\nb = 1", "queues.a = { policy = \"\" }",
		"[[zmq]]\nsend_timeout = 1", "zmq = []", "keep_alive = [{timeout = 1}]", "registration_timeout = {secs = -1, nanos = 0}",
		"registration_timeout = nan", "index = 9223372036854775807", "a = [1979-05-27, 07:32:00]", "\xef\xbb\xbfpeer_id = \"a\"",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		bus, zmq, directory := DefaultConfig().Bus, DefaultConfig().Zmq, DefaultDirectoryConfig()
		for _, config := range []any{&bus, &zmq, &directory} {
			checkProblems(t, src, applyTOML("file.toml", src, reflect.ValueOf(config)))
		}
		if err := errors.Join(verify(bus), verify(zmq), verify(directory)); err != nil {
			t.Fatalf("%q was accepted with %v", src, err)
		}
	})
}

func checkProblems(t *testing.T, src string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		checkProblem(t, src, err)
		return
	}
	for _, err := range joined.Unwrap() {
		checkProblem(t, src, err)
	}
}

func checkProblem(t *testing.T, src string, err error) {
	t.Helper()
	problem, ok := errors.AsType[*Problem](err)
	if !ok || problem.File != "file.toml" || problem.Line == 0 {
		t.Fatalf("%q: %#v does not say where", src, err)
	}
	if !errors.Is(err, ErrUnknownKey) && !errors.Is(err, ErrInvalidValue) && !errors.Is(err, ErrSyntax) {
		t.Fatalf("%q: %v wraps no sentinel", src, err)
	}
}
