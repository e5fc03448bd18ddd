//go:build budgets && !race

package budgets_test

import (
	"bytes"
	"os"
	"runtime/debug"
	"testing"

	"github.com/zebus-go/zebus/internal/budgets"
)

// A path is something that happens for every message.
type path struct {
	name string
	// prepare returns the operation. What it allocates itself is not counted.
	prepare func(t *testing.T) (operation func())
}

// each is how many messages an operation has where they come in batches: what a batch allocates beside its messages shows
// too, and so does every hundredth of an allocation.
const each = 100

// TestAllocations compares every hot path with its budget.
func TestAllocations(t *testing.T) {
	text, err := os.ReadFile("allocations.txt")
	if err != nil {
		t.Fatal(err)
	}
	allowed, err := budgets.Read(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	measured := budgets.Budgets{}
	for _, group := range [][]path{encoding(), routing(), sending(), receiving(), dispatching()} {
		for _, p := range group {
			measured[p.name] = allocations(t, p)
			t.Logf("%-60s %d", p.name, measured[p.name])
		}
	}
	if err := allowed.Compare(measured); err != nil {
		t.Error(err)
	}
}

// allocations counts with the collector off, because what it takes from pools is allocated anew.
func allocations(t *testing.T, p path) int {
	t.Helper()
	operation := p.prepare(t)
	for range 10 {
		operation() // pools are filled, slices have grown, types are known
	}
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	return int(testing.AllocsPerRun(200, operation))
}
