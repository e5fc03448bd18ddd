package result_test

import (
	"math"
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

func TestBeside(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		values, reference []float64
		median            float64
	}{
		"a machine that was slow for a while":   {[]float64{90, 30, 85}, []float64{100, 33.4, 95}, 0.898},
		"a repetition more than the other":      {[]float64{1, 2, 3}, []float64{2, 4}, 0.5},
		"nothing is beside nothing":             {[]float64{1, 2}, []float64{0, 4}, 0.5},
		"none where the other was not measured": {[]float64{1, 2}, nil, 0},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := result.Result{Values: tc.values}
			if got := r.Beside(&result.Result{Values: tc.reference}).Median(); math.Abs(got-tc.median) > 0.001 {
				t.Errorf("median %v, want %v", got, tc.median)
			}
		})
	}
}
