package result_test

import (
	"testing"

	"github.com/zebus-go/zebus/bench/result"
)

func TestResult(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		values                              []float64
		median, least, most, lower, greater float64
	}{
		"no value":                   {nil, 0, 0, 0, 0, 0},
		"one value":                  {[]float64{7}, 7, 7, 7, 7, 7},
		"an odd number, in no order": {[]float64{3, 1, 2}, 2, 1, 3, 1, 3},
		"an even number":             {[]float64{4, 1, 2, 3}, 2.5, 1, 4, 1, 4},
		"ten values, of which the median lies between second and ninth in 979 of 1000 cases": {
			[]float64{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, 5.5, 1, 10, 2, 9,
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := result.Result{Values: tc.values}
			least, most := r.Range()
			lower, greater := r.Interval()
			if r.Median() != tc.median || least != tc.least || most != tc.most || lower != tc.lower || greater != tc.greater {
				t.Errorf("median %v, range %v – %v, interval %v – %v, want %+v", r.Median(), least, most, lower, greater, tc)
			}
		})
	}
}
