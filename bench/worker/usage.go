package worker

import (
	"bytes"
	"os"
	"runtime"
	"strconv"
)

// A Usage is what a process has used.
type Usage struct {
	Mallocs  uint64 // allocations since it started
	Heap     uint64 // bytes that live
	Resident uint64 // bytes of memory, all kinds
	Files    int    // open descriptors
	Sockets  int    // among them
}

func usage() (Usage, error) {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	u := Usage{Mallocs: m.Mallocs, Heap: m.HeapAlloc}
	var err error
	if u.Resident, err = resident(); err != nil {
		return u, err
	}
	u.Files, u.Sockets, err = files()
	return u, err
}

// resident returns the memory of this process, which only Linux tells: 0 elsewhere.
func resident() (uint64, error) {
	text, err := os.ReadFile("/proc/self/statm")
	if os.IsNotExist(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	pages, err := strconv.ParseUint(string(bytes.Fields(text)[1]), 10, 64)
	return pages * uint64(os.Getpagesize()), err
}

// files counts open descriptors, which only Linux lists.
func files() (all, sockets int, err error) {
	const folder = "/proc/self/fd"
	entries, err := os.ReadDir(folder)
	if os.IsNotExist(err) {
		return 0, 0, nil
	}
	for _, e := range entries {
		if target, err := os.Readlink(folder + "/" + e.Name()); err == nil && len(target) > 7 && target[:7] == "socket:" {
			sockets++
		}
	}
	return len(entries), sockets, err
}
