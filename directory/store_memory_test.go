package directory_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/directory/storetest"
	"github.com/zebus-go/zebus/zebus"
)

// TestMemoryStore runs the contract of a store, whose cases are named where they are written: N01–N20.
func TestMemoryStore(t *testing.T) {
	storetest.Run(t, func(*testing.T) directory.Store { return directory.NewMemoryStore() })
}

// TestRecordTravels writes a record as durable stores do.
func TestRecordTravels(t *testing.T) {
	var r *directory.Record
	r = r.Put(other("P.0", at(0), sub(typeA), sub(typeB, "x", "*"))).
		Update(append(types(typeA), types(typeB, everything, zebus.Key("y"))...), *at(1))
	var read directory.Record
	if err := read.ZebusUnmarshal(r.ZebusAppend(nil)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(*r, read); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
}
