package budgets_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zebus-go/zebus/internal/budgets"
)

func TestRead(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		want budgets.Budgets
		err  error
	}{
		"names have blanks":        {"publish to one   1\nread 0\n", budgets.Budgets{"publish to one": 1, "read": 0}, nil},
		"comments and empty lines": {"# what\n\nread 0", budgets.Budgets{"read": 0}, nil},
		"a line without a number":  {"read nothing", nil, budgets.ErrLine},
		"a line without a name":    {"7", nil, budgets.ErrLine},
		"less than nothing":        {"read -1", nil, budgets.ErrLine},
		"a name twice":             {"read 1\nread 2", nil, budgets.ErrLine},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := budgets.Read(strings.NewReader(tc.text))
			if !errors.Is(err, tc.err) {
				t.Fatalf("Read = %v, want %v", err, tc.err)
			}
			if diff := cmp.Diff(tc.want, got); tc.err == nil && diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	budget := budgets.Budgets{"read": 2}
	tests := map[string]struct {
		measured budgets.Budgets
		want     error
		text     string
	}{
		"as many as allowed":   {budgets.Budgets{"read": 2}, nil, ""},
		"more":                 {budgets.Budgets{"read": 3}, budgets.ErrOver, "ADR"},
		"fewer":                {budgets.Budgets{"read": 1}, budgets.ErrUnder, "lower the budget"},
		"a path has no budget": {budgets.Budgets{"read": 2, "write": 1}, budgets.ErrUnpaired, `"write"`},
		"a budget has no path": {budgets.Budgets{}, budgets.ErrUnpaired, `"read"`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := budget.Compare(tc.measured)
			if !errors.Is(err, tc.want) || err != nil && !strings.Contains(err.Error(), tc.text) {
				t.Errorf("Compare = %v, want %v about %q", err, tc.want, tc.text)
			}
		})
	}
}
