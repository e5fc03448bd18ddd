//go:build cgo

package zmq_test

import (
	"fmt"
	"syscall"
	"testing"
)

// reserved returns an endpoint at which nobody listens, unless the test does. The port is bound until the test ends, so the
// system gives it to nobody who asks for a free one, as other tests do all the time. On Linux one may listen there all the
// same.
func reserved(tb testing.TB) string {
	tb.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = syscall.Close(fd) }) // nothing was written
	if err := syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err != nil {
		tb.Fatal(err)
	}
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{}); err != nil {
		tb.Fatal(err)
	}
	bound, err := syscall.Getsockname(fd)
	if err != nil {
		tb.Fatal(err)
	}
	return fmt.Sprintf("tcp://127.0.0.1:%d", bound.(*syscall.SockaddrInet4).Port)
}
