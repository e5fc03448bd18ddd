package contender_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/zebus-go/zebus/bench/contender"
)

func TestMeter(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		expect, bytes int
		come          []int // bodies
		want          error
	}{
		"all that was sent":               {3, 10, []int{10, 10, 10}, nil},
		"a single message":                {1, 10, []int{10}, nil},
		"a message is lost":               {3, 10, []int{10, 10}, contender.ErrLost},
		"nothing comes":                   {1, 10, nil, contender.ErrLost},
		"a body of another length":        {2, 10, []int{10, 9}, contender.ErrLost},
		"a message comes twice":           {2, 10, []int{10, 10, 10}, contender.ErrLost},
		"one is lost and one comes twice": {4, 10, []int{10, 10, 10}, contender.ErrLost},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := contender.NewMeter()
				err := m.Expect(tc.expect, tc.bytes)
				for _, body := range tc.come {
					m.Count(body, 0)
				}
				if err == nil {
					_, err = m.Await(t.Context())
				}
				if err == nil {
					err = m.Expect(1, 1) // what came too often shows at the next count
				}
				if !errors.Is(err, tc.want) {
					t.Errorf("%v, want %v", err, tc.want)
				}
			})
		})
	}
}
