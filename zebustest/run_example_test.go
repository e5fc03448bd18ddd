package zebustest_test

import (
	"context"
	"testing"
	"time"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
	"github.com/zebus-go/zebus/zebustest"
)

// The body of a test in fake time: a handler that takes an hour takes no time.
func ExampleRun() {
	_ = func(t *testing.T) { // in your code: func TestBrewing(t *testing.T) {
		zebustest.Run(t, func(t *testing.T, network *zebustest.Network) {
			kitchen := network.Start("Acme.Kitchen.0", zebus.HandleCommand(func(context.Context, *interop.Knock) error {
				<-time.After(time.Hour)
				return nil
			}))
			began := time.Now()
			if err := kitchen.Send(t.Context(), &interop.Knock{}); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(began); took != time.Hour {
				t.Errorf("brewed for %v, want an hour", took)
			}
		})
	}
	// Output:
}

func TestRun(t *testing.T) {
	zebustest.Run(t, func(t *testing.T, network *zebustest.Network) {
		kitchen := network.Start("Acme.Kitchen.0", zebus.HandleCommand(func(context.Context, *interop.Knock) error {
			<-time.After(time.Hour)
			return nil
		}))
		began := time.Now()
		if err := kitchen.Send(t.Context(), &interop.Knock{}); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took != time.Hour {
			t.Errorf("a command of an hour took %v", took)
		}
	})
}
