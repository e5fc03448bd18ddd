//go:build cgo

package zmq

import (
	"net"
	"syscall"
	"testing"
)

// By the time a connection is heard of, libzmq may have closed it, and its file descriptor be that of something else.
func TestConnectionWhoseDescriptorIsAnother(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close() //nolint:errcheck // nothing was written
	far, err := net.Dial("tcp4", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close() //nolint:errcheck // nothing was written
	near, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer near.Close() //nolint:errcheck // nothing was written
	port := listener.Addr().(*net.TCPAddr).Port
	for name, tc := range map[string]struct {
		end    net.Conn
		remote string
	}{
		"a connection to the port is one that was accepted": {near, far.LocalAddr().String()},
		"one to another port is somebody else's":            {far, ""},
	} {
		t.Run(name, func(t *testing.T) {
			raw, err := tc.end.(syscall.Conn).SyscallConn()
			if err != nil {
				t.Fatal(err)
			}
			err = raw.Control(func(fd uintptr) {
				c := newConnection(int(fd), port)
				defer c.close()
				if c.remote != tc.remote || (c.fd != 0) != (tc.remote != "") {
					t.Errorf("connection %+v, want remote %q", c, tc.remote)
				}
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}
